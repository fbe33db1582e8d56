"""The headline as a picture: an index and its interval on the scale of its bands.

One drawing for screens, papers and other people's pages, as SVG. Lengths along the scale are in
percent and letters in pixels, so that it is read at any width.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from analysis.characters import readable
from analysis.rulebook.scheme import Band, Scheme
from locales import Language, say, show_number
from reports.style import INK, TEXT, Number

# Darker is better, so that the scale also reads in grey.
TONES = ("#dfe6e7", "#b7cfd1", "#6fa5a9", INK)
SOFT = "#45545b"
FONT = "'Source Sans 3', 'Source Sans Pro', 'Noto Sans', sans-serif"
START, LENGTH = 2.0, 96.0  # percent of the width: what is drawn at an end keeps inside
# Pixels from the top.
VALUE, INTERVAL, SCALE, SCALE_HEIGHT, EDGES = 20, 36, 48, 24, 87
EARLIER, SAMPLE, SAMPLE_HEIGHT = 20, 36, 8
ROW_HEIGHT = 20
# Letters and figures need this much of the scale, in percent.
ROOM_FOR_GRADE, ROOM_FOR_EDGE = 5, 9


@dataclass(frozen=True)
class Letters:
    """How a text is written: ``size`` in pixels, ``anchor``: which end stands at its place."""

    size: int = 12
    bold: bool = False
    anchor: str = "middle"
    fill: str = TEXT


EDGE = Letters(fill=SOFT)
TOLD = Letters(size=13, anchor="start")


@dataclass(frozen=True)
class EarlierIndex:
    """The index of the period before, and what that period is called."""

    index: Number
    period: str


@dataclass(frozen=True)
class SampleSize:
    """The respondents, and how many there should be at least."""

    n: int
    minimum: int


@dataclass(frozen=True)
class HeadlinePicture:
    """An index on its scale, and what helps to judge it.

    ``index`` and ``interval`` in points of the scheme's span; None where there is none.
    ``level``: of the interval, 0-1.
    """

    scheme: Scheme
    index: Number | None
    interval: tuple[float, float] | None = None
    level: float = 0.95
    earlier: EarlierIndex | None = None
    sample: SampleSize | None = None

    @property
    def bands(self) -> Sequence[Band]:
        """The bands from the lowest on; none where the scheme has none."""
        found = self.scheme.bands.value if self.scheme.bands else []
        return sorted(found, key=lambda band: band.start)

    def place(self, value: Number) -> float:
        """Where a value stands, in percent of the picture's width."""
        low, high = (float(end) for end in self.scheme.span)
        share = (float(value) - low) / (high - low)
        return START + LENGTH * min(1.0, max(0.0, share))

    def number(self, value: Number, language: Language) -> str:
        """An index as its scheme rounds it."""
        return show_number(language, value, self.scheme.decimals.value)


def headline_svg(picture: HeadlinePicture, language: Language, width: int | None = None) -> str:
    """The picture with all its figures; ``width`` in pixels, None: as wide as its place."""
    height = EDGES + 6
    drawn = [_bands(picture, SCALE), *_grades(picture), *_edges(picture, language)]
    if picture.index is not None:
        drawn += [_value(picture, picture.index, language), *_marks(picture, INTERVAL, 6)]
        drawn += [_pointer(picture.place(picture.index))]
    if picture.earlier:
        drawn += _earlier(picture, picture.earlier, language, height)
        height += EARLIER
    if picture.sample:
        drawn += _sample(picture.sample, language, height)
        height += SAMPLE
    return _svg(drawn, height, width, described(picture, language))


def row_svg(picture: HeadlinePicture, language: Language, width: int = 160) -> str:
    """The picture in a table's row: bands, interval and index, without figures."""
    bands = _bands(picture, 6, 8)
    return _svg([bands, *_marks(picture, 10, 5)], ROW_HEIGHT, width, described(picture, language))


def data_uri(svg: str) -> str:
    """A picture as the address of an image, where no markup of ours is taken."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def described(picture: HeadlinePicture, language: Language) -> str:
    """In words what the picture shows, for those who can't see it."""
    if picture.index is None:
        return say(language, "picture.none")
    high = show_number(language, picture.scheme.span[1], 0)
    told = [
        say(language, "picture.index", index=picture.number(picture.index, language), top=high),
        _told_interval(picture, language),
    ]
    if picture.earlier:
        told.append(_told_earlier(picture, picture.earlier, language))
    if picture.sample:
        told.append(_told_sample(picture.sample, language))
    return ". ".join(filter(None, told)) + "."


def _told_interval(picture: HeadlinePicture, language: Language) -> str:
    if not picture.interval:
        return ""
    low, high = (picture.number(end, language) for end in picture.interval)
    level = show_number(language, 100 * picture.level, 0)
    return say(language, "picture.interval", low=low, high=high, level=level)


def _told_earlier(picture: HeadlinePicture, earlier: EarlierIndex, language: Language) -> str:
    index = picture.number(earlier.index, language)
    return say(language, "picture.earlier", period=readable(earlier.period), index=index)


def _told_sample(sample: SampleSize, language: Language) -> str:
    n, minimum = (show_number(language, one, 0) for one in (sample.n, sample.minimum))
    return say(language, "picture.sample", n=n, minimum=minimum)


def _svg(drawn: Sequence[str], height: int, width: int | None, told: str) -> str:
    size = f'width="{width or "100%"}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(told)}'
    return f'{head} font-family="{FONT}">{"".join(drawn)}</svg>'


def _bands(picture: HeadlinePicture, top: int, height: int = SCALE_HEIGHT) -> str:
    starts = [picture.place(band.start) for band in picture.bands] or [START]
    ends = [*starts[1:], START + LENGTH]
    return "".join(
        f'<rect x="{start:.2f}%" y="{top}" width="{end - start:.2f}%" height="{height}"'
        f' fill="{TONES[min(at, len(TONES) - 1)]}" stroke="#fff"/>'
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def _grades(picture: HeadlinePicture) -> list[str]:
    """Each band's grade at its left end, where the index seldom hides it."""
    starts = [picture.place(band.start) for band in picture.bands]
    ends = [*starts[1:], START + LENGTH]
    return [
        _text(start + 1, SCALE + 17, band.grade, Letters(14, True, "start", _on(at)))
        for at, (band, start, end) in enumerate(zip(picture.bands, starts, ends, strict=True))
        if band.grade and end - start >= ROOM_FOR_GRADE
    ]


def _on(band: int) -> str:
    """The colour of letters on a band."""
    return "#fff" if band >= len(TONES) - 1 else TEXT


def _edges(picture: HeadlinePicture, language: Language) -> list[str]:
    """Where each band begins, and where the scale ends, as far as there is room."""
    ends = [float(end) for end in picture.scheme.span]
    inner = [float(band.start) for band in picture.bands[1:]]
    drawn = [
        _text(place, EDGES, show_number(language, end, 0), Letters(anchor=anchor, fill=SOFT))
        for place, end, anchor in zip((START, START + LENGTH), ends, ("start", "end"), strict=True)
    ]
    last = START
    for edge in inner:
        place = picture.place(edge)
        if place - last >= ROOM_FOR_EDGE and START + LENGTH - place >= ROOM_FOR_EDGE:
            drawn.append(_text(place, EDGES, picture.number(edge, language), EDGE))
            last = place
    return drawn


def _value(picture: HeadlinePicture, index: Number, language: Language) -> str:
    """The index in figures over its place, with its interval."""
    interval = ""
    if picture.interval:
        low, high = (picture.number(end, language) for end in picture.interval)
        level = show_number(language, 100 * picture.level, 0)
        told = f"({level}%: {low}–{high})"
        interval = f' <tspan font-size="13" font-weight="400">{told}</tspan>'
    place = picture.place(index)
    shown = picture.number(index, language)
    return _text(place, VALUE, shown, Letters(20, bold=True, anchor=_anchor(place)), interval)


def _anchor(place: float) -> str:
    """On which side of its place a text stands, so that it keeps inside the picture."""
    if place < 30:
        return "start"
    return "end" if place > 70 else "middle"


def _marks(picture: HeadlinePicture, at: int, radius: int) -> list[str]:
    """The interval as a line with ends, the index as a point."""
    drawn = []
    if picture.interval:
        low, high = (f"{picture.place(end):.2f}%" for end in picture.interval)
        drawn.append(_line(low, at, high, at))
        drawn += [_line(end, at - 4, end, at + 4) for end in (low, high)]
    if picture.index is not None:
        place = picture.place(picture.index)
        drawn.append(
            f'<circle cx="{place:.2f}%" cy="{at}" r="{radius}" fill="{TEXT}" stroke="#fff"/>'
        )
    return drawn


def _pointer(place: float) -> str:
    return _line(f"{place:.2f}%", INTERVAL, f"{place:.2f}%", SCALE)


def _line(x1: str, y1: int, x2: str, y2: int) -> str:
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{TEXT}" stroke-width="2"'
        ' stroke-linecap="round"/>'
    )


def _earlier(
    picture: HeadlinePicture, earlier: EarlierIndex, language: Language, top: int
) -> list[str]:
    """A ring at the foot of the scale where the index stood, and what it was."""
    place = picture.place(earlier.index)
    ring = f'<circle cx="{place:.2f}%" cy="{SCALE + SCALE_HEIGHT}" r="5" fill="#fff"'
    told = _told_earlier(picture, earlier, language)
    return [
        f'{ring} stroke="{TEXT}" stroke-width="2"/>',
        _text(START, top + 14, f"○ {told}", TOLD),
    ]


def _sample(sample: SampleSize, language: Language, top: int) -> list[str]:
    """The respondents as a bar whose whole length is the minimum."""
    share = min(1.0, sample.n / sample.minimum) if sample.minimum else 1.0
    bar = top + 23
    kept = f'x="{START}%" y="{bar}" height="{SAMPLE_HEIGHT}" rx="4"'
    return [
        _text(START, top + 15, _told_sample(sample, language), TOLD),
        f'<rect {kept} width="{LENGTH}%" fill="{TONES[0]}"/>',
        f'<rect {kept} width="{LENGTH * share:.2f}%" fill="{INK}"/>',
    ]


def _text(x: float, y: int, text: str, letters: Letters, more: str = "") -> str:
    """``text`` at ``x`` percent and ``y`` pixels; ``more``: markup that follows it."""
    weight = ' font-weight="700"' if letters.bold else ""
    return (
        f'<text x="{x:.2f}%" y="{y}" font-size="{letters.size}"{weight}'
        f' text-anchor="{letters.anchor}" fill="{letters.fill}">{escape(text)}{more}</text>'
    )
