"""Groups of people as papers show them: those too small stand merged."""

from collections.abc import Collection, Mapping

from analysis.disclosure import SMALLEST_GROUP, shown_groups

Group = tuple[tuple[str, ...], int]


def merged_groups(counts: Mapping[str, int], hidden: Collection[str] = ()) -> list[Group]:
    """The groups of a whole as (names, size): first those shown, last the rest as one.

    ``hidden``: groups that may not stand alone, however large. Empty groups are left out.
    Nothing is returned where the whole is under five.

    >>> merged_groups({"sd": 3, "sma": 40, "s1": 12, "s3": 0})
    [(('sma',), 40), (('sd', 's1'), 15)]
    """
    large = shown_groups(list(counts.values()))
    alone = {name for name, show in zip(counts, large, strict=True) if show and name not in hidden}
    told = [name for name in counts if name in alone and counts[name]]
    if told and sum(counts[name] > 0 for name in counts if name not in alone) == 1:
        alone.remove(min(told, key=counts.__getitem__))  # one merged with nothing stood alone
    groups: list[Group] = [((name,), counts[name]) for name in told if name in alone]
    rest = tuple(name for name in counts if name not in alone)
    together = sum(counts[name] for name in rest)
    return [*groups, (rest, together)] if together >= SMALLEST_GROUP else groups
