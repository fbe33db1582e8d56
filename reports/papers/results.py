"""Chapter II of the report: who answered, the indices, what citizens experienced, the trend."""

from collections.abc import Sequence
from fractions import Fraction

from analysis.disclosure import SMALLEST_GROUP
from analysis.index.disclosed import DisclosedExperience, DisclosedIndex
from analysis.rulebook.certainty import load_certainty
from analysis.uncertainty.change import apart
from locales.refusals import sentence
from reports.charts import Bar, Dot, Edge, PaperChart, bars, series
from reports.contents import NOT_ASKED, Characteristic, Point
from reports.document import Block, Figure, Heading, Paragraph, Table
from reports.papers.origin import suggestions
from reports.papers.plans import photos, plan_table, status
from reports.papers.sentences import extremes, headline, sample
from reports.style import ticks
from reports.words import NOTHING, PaperWords, code

BARS_ON_A_PAGE = 20


def analysis(words: PaperWords) -> list[Block]:
    """II, with all its parts; each says so where its figures are not there."""
    unit = words.contents.unit is not None
    parts = {
        "report.respondents": _respondents(words),
        "report.elements": _elements(words),
        "report.services" if unit else "report.units": _parts(words, "service" if unit else "unit"),
        "report.experienced": _experienced(words),
        "report.suggested": suggestions(words),
        "report.problems": [*_mending(words), *_plan(words)],
        "report.trend": [*_years(words), *_months(words)],
    }
    blocks: list[Block] = [Heading(1, words.say("report.analysis"))]
    for key, part in parts.items():
        blocks += [Heading(2, words.say(key)), *part]
    return blocks


def _respondents(words: PaperWords) -> list[Block]:
    sentences: list[Block] = [Paragraph(sample(words))]
    if words.too_few:
        return sentences
    if not words.contents.respondents:
        return [*sentences, Paragraph(words.say("report.no_respondents"))]
    note = Paragraph(words.say("report.merged_note", smallest=SMALLEST_GROUP))
    tables = [_characteristic(words, one) for one in words.contents.respondents]
    return [*sentences, note, *tables]


def _characteristic(words: PaperWords, one: Characteristic) -> Block:
    question, groups = words.asked(one.name).text[words.language], words.groups(one)
    nobody = [keys for keys, _ in one.groups] == [(NOT_ASKED,)]
    if nobody and not words.contents.was_asked(one.name):
        return Paragraph(words.say("report.never_asked", question=question))
    if not groups:
        sentence = words.say("report.few_told", question=question, smallest=SMALLEST_GROUP)
        return Paragraph(sentence)
    whole = sum(size for _, size in groups)
    head = ("report.group", "report.number", "report.share")
    return Table(
        caption=words.say("report.by", question=question.lower()),
        head=[words.say(key) for key in head],
        rows=[
            ["; ".join(names), words.number(size), words.percent(size, whole)]
            for names, size in groups
        ],
        widths=(6, 1.5, 1.5),
        numbers=(1, 2),
    )


def _elements(words: PaperWords) -> list[Block]:
    said = [headline(words), *_certainty(words), *extremes(words), *_apart(words)]
    blocks: list[Block] = [Paragraph(sentence) for sentence in said]
    means = words.contents.index.means
    known = {key: mean for key, mean in means.items() if mean is not None}
    if not known:
        return [*blocks, Paragraph(words.say("report.no_means"))] if not words.too_few else blocks
    shown = [node for node in words.elements if node.key in known]
    low, high = words.contents.instrument.scale
    caption = words.say("report.element_means")
    chart = bars(
        [_element_bar(words, node.key, known) for node in shown],
        ticks(low, high),
        words.say("report.mean_axis", low=words.number(low), high=words.number(high)),
    )
    drawn = words.say(
        "report.elements_drawn",
        number=len(shown),
        low=low,
        high=high,
        sentence=" ".join(extremes(words)),
    )
    head = ("report.code", "report.element", "report.mean")
    table = Table(
        caption=caption,
        head=[*map(words.say, head), words.say("report.converted", **words.span)],
        rows=[
            [
                code(node),
                node.name[words.language],
                words.mean(known.get(node.key)),
                words.index(_converted(words, known.get(node.key))),
            ]
            for node in words.elements
        ],
        widths=(1, 5, 2, 2),
        numbers=(2, 3),
    )
    return [*blocks, Figure(caption, drawn, chart), table]


def _apart(words: PaperWords) -> list[str]:
    """That some of the respondents are in the index alone."""
    if not words.contents.index.apart:
        return []
    return [words.say("report.apart", smallest=SMALLEST_GROUP)]


def _element_bar(words: PaperWords, key: str, means: dict[str, Fraction]) -> Bar:
    mean, least = means[key], min(means.values())
    lowest = mean == least < max(means.values())
    text = words.mean(mean)
    return Bar(
        name=words.element(key),
        value=float(mean),
        text=words.say("report.lowest", value=text) if lowest else text,
        marked=lowest,
    )


def _converted(words: PaperWords, mean: Fraction | None) -> Fraction | None:
    (low, high), (bottom, top) = words.mean_span, words.elements[0].normalise.value.onto
    return None if mean is None else bottom + (mean - low) * (top - bottom) / (high - low)


def _certainty(words: PaperWords) -> list[str]:
    certainty, language = words.contents.certainty, words.language
    if words.too_few:
        return []
    if certainty is None:
        return [words.say("report.no_certainty")]
    sentences = []
    if certainty.interval:
        low, high = map(words.index, certainty.interval)
        level = words.number(100 * certainty.level)
        assumption = certainty.assumption[language]
        interval = {"level": level, "low": low, "high": high, "assumption": assumption}
        sentences.append(words.say("report.interval", **interval))
    elif certainty.no_interval:
        reason = sentence(language, certainty.no_interval)
        sentences.append(words.say("report.no_interval", reason=reason))
    return [*sentences, *([certainty.sentence[language]] if certainty.sentence else [])]


def _parts(words: PaperWords, kind: str) -> list[Block]:
    parts, say = words.contents.parts, words.say
    if words.too_few:
        return [Paragraph(words.said_too_few)]
    if not parts:
        return [Paragraph(say(f"report.no_{kind}s"))]
    known = [
        (at, part.name, part.index)
        for at, part in enumerate(parts, 1)
        if part.index and part.index.index is not None
    ]
    sentence = _parts_sentence(words, kind, known)
    figures = [
        Figure(
            say(f"report.by_{kind}"),
            say("report.parts_drawn", sentence=sentence),
            _parts_chart(words, known[start : start + BARS_ON_A_PAGE]),
        )
        for start in range(0, len(known), BARS_ON_A_PAGE)
    ]
    note = Paragraph(say("report.hidden_note"))
    return [Paragraph(sentence), *figures, _parts_table(words, kind), note]


def _parts_sentence(
    words: PaperWords, kind: str, known: Sequence[tuple[int, str, DisclosedIndex]]
) -> str:
    if not known:
        return words.say(f"report.{kind}s_hidden")
    numbers = {"all": words.number(len(words.contents.parts)), "shown": words.number(len(known))}
    shown = words.say(f"report.{kind}s_shown", **numbers)
    best = max(known, key=lambda one: one[2].index or 0)
    weakest = min(known, key=lambda one: one[2].index or 0)
    if not _clearly_differ(words, best[0], weakest[0], len(known)):
        return f"{shown} {words.say('report.parts_alike')}"
    extremes = words.say(
        "report.parts_extremes",
        best=best[1],
        most=words.graded(best[2]),
        weakest=weakest[1],
        least=words.graded(weakest[2]),
    )
    return f"{shown} {extremes}"


def _clearly_differ(words: PaperWords, best: int, weakest: int, shown: int) -> bool:
    """Whether the best and the weakest of the parts, by their number from 1, clearly differ."""
    one, other = (words.contents.parts[at - 1].estimate for at in (best, weakest))
    return one is not None and other is not None and apart(one, other, shown)


def _parts_chart(words: PaperWords, known: Sequence[tuple[int, str, DisclosedIndex]]) -> PaperChart:
    rows = [
        Bar(f"{at}. {name}", float(one.index or 0), words.graded(one)) for at, name, one in known
    ]
    edges = [Edge(float(band.start), band.grade or "") for band in words.bands]
    return bars(rows, ticks(*words.scheme.span), words.say("report.index_short"), edges)


def _parts_table(words: PaperWords, kind: str) -> Table:
    codes = [code(node) for node in words.elements]
    rows = []
    for at, part in enumerate(words.contents.parts, 1):
        one = part.index
        means = [words.mean(one.means.get(node.key) if one else None) for node in words.elements]
        rows.append(
            [
                words.number(at),
                part.name,
                words.number(one.n if one else None),
                *means,
                words.index(one.index if one else None),
                (one.band.grade if one and one.band else None) or NOTHING,
            ]
        )
    ends = (words.say("report.index_short"), words.say("report.grade"))
    return Table(
        caption=words.say(f"report.by_{kind}_elements"),
        head=[
            words.say("report.order"),
            words.say(f"report.{kind}"),
            words.say("report.respondents_short"),
            *codes,
            *ends,
        ],
        rows=rows,
        widths=(1.3, 6.5, 1.6, *[1.75] * len(codes), 2, 2),
        numbers=range(2, len(codes) + 4),
        small=True,
    )


def _experienced(words: PaperWords) -> list[Block]:
    told = words.contents.experienced
    if words.too_few or told is None:
        return [Paragraph(words.say("report.no_experienced"))]
    sentence = words.say(
        "report.experienced_text",
        answered=words.number(told.answered),
        score=_score(words, told),
    )
    forms = words.contents.instrument.experience.forms
    few = words.say("report.few", smallest=SMALLEST_GROUP)
    shares, texts = [], []
    for form in forms:
        number = told.forms.get(form, 0)
        shares.append(100 * (number or 0) / told.answered)
        texts.append(
            f"{words.percent(number, told.answered)} ({words.number(number)})"
            if number is not None
            else few
        )
    names = [text[words.language] for text in forms.values()]
    rows = [Bar(*row) for row in zip(names, shares, texts, strict=True)]
    top = 10 * max(1, -(-max(shares) // 10))
    caption = words.say("report.experiences")
    drawn = words.say("report.experiences_drawn", sentence=sentence)
    table = Table(
        caption=caption,
        head=[words.say("report.form"), words.say("report.share")],
        rows=list(zip(names, texts, strict=True)),
        widths=(6, 3),
        numbers=(1,),
    )
    chart = bars(rows, (0, top / 2, top), words.say("report.share_axis"))
    return [Paragraph(sentence), Figure(caption, drawn, chart), table]


def _score(words: PaperWords, told: DisclosedExperience) -> str:
    """The score, or that it is above a bound."""
    if told.above:
        return words.say("report.above", score=words.number(told.score))
    return words.number(told.score, 2)


def _mending(words: PaperWords) -> list[Block]:
    mending = words.contents.mending
    if mending is None or not mending.needs:
        return [Paragraph(words.say("report.no_mending"))]
    unreachable = words.say("report.out_of_reach")
    head = ("report.order", "report.element", "report.mean", "report.rise", "report.target")
    rows = [
        [
            words.number(at),
            words.element(need.element),
            words.mean(need.mean),
            unreachable if need.rise is None else words.mean(need.rise),
            NOTHING if need.rise is None else words.mean(need.mean + need.rise),
        ]
        for at, need in enumerate(mending.needs, 1)
    ]
    table = Table(
        caption=words.say("report.mending"),
        head=[words.say(key) for key in head],
        rows=rows,
        widths=(0.8, 5, 1.7, 2.6, 1.6),
        numbers=(2, 3, 4),
    )
    by = words.say(f"report.mended_by_{mending.basis}")
    return [Paragraph(f"{words.say('report.mending_text', grade=mending.grade)} {by}"), table]


def _plan(words: PaperWords) -> list[Block]:
    steps = words.contents.plan
    if not steps:
        return [Paragraph(words.say("report.no_plan"))]
    head = [
        *("report.order", "report.element", "report.programme", "report.time"),
        *("report.person", "report.status", "report.evidence"),
    ]
    rows = [
        [words.element(step.element), step.programme, step.time, step.person, status(words, step)]
        for step in steps
    ]
    table = plan_table(words, words.say("report.plan"), head, rows, steps)
    return [table, *photos(words, steps)]


def _years(words: PaperWords) -> list[Block]:
    known = [point for point in words.contents.years if point.index is not None]
    if len(known) < 2:
        return [Paragraph(words.say("report.no_years"))]
    first, last = known[0], known[-1]
    sentence = words.say(
        "report.years_text",
        first=first.name,
        before=_point(words, first),
        last=last.name,
        after=_point(words, last),
    )
    return _series(words, words.contents.years, "report.years", "report.year", sentence)


def _months(words: PaperWords) -> list[Block]:
    months = words.contents.months
    if len([point for point in months if point.index is not None]) < 2:
        return [Paragraph(words.say("report.no_months"))]
    return _series(words, months, "report.months", "report.month", words.say("report.months_text"))


def _series(
    words: PaperWords, points: Sequence[Point], caption_key: str, head: str, sentence: str
) -> list[Block]:
    caption = words.say(caption_key)
    texts = [_point(words, point) for point in points]
    names = [point.name for point in points]
    level = words.number(100 * load_certainty().level)
    values = [None if point.index is None else float(point.index) for point in points]
    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    table = Table(
        caption=caption,
        head=[
            *map(words.say, (head, "report.index_short", "report.grade")),
            words.say("report.between", level=level),
        ],
        rows=[
            [point.name, words.index(point.index), point.grade or NOTHING, _between(words, point)]
            for point in points
        ],
        widths=(4, 2, 2, 3),
        numbers=(1, 3),
    )
    drawn = words.say("report.series_drawn", points=listed)
    note = words.say("report.series_note", level=level)
    low, high = map(float, words.scheme.span)
    dots = [
        Dot(point.name, value, text, point.interval)
        for point, value, text in zip(points, values, texts, strict=True)
    ]
    edges = [Edge(float(band.start), band.grade or "") for band in words.bands]
    chart = series(dots, (low, high), edges)
    return [Paragraph(f"{sentence} {note}"), Figure(caption, drawn, chart), table]


def _between(words: PaperWords, point: Point) -> str:
    if point.interval is None:
        return NOTHING
    low, high = map(words.index, point.interval)
    return words.say("report.range_text", low=low, high=high)


def _point(words: PaperWords, point: Point) -> str:
    return (
        f"{words.index(point.index)} ({point.grade})" if point.grade else words.index(point.index)
    )
