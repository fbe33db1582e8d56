"""What a file would change in the register: each row is new, changed or as it is already.

Reads the register once and compares in memory; stores nothing.
"""

from collections import Counter as Times
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from accounts.actors import Actor, Forbidden
from analysis.errors import BadInput, Problem, Written
from desk.register.codes import propose_code
from desk.register.file import LEVELS, RegisterFile, RegisterRow
from desk.register.keeping import keeps
from desk.register.places import (
    WITHIN_PROVINCES,
    Placed,
    bears_results,
    first_renaming,
    institution_of,
)
from models import Counter, Institution, Service, Unit
from models.places import TIMEZONES

MODELS: Mapping[str, type[Placed]] = {
    "institution": Institution,
    "unit": Unit,
    "service": Service,
    "counter": Counter,
}
WITHIN_UNITS = ("service", "counter")
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class RegisterEntry:
    """A place as the register or a file has it.

    ``above``: the code of what it belongs to: a unit's institution, a service's or counter's
    unit, a district's or city's province. ``id`` None: new; ``row`` 0: of the register.
    """

    level: str
    code: str
    name: str
    above: str = ""
    kind: str = ""
    timezone: str = ""
    since: date | None = None
    ended: bool = False
    id: int | None = None
    row: int = 0

    @property
    def key(self) -> _Key:
        """What makes it the same place; services and counters have codes within their unit."""
        return self.level, self.above if self.level in WITHIN_UNITS else "", self.code.lower()

    @property
    def told(self) -> tuple[str, ...]:
        """What a file may change."""
        whole = self.level == "institution"
        return (self.name, self.kind, self.timezone, self.above) if whole else (self.name,)

    @property
    def address(self) -> str:
        """Its codes, as the trace names places."""
        return f"{self.above}/{self.code}" if self.level in WITHIN_UNITS else self.code


@dataclass(frozen=True)
class RegisterPlan:
    """What storing a file would do; ``changed``: each as it will be, and as it is."""

    file: RegisterFile
    new: list[RegisterEntry]
    changed: list[tuple[RegisterEntry, RegisterEntry]]
    unchanged: list[RegisterEntry]

    def numbers(self) -> list[tuple[str, int, int, int]]:
        """Of each level: how many are new, changed, and as they are."""
        parts = self.new, [after for after, _ in self.changed], self.unchanged
        new, changed, same = (Times(one.level for one in part) for part in parts)
        return [(level, new[level], changed[level], same[level]) for level in LEVELS]


def plan_register(session: Session, actor: Actor, file: RegisterFile) -> RegisterPlan:
    """Holds a file against the register. Raises Forbidden, and BadInput naming every bad row."""
    if not (actor.administrator or actor.institutions):
        raise Forbidden("register")
    compared = _Comparison(actor, file)
    for entry in stored_entries(session):
        compared.know(entry)
    known = [row for row in file.rows if row.level]
    rows = sorted(known, key=lambda row: (LEVELS.index(row.level), row.kind != "province"))
    entries = [one for one in map(compared.entry_of, rows) if one is not None]
    compared.refuse_same_names()
    plan = _sorted_out(file, entries, compared)
    _refuse_days(session, plan, compared)
    if problems := [*file.problems, *compared.problems]:
        raise BadInput(sorted(problems, key=lambda one: one.place.row))
    return plan


@dataclass
class _Comparison:
    """The places known so far: those of the register, then those of the rows read before."""

    actor: Actor
    file: RegisterFile
    stored: dict[_Key, RegisterEntry] = field(default_factory=dict)
    known: dict[_Key, RegisterEntry] = field(default_factory=dict)
    codes: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    taken: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bad_rows = {one.place.row for one in self.file.problems}

    def know(self, entry: RegisterEntry) -> None:
        """Takes in a place, of the register where it has no row."""
        if not entry.row:
            self.stored[entry.key] = entry
        self.known[entry.key] = entry
        self.codes[entry.level, entry.name.casefold()].add(entry.code)
        self.taken[entry.key[:2]].add(entry.code.lower())

    def note(self, problem: Problem) -> None:
        """Notes what is wrong with a row, of which nothing is noted yet."""
        if problem.place.row not in self.bad_rows:
            self.problems.append(problem)

    def entry_of(self, row: RegisterRow) -> RegisterEntry | None:
        """The place that a row tells of; None where that is not clear, which is noted."""
        above = self._above(row)
        if above is None:
            return None
        entry = RegisterEntry(
            level=row.level,
            code=row.code or self._code(row, above),
            name=row.name,
            above=above,
            kind=row.kind,
            timezone=row.timezone,
            since=row.since,
            row=row.row,
        )
        entry = self._completed(entry)
        return entry if self._is_sound(entry) else None

    def refuse_same_names(self) -> None:
        """Notes rows whose name another present place beside them has."""
        beside: dict[tuple[str, str, str], list[RegisterEntry]] = defaultdict(list)
        for entry in self.known.values():
            above = "" if entry.level == "institution" else entry.above
            if not entry.ended:
                beside[entry.level, above, entry.name.casefold()].append(entry)
        for same in beside.values():
            for entry in [one for one in same if self._is_renamed(one)][len(same) == 1 :]:
                others = [one.address for one in same if one is not entry]
                found = Written(entry.name)
                self.note(
                    Problem(
                        "register_row_same_name",
                        self.file.place(entry.row, "name"),
                        found=found,
                        others=others,
                    )
                )

    def _is_renamed(self, entry: RegisterEntry) -> bool:
        before = self.stored.get(entry.key)
        return bool(entry.row) and (before is None or before.name != entry.name)

    def _above(self, row: RegisterRow) -> str | None:
        """The code of what the row's place belongs to; empty for what belongs to nothing."""
        level = "unit" if row.level in WITHIN_UNITS else "institution"
        if row.level == "institution" and not row.parent:
            return ""
        found = self._find(level, row.parent)
        fits = found and (row.level != "institution" or found.kind == "province")
        if found is None or not fits:
            problem = Problem(
                "register_row_province" if row.level == "institution" else "register_row_parent",
                self.file.place(row.row, "parent"),
                found=Written(row.parent),
            )
            self.note(problem)
            return None
        return found.code

    def _find(self, level: str, text: str) -> RegisterEntry | None:
        by_code = self.known.get((level, "", text.lower()))
        same = self.codes.get((level, text.casefold()), set())
        return by_code or (self.known[level, "", min(same).lower()] if len(same) == 1 else None)

    def _code(self, row: RegisterRow, above: str) -> str:
        """The code of the place of this name where there is one; or else a new one."""
        within = above if row.level in WITHIN_UNITS else ""
        for code in sorted(self.codes.get((row.level, row.name.casefold()), ())):
            same = self.known.get((row.level, within, code.lower()))
            if same and same.above == above and not same.row:
                return code
        return propose_code(row.name, self.taken[row.level, within])

    def _completed(self, entry: RegisterEntry) -> RegisterEntry:
        """With what a row may leave out: as it is, or as its province has it."""
        before = self.stored.get(entry.key)
        if before:
            entry = replace(entry, id=before.id, code=before.code)
        if entry.level != "institution":
            return replace(entry, ended=bool(before and before.ended))
        province = self.known.get(("institution", "", entry.above.lower()))
        timezone = (
            entry.timezone
            or (before.timezone if before else "")
            or (province.timezone if province else TIMEZONES[0])
        )
        return replace(entry, timezone=timezone, kind=entry.kind or (before.kind if before else ""))

    def _is_sound(self, entry: RegisterEntry) -> bool:
        noted = len(self.problems)
        before, twice = self.stored.get(entry.key), self.known.get(entry.key)
        if twice and twice.row:
            self.note(
                Problem(
                    "register_row_twice",
                    self.file.place(entry.row, "code"),
                    found=Written(entry.code),
                    other=twice.row,
                )
            )
        if entry.level == "institution":
            self._refuse_kind(entry)
        elif before and before.above != entry.above:
            self.note(
                Problem(
                    "register_row_moved",
                    self.file.place(entry.row, "parent"),
                    found=Written(entry.above),
                    expected=before.above,
                )
            )
        if before and before.ended and before.told != entry.told:
            self.note(
                Problem(
                    "register_row_ended",
                    self.file.place(entry.row, "name"),
                    found=Written(entry.name),
                )
            )
        self._refuse_foreign(entry, before)
        self.know(entry)
        return len(self.problems) == noted

    def _refuse_kind(self, entry: RegisterEntry) -> None:
        if not entry.kind:
            self.note(
                Problem("register_row_no_kind", self.file.place(entry.row, "kind"), found="–")
            )
        elif (entry.kind in WITHIN_PROVINCES) != bool(entry.above):
            self.note(
                Problem(
                    "register_row_province",
                    self.file.place(entry.row, "parent"),
                    found=Written(entry.above),
                )
            )

    def _refuse_foreign(self, entry: RegisterEntry, before: RegisterEntry | None) -> None:
        """A coordinator's file may name the own institution as it is, and what is below it."""
        if self.actor.administrator:
            return
        if entry.level == "institution":
            allowed = before is not None and before.told == entry.told
        else:
            institution = self._institution_of(entry)
            allowed = institution is not None and keeps(self.actor, institution)
        if not allowed:
            self.note(
                Problem(
                    "register_row_foreign",
                    self.file.place(entry.row, "code"),
                    found=Written(entry.address),
                )
            )

    def _institution_of(self, entry: RegisterEntry) -> int | None:
        code = entry.above
        if entry.level in WITHIN_UNITS:
            code = self.known["unit", "", entry.above.lower()].above
        return self.known["institution", "", code.lower()].id


def _sorted_out(
    file: RegisterFile, entries: Iterable[RegisterEntry], compared: _Comparison
) -> RegisterPlan:
    plan = RegisterPlan(file, [], [], [])
    for entry in entries:
        before = compared.stored.get(entry.key)
        if before is None:
            plan.new.append(entry)
        elif before.told != entry.told:
            plan.changed.append((entry, before))
        else:
            plan.unchanged.append(entry)
    return plan


def _refuse_days(session: Session, plan: RegisterPlan, compared: _Comparison) -> None:
    """Notes new names that would begin in days to come, or reach back into closed periods."""
    for after, before in plan.changed:
        place = find_place(session, after.level, before.id)
        if after.name == before.name or isinstance(place, Counter):
            continue
        today = institution_of(place).today
        since = after.since or today
        earliest = first_renaming(session, place) if bears_results(session, place) else None
        if since > today:
            compared.note(
                Problem(
                    "register_since_late",
                    compared.file.place(after.row, "since"),
                    found=since,
                    latest=today,
                )
            )
        elif earliest and since < earliest:
            compared.note(
                Problem(
                    "register_since_early",
                    compared.file.place(after.row, "since"),
                    found=since,
                    earliest=earliest,
                )
            )


def find_place(session: Session, level: str, key: int | None) -> Placed:
    """The place of a level that is in the register under this key."""
    return cast(Placed, session.get_one(MODELS[level], key))


def stored_entries(session: Session) -> Iterator[RegisterEntry]:
    """The whole register, in four queries."""
    province = aliased(Institution)
    for code, name, above, kind, timezone, key in session.execute(
        select(
            Institution.code,
            Institution.name,
            province.code,
            Institution.kind,
            Institution.timezone,
            Institution.id,
        ).outerjoin(province, province.id == Institution.province_id)
    ):
        yield RegisterEntry("institution", code, name, above or "", kind, timezone, id=key)
    for code, name, above, ended, key in session.execute(
        select(Unit.code, Unit.name, Institution.code, Unit.closed_on, Unit.id).join(Institution)
    ):
        yield RegisterEntry("unit", code, name, above, ended=ended is not None, id=key)
    for level, model in (("service", Service), ("counter", Counter)):
        for code, name, above, ended, key in session.execute(
            select(model.code, model.name, Unit.code, model.closed_on, model.id).join(Unit)
        ):
            yield RegisterEntry(level, code, name, above, ended=ended is not None, id=key)
