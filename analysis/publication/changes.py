"""What changed between two documents of the same scores: of whom, which figure, from what to what.

Both are compared whole, key by key, so that nothing that a document may state is passed over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.errors import Problem, Value
from analysis.publication.evidence import Content
from analysis.publication.published_scores import PublishedScores

KINDS = ("institutions", "units")
NOTHING = "–"
# What follows from other figures: told only where no other changed.
FOLLOWS = {
    *("nodes", "score_exact", "grade", "zone", "label", "rank", "rank_in_province"),
    *("standard_error", "received", "sha256", "how_sure", "factors"),
}
OF_ITS_DAY = ("software", "provisional_institutions")
Path = tuple[str, ...]


@dataclass(frozen=True)
class _Change:
    """A figure of somebody, or of the document itself (``of`` is empty), that is another now."""

    of: str
    path: Path
    was: object
    now: object


def document_changes(before: PublishedScores, after: PublishedScores) -> list[Problem]:
    """Each difference, scores last; nothing where the two say the same.

    Which version of the program wrote them is no difference, nor is how many other institutions
    were not complete: that is said of the day on which the first was prepared.
    """
    old = before.content()
    new = after.content() | {key: old[key] for key in OF_ITS_DAY}
    entries, later = _entries(old), _entries(new)
    gone = [entries[key] for key in entries if key not in later]
    come = [later[key] for key in later if key not in entries]
    changes = [
        _Change(of, *change)
        for of, one, other in [
            ("", _without_entries(old), _without_entries(new)),
            *((entries[key]["name"], entries[key], later[key]) for key in entries if key in later),
        ]
        for change in _differences(one, other, ())
    ]
    telling = [one for one in changes if not FOLLOWS & {*one.path}] or changes
    names = {node.key: node.name for node in before.scheme.as_scheme().indicators()}
    return [
        *(Problem("stated_no_longer", of=one["name"]) for one in gone),
        *(Problem("stated_since", of=one["name"]) for one in come),
        *(_told(one, names) for one in sorted(telling, key=lambda one: one.path[-1] == "score")),
    ]


def _entries(content: Content) -> dict[tuple[str, str], Content]:
    """Institutions and units by their kind and code."""
    return {(kind, one["code"]): one for kind in KINDS for one in content[kind]}


def _without_entries(content: Content) -> Content:
    return {key: value for key, value in content.items() if key not in KINDS}


def _differences(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, object, object]]:
    """The paths at which the two differ, with what stands there; lists by their places."""
    old, new = (dict(enumerate(one)) if isinstance(one, list) else one for one in (old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _differences(old.get(key), new.get(key), (*path, str(key)))
    elif old != new:
        yield path, old, new


def _told(change: _Change, names: Mapping[str, Value]) -> Problem:
    was, now, what = _shown(change.was), _shown(change.now), ".".join(change.path)
    if not change.of:
        return Problem("document_changed", what=what, was=was, now=now)
    if change.path == ("score",):
        return Problem("score_changed", of=change.of, was=was, now=now)
    named = names.get(change.path[-1], what) if change.path[0] == "inputs" else what
    return Problem("figure_changed", of=change.of, what=named, was=was, now=now)


def _shown(value: object) -> Value:
    """As a number where its text is one."""
    if value is None:
        return NOTHING
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return Fraction(value)
        except ValueError:
            return str(value)
    return str(value)
