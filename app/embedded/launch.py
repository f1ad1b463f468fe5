"""Become another program that dies when the process which started it dies.

Run as a script, by path and without site-packages, in front of every private server and every
child of the supervisor: `launch.py PARENT SIGNAL USER GROUP COMMAND…`. A script of its own rather
than `preexec_fn`, because Python code between fork and exec may deadlock when threads run.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
KEEP_ACCOUNT = "-1"


def die_with_parent(signal_number: int, *, parent: int) -> None:
    """The kernel sends this process `signal_number` when the thread that started it ends.

    Call it after every change of user, which clears it, and in every process that forks again:
    it is not inherited. Exits at once when `parent` is gone already.

    Raises OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Replace this process by the command, under the given account (-1 keeps the present one)."""
    parent, signal_number, user, group, *command = arguments
    if user != KEEP_ACCOUNT:
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    die_with_parent(int(signal_number), parent=int(parent))
    os.execvp(command[0], command)  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
