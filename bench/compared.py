"""Ways of doing the same side by side, and how one grows with its size: what ``bench`` prints."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import altair as alt
import numpy as np
import pandas as pd

from bench.written import Medians

HEAD = "| times | subject | way | median, s | fastest, s | before, s |\n|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Wanted:
    """That a way takes at most so many ``times`` another one."""

    way: str
    times: float
    beside: str


@dataclass(frozen=True)
class Compared:
    """What ways of doing the same took by turns, in seconds, one a round.

    The first is the one that the others are told in times of; ``most``: seconds that a way may
    take, where that is promised.
    """

    subject: str
    seconds: Mapping[str, Sequence[float]]
    wanted: Sequence[Wanted] = ()
    most: Mapping[str, float] = field(default_factory=dict)

    def times(self, way: str, beside: str) -> float:
        """How many times another way's median it takes."""
        return median(self.seconds[way]) / median(self.seconds[beside])

    def rows(self, before: Medians | None = None) -> Iterator[str]:
        """A row of the table for each way, with its median of before where that is known."""
        first = next(iter(self.seconds))
        for way, taken in self.seconds.items():
            old = (before or {}).get((self.subject, way), "")
            each = f"{median(taken):.3g} | {min(taken):.3g} | {old}"
            yield f"| {self.times(way, first):.2f} | {self.subject} | {way} | {each} |"

    def promises(self) -> Iterator[str]:
        """A sentence for each promise."""
        for one in self.wanted:
            if one.way in self.seconds and one.beside in self.seconds:
                found = self.times(one.way, one.beside)
                held = "held" if found <= one.times else "MISSED"
                told = f"{found:.2g} times {one.beside}, wanted at most {one.times:.2g}"
                yield f"- {self.subject}, {one.way}: {told}: {held}"
        for way, most in self.most.items():
            seconds = median(self.seconds[way])
            held = "held" if seconds <= most else "MISSED"
            yield f"- {self.subject}, {way}: {seconds:.3g} s, wanted at most {most:g} s: {held}"


@dataclass(frozen=True)
class Growth:
    """The seconds of ways by how many ``things`` they were given."""

    subject: str
    things: str
    seconds: Mapping[str, Mapping[int, float]]

    def rows(self) -> Iterator[str]:
        """For each way what it takes at each size, and the fits: a power, and a straight line."""
        for way, taken in self.seconds.items():
            sizes, seconds = np.array(list(taken), float), np.array(list(taken.values()))
            power = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
            slope, start = np.polyfit(sizes, seconds, 1).tolist()
            away = seconds - (start + slope * sizes)
            fit = 1 - float((away**2).sum() / ((seconds - seconds.mean()) ** 2).sum())
            told = ", ".join(f"{size:,}: {one:.3g} s" for size, one in taken.items())
            line = f"{start:.2g} s + {slope * 1e6:.2g} s a million (R² {fit:.4f})"
            yield f"| {self.subject} | {way} | {told} | {power:.2f} | {line} |"

    def drawn(self) -> alt.Chart:
        """The seconds of each way by size, on logarithmic scales."""
        points = pd.DataFrame(
            [(way, size, one) for way, each in self.seconds.items() for size, one in each.items()],
            columns=["way", "size", "seconds"],
        )
        chart = alt.Chart(points, title=self.subject, width=360, height=240).mark_line(point=True)
        drawn: alt.Chart = chart.encode(
            x=alt.X(
                "size:Q",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(values=sorted(set(points["size"])), format="~s"),
                title=self.things,
            ),
            y=alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="seconds"),
            color=alt.Color("way:N", title=None, legend=alt.Legend(orient="bottom")),
        )
        return drawn


def by_turns(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The seconds of each way in each round, after one to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            start = perf_counter()
            way()
            if turn:
                taken[name].append(perf_counter() - start)
    return taken
