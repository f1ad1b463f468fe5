"""What is made of measurements, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.load import Answered
from benchmarks.servers import Door


@dataclass
class Series:
    """What one door did in the rounds of one measurement."""

    per_s: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    efforts_ms: list[tuple[float, float]] = field(default_factory=list)
    """Processor time of the web processes and of the database for one answer, round by round."""

    def take(self, answered: Answered, spent_s: tuple[float, float] = (0.0, 0.0)) -> None:
        """Add the answers of one round, and the processor time both spent on them."""
        count = len(answered.statuses)
        self.per_s.append(count / answered.seconds)
        self.latencies_ms += answered.latencies_ms
        self.efforts_ms.append((spent_s[0] * 1000 / count, spent_s[1] * 1000 / count))

    def row(self, name: str) -> list[str]:
        """Return the median rate, its spread over the rounds, and the latencies, as text."""
        share = quantiles(self.latencies_ms, n=20)
        return [
            name,
            f"{median(self.per_s):.0f}",
            f"{min(self.per_s):.0f}-{max(self.per_s):.0f}",
            f"{share[9]:.1f}",
            f"{share[18]:.1f}",
        ]


RATE_HEADINGS = ["", "per second", "rounds", "p50 ms", "p95 ms"]


def print_rates(title: str, series: dict[Door, Series]) -> None:
    """Print both doors' rates and the ratio of their medians."""
    ours, by_hand = (median(series[door].per_s) for door in (Door.OURS, Door.BY_HAND))
    rows = [found.row(door.value) for door, found in series.items()]
    print_table(f"{title}: ratio {ours / by_hand:.2f}", RATE_HEADINGS, rows)


def print_efforts(series: dict[Door, Series]) -> None:
    """Print the processor time of one answer: it hardly depends on who else is busy."""
    rows = []
    for door, found in series.items():
        web_ms, database_ms = (median(each) for each in zip(*found.efforts_ms, strict=True))
        rows.append(
            [door.value, *(f"{ms:.1f}" for ms in (web_ms, database_ms, web_ms + database_ms))]
        )
    ours, by_hand = (float(row[-1]) for row in rows)
    title = f"Processor time of one order, ms: ratio {by_hand / ours:.2f}"
    print_table(title, ["", "web", "database", "both"], rows)


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as they need: the first to the left, the others right."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    say(f"\n{title}")
    for row in (headings, *rows):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join(["", first, *others]))


def say(text: str) -> None:
    """Print at once, also into a pipe: a run takes minutes."""
    print(text, flush=True)
