"""What programs cost whoever else is busy on the machine: the processor's time they used."""

import os
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
USER, WAITED_SYSTEM = 11, 14
"""Where a process's line tells its own ticks, and those of children that have ended."""


def cpu_s(pid: int) -> float:
    """Return the seconds of processor time a process and its children have used so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_own_s(each) for each in (str(pid), *children))


def _own_s(pid: str) -> float:
    said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, said[USER : WAITED_SYSTEM + 1])) * TICK_S
