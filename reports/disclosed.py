"""The contents of a paper without what may not be shown of small groups."""

from dataclasses import dataclass, fields, replace

from analysis.disclosure import hidden_groups
from reports.contents import Contents, PartIndex


@dataclass(frozen=True)
class DisclosedContents(Contents):
    """Contents that may be written: with neither a figure of fewer than five, nor one to be had
    by subtraction. Made by ``disclosed`` alone."""


def disclosed(contents: Contents) -> DisclosedContents:
    """What may be written of the contents."""
    if contents.index.too_few:
        contents = replace(
            contents,
            certainty=None,
            parts=(),
            respondents=(),
            months=(),
            experienced=None,
            mending=None,
            effects=(),
            collected=replace(contents.collected, channels=(), provenances=()),
            suggestions=None,
            earlier=None,
        )
    contents = replace(contents, parts=_parts(contents.parts))
    return DisclosedContents(**{one.name: getattr(contents, one.name) for one in fields(contents)})


def _parts(parts: tuple[PartIndex, ...]) -> tuple[PartIndex, ...]:
    """The parts, of which none can be had from the whole."""
    sizes = {at: part.index.n if part.index else 0 for at, part in enumerate(parts)}
    hidden = hidden_groups(sizes)
    return tuple(
        replace(part, index=None, estimate=None) if at in hidden or not sizes[at] else part
        for at, part in enumerate(parts)
    )
