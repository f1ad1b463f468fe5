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

    def take(self, answered: Answered) -> None:
        """Add the answers of one round."""
        self.per_s.append(len(answered.statuses) / answered.seconds)
        self.latencies_ms += answered.latencies_ms

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
