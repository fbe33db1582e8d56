"""The headline's picture in papers: as on screen, with letters that every paper has."""

from analysis.rulebook.certainty import load_certainty
from reports.charts import SERIF, WIDTH
from reports.headline_picture import (
    FONT,
    EarlierIndex,
    HeadlinePicture,
    SampleSize,
    described,
    headline_svg,
)
from reports.legible import legible
from reports.words import PaperWords


def headline_drawn(words: PaperWords) -> tuple[str, str]:
    """The picture as SVG, and what it shows in words."""
    picture, language = _picture(words), words.language
    drawn = headline_svg(picture, language, WIDTH).replace(FONT, SERIF)
    return drawn, described(picture, language)


def _picture(words: PaperWords) -> HeadlinePicture:
    contents, certainty = words.contents, words.contents.certainty
    earlier, minimum = contents.earlier, contents.minimum
    return HeadlinePicture(
        scheme=words.scheme,
        index=contents.index.index,
        interval=certainty.interval if certainty else None,
        level=certainty.level if certainty else load_certainty().level,
        earlier=EarlierIndex(earlier.index, legible(earlier.name, in_picture=True))
        if earlier and earlier.index is not None
        else None,
        sample=SampleSize(contents.index.n, minimum) if minimum else None,
    )
