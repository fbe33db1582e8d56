"""What the papers say of one survey: of a unit's or an institution's, in one period.

Plain values only; the desk fills them. What is None or empty was not there, and the paper
says so in a sentence. Numbers stay unrounded until they are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from analysis.disclosure import DisclosedGroup
from analysis.errors import Problem
from analysis.index.disclosed import DisclosedExperience, DisclosedIndex
from analysis.rulebook.instrument import Instrument
from analysis.rules import Rule, Source, Text
from analysis.soundness.priorities import Basis
from analysis.standing import Standing
from analysis.uncertainty.change import Change, MeanEstimate

Headline = Literal["pooled", "averaged", "units"]
EffectVerdict = Literal["rose", "fell", "same", "unknown"]
Status = Literal["planned", "under_way", "done", "not_done"]
# Among the options of a question about respondents: their file had no such column.
NOT_ASKED = "not_asked"


class Law(Rule):
    """A law or regulation, cited from its year on; "unread": only its title is known to us."""

    year: int
    standing: Literal["cited", "unread"]
    title: Text


@dataclass(frozen=True)
class IndexCertainty:
    """How sure the index is, at ``level`` (0-1).

    ``interval``: the bounded one, 25-100; where there is none, ``no_interval`` says why.
    ``sentence``: the certainty of the grade, in words.
    """

    level: float
    assumption: Text
    standing: Standing
    source: Source
    sentence: Text | None = None
    standard_error: float | None = None
    interval: tuple[float, float] | None = None
    no_interval: Problem | None = None


@dataclass(frozen=True)
class PartIndex:
    """One service of the unit, or one unit of the institution; no index: too small to show.

    ``estimate``: of its index, None where its error is not known.
    """

    name: str
    index: DisclosedIndex | None
    estimate: MeanEstimate | None = None


@dataclass(frozen=True)
class Characteristic:
    """How many respondents chose each option of a question about themselves.

    ``name``: "sex", "age", "education", "occupation"; ``groups``: options ("": left empty) with
    their number, in the questionnaire's order, those too small merged into one, which is last.
    One of them may be ``NOT_ASKED``.
    """

    name: str
    groups: tuple[DisclosedGroup[str], ...]


@dataclass(frozen=True)
class Point:
    """The index of one month or year, unrounded, with the grade that it had then.

    ``interval``: of the index at the rules' level, None where there is none.
    """

    name: str
    index: Fraction | None
    grade: str | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Need:
    """An element to mend: its mean now, and the rise that alone reaches the next grade.

    ``rise`` is None where this element alone cannot reach it.
    """

    element: str
    mean: Fraction
    rise: Fraction | None


@dataclass(frozen=True)
class Mending:
    """What to mend first, in this order, to reach ``grade``; ``basis``: by what the first is so."""

    grade: str
    needs: tuple[Need, ...]
    basis: Basis = "mean"


@dataclass(frozen=True)
class PlanRow:
    """One row of a follow-up plan; ``photo``: PNG or JPEG, the evidence."""

    element: str
    programme: str
    time: str
    person: str
    status: Status
    account: str = ""
    photo: bytes | None = None


@dataclass(frozen=True)
class Effect:
    """An element of the plan before: its mean then and now, and whether a programme was done.

    ``change``: with p adjusted for all elements of the survey. No cause is claimed.
    """

    element: str
    before: Fraction
    now: Fraction
    change: Change
    done: bool

    @property
    def verdict(self) -> EffectVerdict:
        """Whether the mean rose, fell, stayed the same, or cannot be compared."""
        if self.change.changed is None:
            return "unknown"
        if not self.change.changed:
            return "same"
        return "rose" if self.now > self.before else "fell"


@dataclass(frozen=True)
class StoredTogether:
    """Answers stored together: an imported file, or a keyed pile of paper.

    ``rows``: None where it is under five; ``accounts``: how many keyed it; of a pile ``compared``
    entries were keyed twice, of which ``differing`` differed at first.
    """

    name: str
    keyed: bool
    rows: int | None
    on: date
    accounts: int = 1
    compared: int | None = None
    differing: int | None = None


@dataclass(frozen=True)
class Picture:
    """A photograph of the collecting, as JPEG, and what it shows."""

    caption: str
    jpeg: bytes


@dataclass(frozen=True)
class Collected:
    """How the answers came: ``channels`` and ``provenances`` with the number of each.

    ``team``, ``place`` and ``way`` as the office typed them, empty where it did not; so are the
    days, which else are those of the period.
    """

    channels: tuple[DisclosedGroup[str], ...] = ()
    provenances: tuple[DisclosedGroup[str], ...] = ()
    batches: tuple[StoredTogether, ...] = ()
    team: str = ""
    place: str = ""
    way: str = ""
    days: tuple[date, date] | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Suggestions:
    """What the comments were about that the office may read; none of them is quoted.

    ``kinds`` and ``elements`` with the number of comments, None where it is under five; of the
    ``serious`` kinds, which the office does not read, at least so many.
    """

    comments: int
    kinds: tuple[tuple[str, int | None], ...]
    elements: tuple[tuple[str, int | None], ...]
    serious: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Signatory:
    """Who signs: the office, the name and the NIP; ``on`` and ``place`` of signing."""

    office: str
    name: str
    nip: str
    place: str
    on: date


@dataclass(frozen=True)
class Contents:
    """Everything that the report and the announcement say.

    ``unit`` is None for an institution's own survey; ``parts`` are then its units, else the
    unit's services. ``index``: with n, element means, grade and scheme, or why there is none.
    ``excluded`` and ``withdrawn``: responses that do not count. ``inputs``: the SHA-256 of
    each thing that the figures came from, by its name. ``asked``: the keys of the questions that
    were really asked, "experience" among them; None: all. ``earlier``: the period that this one
    may be compared with.
    """

    institution: str
    unit: str | None
    period: str
    starts: date
    ends: date
    made: date
    instrument: Instrument
    index: DisclosedIndex
    software: str
    headline: Headline = "pooled"
    legal_basis: tuple[Law, ...] = ()
    visits: int | None = None
    minimum: int | None = None
    certainty: IndexCertainty | None = None
    parts: tuple[PartIndex, ...] = ()
    respondents: tuple[Characteristic, ...] = ()
    months: tuple[Point, ...] = ()
    years: tuple[Point, ...] = ()
    experienced: DisclosedExperience | None = None
    mending: Mending | None = None
    plan: tuple[PlanRow, ...] = ()
    followed_up: tuple[PlanRow, ...] = ()
    effects: tuple[Effect, ...] = ()
    approval: Signatory | None = None
    excluded: int = 0
    withdrawn: int = 0
    link: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    demonstration: bool = False
    asked: frozenset[str] | None = None
    collected: Collected = Collected()
    suggestions: Suggestions | None = None
    earlier: Point | None = None

    def was_asked(self, question: str) -> bool:
        """Whether a question of the instrument was asked of anybody."""
        return self.asked is None or question in self.asked

    @property
    def name(self) -> str:
        """Whose survey it is."""
        return self.unit or self.institution
