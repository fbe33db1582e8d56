"""The annexes of the report: the questionnaire, the rules and their standing, the origin."""

from analysis.rulebook.scheme import Scheme, Sourced
from locales import Language
from reports.document import Block, Heading, Paragraph, Table
from reports.words import NOTHING, PaperWords


def annexes(words: PaperWords) -> list[Block]:
    """All annexes."""
    return [*_questions(words), *_method(words), *_origin(words)]


def _questions(words: PaperWords) -> list[Block]:
    instrument, language = words.contents.instrument, words.language
    rows = [
        [
            words.number(at),
            words.element(item.element),
            item.text[language],
            "; ".join(f"{value} {text[language]}" for value, text in item.answers.items()),
        ]
        for at, item in enumerate(instrument.items, 1)
    ]
    experience = instrument.experience
    forms = [text[language] for text in experience.forms.values()]
    last = [*forms, experience.none[language], experience.declined[language]]
    rows.append([words.number(len(rows) + 1), NOTHING, experience.text[language], "; ".join(last)])
    head = ("report.order", "report.element", "report.question", "report.answers")
    table = Table(
        caption=words.say("report.asked", title=instrument.title[language]),
        head=[words.say(key) for key in head],
        rows=rows,
        widths=(0.7, 3, 5, 5),
        small=True,
    )
    missing = instrument.missing[language]
    return [
        Heading(1, words.say("report.annex_questions")),
        Paragraph(words.say("report.annex_questions_text", missing=missing)),
        table,
    ]


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
