"""Groups of people as papers show them: those too small stand merged."""

from collections.abc import Mapping

from analysis.disclosure import SMALLEST_GROUP, shown_groups

Group = tuple[tuple[str, ...], int]


def merged_groups(counts: Mapping[str, int]) -> list[Group]:
    """The groups of a whole as (names, size): first those shown, last the rest as one.

    Empty groups are left out. Nothing is returned where the whole is under five.

    >>> merged_groups({"sd": 3, "sma": 40, "s1": 12, "s3": 0})
    [(('sma',), 40), (('sd', 's1'), 15)]
    """
    shown = dict(zip(counts, shown_groups(list(counts.values())), strict=True))
    groups: list[Group] = [((name,), size) for name, size in counts.items() if shown[name] and size]
    rest = tuple(name for name in counts if not shown[name])
    together = sum(counts[name] for name in rest)
    return [*groups, (rest, together)] if together >= SMALLEST_GROUP else groups
