"""Files of answers as counts by unit, and by stratum and margins where they are asked for."""

import argparse
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.command.answers import (
    AnswerCells,
    Columns,
    HeadingRow,
    Order,
    WrongCells,
    find_columns,
    in_use,
)
from analysis.command.groups import CellVisits, GroupNumbers, GroupVisits
from analysis.errors import Place, Problem, Written, bad
from analysis.index.counting import AnswerCounter
from analysis.index.packing import JointCodes, Pack, PackedAnswers
from analysis.index.tally import Tally, used_items
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import Instrument, load_instrument
from analysis.rulebook.scheme import Scheme, load_scheme
from analysis.tables import Notify, RowBlock, open_table, refuse_empty
from analysis.uncertainty.moments import KeptRows, SecondPass

UNIT, STRATUM, VISITS = "unit", "stratum", "visits"
# Keeps the columns of margins apart from those of the counts.
MARGIN = "margin "


@dataclass(frozen=True)
class CountingOptions:
    """What to count: which items, and the columns that hold visits, strata and margins.

    ``population`` None: the column of that name, where there is one.
    """

    instrument: Instrument
    scheme: Scheme
    order: Order
    elements: list[str] | None
    population: str | None = None
    strata: str | None = None
    margins: Sequence[str] = ()

    @property
    def groups(self) -> list[str]:
        """By what visits are known."""
        return [UNIT, STRATUM] if self.strata else [UNIT]

    @property
    def by(self) -> list[str]:
        """By what answers are counted."""
        return [*self.groups, *(MARGIN + name for name in self.margins)]

    @property
    def weighted(self) -> bool:
        """Whether weighted figures stand beside the headline."""
        return bool(self.strata or self.margins)

    @property
    def items_of(self) -> dict[str, list[str]]:
        """The items in use of each element."""
        return used_items(self.instrument, self.elements)

    def columns(self, headings: Sequence[str], name: str) -> Columns:
        """What each column of the file ``name`` is. Raises BadInput."""
        return find_columns(
            HeadingRow(headings, name), self.instrument, self.scheme, self.order, self.elements
        )


@dataclass(frozen=True)
class Counted(ABC):
    """Answers by unit, stratum and margins, and the known visits.

    ``cells``: in pairs where they are to be weighted.
    """

    cells: Tally
    visits: CellVisits

    @property
    @abstractmethod
    def rows(self) -> SecondPass:
        """What reads the rows again by unit, as ``units`` has them."""

    @property
    def units(self) -> Tally:
        """The tally by unit."""
        return self.cells.regroup([UNIT])

    @property
    def population(self) -> dict[str, int]:
        """The visits of each unit, those of its strata together."""
        total: dict[str, int] = {}
        for (unit, *_), number in self.visits.items():
            total[unit] = total.get(unit, 0) + number
        return total

    def cells_of(self, unit: str) -> Tally:
        """The cells of one unit, in an order of their own: floats are added in it."""
        own = self.cells.counted[self.cells.counted[UNIT] == unit]
        kept = own.sort_values(list(self.cells.by), ignore_index=True)
        return Tally(kept, self.cells.by, self.cells.items_of, self.cells.allowed)

    def strata_of(self, unit: str) -> dict[str, int]:
        """The visits of the unit's strata; its own under "" where there are none."""
        return {
            "".join(stratum): number
            for (name, *stratum), number in self.visits.items()
            if name == unit
        }


@dataclass(frozen=True)
class CountedFiles(Counted):
    """Answers of files; ``answers``: the rows that were counted, by the numbers of ``groups``."""

    answers: Sequence[PackedAnswers]
    groups: GroupNumbers
    packs: Sequence[Pack]

    @property
    def rows(self) -> SecondPass:
        """What reads the rows again by unit, as ``units`` has them."""
        place = {unit: at for at, unit in enumerate(self.units.counted[UNIT])}
        places = np.array([place[unit] for unit, *_ in self.groups.keys], np.intp)
        return KeptRows(self.packs, self.answers, places).linear


def count_files(files: Sequence[Path], asked: CountingOptions, tell: Notify) -> CountedFiles:
    """The answers of all files together. Raises BadInput.

    ``tell`` is handed a sentence on columns that nobody uses, on sheets that are not read, and on
    names that differ so little that they may be meant alike.
    """
    groups, visits = GroupNumbers(asked.by), CellVisits()
    counter = AnswerCounter(asked.instrument, asked.elements, pairs=asked.weighted)
    answers: list[PackedAnswers] = []
    for file in files:
        read, known = _read(file, asked, counter, groups, tell)
        for group, number in known.items():
            if visits.setdefault(group, number) != number:
                raise bad(
                    "other_visits_in_file",
                    Place(file.name, column=_heading(asked)),
                    found=number,
                    group=group,
                    other=visits[group],
                )
        answers += read
    cells = counter.tally(counter.count(answers, len(groups)), groups.named)
    tell_alike(cells.regroup([UNIT]).counted[UNIT].tolist(), tell)
    refuse_too_few(cells, visits, asked)
    return CountedFiles(cells, visits, answers, groups, counter.packs)


def _read(
    file: Path, asked: CountingOptions, counter: AnswerCounter, groups: GroupNumbers, tell: Notify
) -> tuple[list[PackedAnswers], CellVisits]:
    """The answers of a file, and the visits that it tells."""
    rows, name = open_table(file, tell), file.name
    found = asked.columns(rows.headings, name)
    headings = find_headings(found, asked, name)
    if unused := [other for other in found.others if other not in headings.values()]:
        tell(f"{name}: columns not used: {', '.join(unused)}")
    refuse_empty(rows, name)
    unnamed = WrongCells(name, lambda _, place, __: Problem("unnamed_row", place))
    cells, told = AnswerCells(found, asked.instrument, name), None
    if VISITS in headings:
        told = GroupVisits({key: headings[key] for key in asked.groups}, headings[VISITS], name)

    def pack(block: RowBlock) -> tuple[RowBlock, list[JointCodes]]:
        return cells.without_sound(block), counter.join(cells.codes(block))

    answers = []
    wanted = dict.fromkeys([*headings.values(), *found.items.values()])
    for block, joint in rows.each_block([*wanted], pack):
        for group in asked.groups:
            unnamed.look(block, headings[group], lambda text: text == "")
        cells.look(block)
        places = groups.of({key: block.columns[headings[key]] for key in asked.by})
        answers.append(PackedAnswers(places, joint))
        if told:
            told.look(block)
    unnamed.refuse_any()
    cells.refuse_wrong()
    return answers, told.known() if told else {}


def tell_alike(names: Iterable[str], tell: Notify) -> None:
    """Tells of names that differ only in case or spaces: "Dinas A" and "DINAS  A"."""
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        alike.setdefault(" ".join(name.casefold().split()), []).append(name)
    for same in alike.values():
        if len(same) > 1:
            told = ", ".join(map(str, (Written(name)["en"] for name in same)))
            tell(f"names that differ only in case or spaces, counted apart: {told}")


def find_headings(found: Columns, asked: CountingOptions, file: str) -> dict[str, str]:
    """The heading in the file of each column that is asked for. Raises BadInput."""
    wanted = {UNIT: UNIT, **{MARGIN + name: name for name in asked.margins}}
    if asked.strata:
        wanted[STRATUM] = asked.strata
    if asked.population or found.other("population"):
        wanted[VISITS] = _heading(asked)
    headings = {key: found.other(name.casefold()) for key, name in wanted.items()}
    if absent := [wanted[key] for key, heading in headings.items() if heading is None]:
        raise bad("absent_columns", Place(file), columns=absent, needed=list(wanted.values()))
    return {key: heading for key, heading in headings.items() if heading is not None}


def refuse_too_few(cells: Tally, visits: CellVisits, asked: CountingOptions) -> None:
    """Raises BadInput for fewer visits than respondents, and for strata without visits."""
    place = Place(column=_heading(asked))
    groups = cells.regroup(asked.groups)
    for row, n in zip(groups.counted[asked.groups].to_numpy(), groups.respondents, strict=True):
        group = tuple(row.tolist())
        if asked.strata and group not in visits:
            raise bad("stratum_without_visits", place, group=group)
        if visits.get(group, n) < n:
            found, least = visits[group], int(n)
            raise bad("fewer_visits_than_respondents", place, found=found, group=group, least=least)


def _heading(asked: CountingOptions) -> str:
    return asked.population or "population"


def asked_of(options: argparse.Namespace) -> CountingOptions:
    """What the options of a command ask for. Raises BadInput."""
    instrument = load_instrument(options.instrument or load_defaults().questionnaire)
    elements = None
    if options.elements is not None:
        elements = in_use([key.strip() for key in options.elements.split(",")], instrument)
    return CountingOptions(instrument, load_scheme(instrument.scheme), options.order, elements)
