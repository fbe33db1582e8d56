"""The contents of a paper without what may not be shown of small groups."""

from dataclasses import replace

from analysis.disclosure import SMALLEST_GROUP, shown_groups
from analysis.index.satisfaction import Satisfaction
from reports.contents import Contents, Part


def disclosed(contents: Contents) -> Contents:
    """The contents with neither a figure of fewer than five nor one to be had by subtraction."""
    if contents.index.n < SMALLEST_GROUP:
        nothing = replace(contents.index, index=None, means={}, answered={})
        return replace(
            contents,
            index=nothing,
            certainty=None,
            parts=(),
            respondents=(),
            months=(),
            experienced=None,
            mending=None,
            effects=(),
        )
    told = contents.experienced
    return replace(
        contents,
        index=_masked(contents.index),
        parts=_parts(contents.parts),
        experienced=told if told and told.answered >= SMALLEST_GROUP else None,
    )


def _parts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    shown = shown_groups([part.index.n if part.index else 0 for part in parts])
    return tuple(
        replace(part, index=_masked(part.index) if part.index and part.index.n and show else None)
        for part, show in zip(parts, shown, strict=True)
    )


def _masked(index: Satisfaction) -> Satisfaction:
    shown = dict(zip(index.answered, shown_groups(list(index.answered.values())), strict=True))
    means = {key: mean if shown[key] else None for key, mean in index.means.items()}
    return replace(index, means=means)
