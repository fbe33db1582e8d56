"""The annexes of the report: the questionnaire, the rules and their standing, the origin."""

from collections.abc import Iterator

from analysis.rulebook.scheme import Scheme, Sourced
from locales import Language
from reports.document import Block, Heading, Paragraph, Photo, Table
from reports.words import NOTHING, PaperWords


def annexes(words: PaperWords) -> list[Block]:
    """All annexes."""
    return [*_questions(words), *_method(words), *_origin(words), *_pictures(words)]


def _questions(words: PaperWords) -> list[Block]:
    instrument, language = words.contents.instrument, words.language
    rows = [
        [
            words.number(at),
            words.element(item.element),
            item.text[language],
            "; ".join(f"{value} {text[language]}" for value, text in item.answers.items()),
        ]
        for at, item in enumerate(words.items, 1)
    ]
    for question, answers in _others(words):
        rows.append([words.number(len(rows) + 1), NOTHING, question, "; ".join(answers)])
    head = ("report.order", "report.element", "report.question", "report.answers")
    table = Table(
        caption=words.say("report.asked", title=instrument.title[language]),
        head=[words.say(key) for key in head],
        rows=rows,
        widths=(0.7, 3, 5, 5),
        small=True,
    )
    missing = instrument.missing[language]
    from_files = [] if words.contents.asked is None else [Paragraph(words.say("report.asked_of"))]
    return [
        Heading(1, words.say("report.annex_questions")),
        Paragraph(words.say("report.annex_questions_text", missing=missing)),
        *from_files,
        table,
    ]


def _others(words: PaperWords) -> Iterator[tuple[str, list[str]]]:
    """What was asked beside the elements, with the answers: the whole, what was experienced,
    and who answers."""
    contents, language = words.contents, words.language
    instrument, experience = contents.instrument, contents.instrument.experience
    if instrument.overall and contents.was_asked(instrument.overall.key):
        answers = instrument.overall.answers.items()
        yield (
            instrument.overall.text[language],
            [f"{value} {text[language]}" for value, text in answers],
        )
    if contents.was_asked("experience"):
        forms = [text[language] for text in experience.forms.values()]
        ends = [experience.none[language], experience.declined[language]]
        yield experience.text[language], [*forms, *ends]
    for field in instrument.respondent.fields:
        if contents.was_asked(field.key):
            yield field.text[language], [text[language] for text in field.options.values()]


def _pictures(words: PaperWords) -> list[Block]:
    """How the answers were collected, in photographs."""
    pictures = words.contents.collected.pictures
    shown = [
        Photo(
            caption=words.say("report.picture_caption", at=at, caption=one.caption),
            alt=words.say("report.picture_alt", caption=one.caption),
            picture=one.jpeg,
        )
        for at, one in enumerate(pictures, 1)
    ]
    none = [] if shown else [Paragraph(words.say("report.no_pictures"))]
    return [Heading(1, words.say("report.annex_pictures")), *none, *shown]


def _method(words: PaperWords) -> list[Block]:
    language, scheme = words.language, words.scheme
    notes = [scheme.note, words.contents.instrument.note]
    head = ("report.rule", "report.standing", "report.source")
    table = Table(
        caption=words.say("report.standings"),
        head=[words.say(key) for key in head],
        rows=_standings(words),
        widths=(4, 2.5, 6),
        small=True,
    )
    return [
        Heading(1, words.say("report.annex_method")),
        _bands(words),
        *[Paragraph(note[language]) for note in notes if note],
        Paragraph(words.say("report.standing_text")),
        table,
    ]


def _bands(words: PaperWords) -> Block:
    if not words.bands:
        return Paragraph(words.say("report.no_bands"))
    head = ("report.grade", "report.range", "report.label")
    rows = [
        [
            band.grade or NOTHING,
            words.say("report.range_text", low=words.index(band.start), high=words.index(band.end)),
            band.label[words.language],
        ]
        for band in words.bands
    ]
    caption = words.say("report.bands")
    return Table(caption, [words.say(key) for key in head], rows, widths=(2, 4, 5))


def _standings(words: PaperWords) -> list[list[str]]:
    """Each rule in use once, with its standing and its source."""
    instrument, certainty = words.contents.instrument, words.contents.certainty
    language = words.language
    own = words.say("report.own")
    rows = [
        *_scheme_values(words.scheme, language),
        ("items", instrument.standing, instrument.sources[instrument.source].title[language]),
        ("respondent", instrument.respondent.standing, own),
        ("experience", instrument.experience.standing, own),
    ]
    if certainty:
        rows.append(("certainty", certainty.standing, certainty.source.cited(language)))
    return [
        [words.say(f"report.value_{name}"), words.say(f"league.{standing}"), source]
        for name, standing, source in rows
    ]


def _scheme_values(scheme: Scheme, language: Language) -> list[tuple[str, str, str]]:
    values = [
        (field, value.standing, scheme.sources[value.source].title[language])
        for holder in (scheme, *scheme.nodes())
        for field in type(holder).model_fields
        if isinstance(value := getattr(holder, field), Sourced)
    ]
    return list(dict.fromkeys(values))


def _origin(words: PaperWords) -> list[Block]:
    contents, instrument = words.contents, words.contents.instrument
    head = [words.say("report.input"), "SHA-256"]
    rows = [
        *contents.inputs.items(),
        (words.say("report.rules_hash", id=words.scheme.id), words.scheme.hash),
        (words.say("report.questions_hash", id=instrument.id), instrument.hash),
    ]
    text = words.say(
        "report.origin_text", date=words.day(contents.made), software=contents.software
    )
    table = Table(words.say("report.inputs"), head, rows, widths=(3.5, 6.5), small=True)
    missing = [] if contents.inputs else [Paragraph(words.say("report.no_inputs"))]
    heading = Heading(1, words.say("report.annex_origin"))
    return [heading, Paragraph(text), *missing, table]
