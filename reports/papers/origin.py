"""How the answers came, and what citizens suggested, in the words of a report."""

from analysis.disclosure import SMALLEST_GROUP
from reports.contents import Collected, StoredTogether
from reports.document import Block, Paragraph, Table
from reports.words import NOTHING, PaperWords


def collecting(words: PaperWords) -> list[Block]:
    """Who collected the answers, where, how and when; by which channels they came, in batches."""
    told = words.contents.collected
    typed = [
        words.say(f"report.collecting_{name}", **{name: text})
        if text
        else words.say(f"report.no_{name}")
        for name, text in (("team", told.team), ("place", told.place), ("way", told.way))
    ]
    return [
        *[Paragraph(text) for text in (*typed, _days(words, told))],
        *_how(words, told),
        *_batches(words, told),
    ]


def suggestions(words: PaperWords) -> list[Block]:
    """What the comments were about; how many of each kind, and about each element."""
    told = words.contents.suggestions
    if words.too_few or told is None:
        return [Paragraph(words.say("report.no_suggestions", smallest=SMALLEST_GROUP))]
    few = words.say("report.few_comments", smallest=SMALLEST_GROUP)

    def rows(named: list[tuple[str, int | None]]) -> list[list[str]]:
        return [[name, few if n is None else words.number(n)] for name, n in named]

    kinds = [(words.say(f"reading.kind_{kind}"), n) for kind, n in told.kinds]
    elements = [(words.element(element), n) for element, n in told.elements]
    blocks: list[Block] = [
        Paragraph(words.say("report.suggested_text", number=words.number(told.comments))),
        _counted(words, "report.suggested_kinds", "reading.kind", rows(kinds)),
    ]
    if elements:
        blocks.append(
            _counted(words, "report.suggested_elements", "report.element", rows(elements))
        )
    return [*blocks, *_serious(words)]


def _serious(words: PaperWords) -> list[Block]:
    told = words.contents.suggestions
    if told is None or not told.serious:
        return []
    listed = "; ".join(
        words.say("report.at_least", kind=words.say(f"reading.kind_{kind}"), number=number)
        for kind, number in told.serious
    )
    return [Paragraph(words.say("report.serious", kinds=listed))]


def _counted(words: PaperWords, caption: str, head: str, rows: list[list[str]]) -> Table:
    heads = [words.say(head), words.say("report.comments_number")]
    return Table(words.say(caption), heads, rows, widths=(6, 3), numbers=(1,))


def _days(words: PaperWords, told: Collected) -> str:
    contents = words.contents
    first, last = map(words.day, told.days or (contents.starts, contents.ends))
    key = "report.collected_days" if told.days else "report.no_days"
    return words.say(key, first=first, last=last)


def _how(words: PaperWords, told: Collected) -> list[Block]:
    """A table of channels, and one of those who filled the forms in."""
    tables: list[Block] = []
    for caption, groups in (
        ("report.channels", told.channels),
        ("report.provenances", told.provenances),
    ):
        whole = sum(number for _, number in groups)
        rows = [
            [
                "; ".join(words.say(f"respondents.{key}") for key in keys),
                words.number(number),
                words.percent(number, whole),
            ]
            for keys, number in groups
        ]
        head = ("report.group", "report.number", "report.share")
        if rows:
            heads = [words.say(key) for key in head]
            table = Table(words.say(caption), heads, rows, widths=(6, 1.5, 1.5), numbers=(1, 2))
            tables.append(table)
    apart = Paragraph(words.say("report.apart", smallest=SMALLEST_GROUP))
    noted = [apart] if tables and words.contents.index.apart else []
    return [*tables, *noted] or [Paragraph(words.say("report.no_channels"))]


def _batches(words: PaperWords, told: Collected) -> list[Block]:
    if not told.batches:
        return [Paragraph(words.say("report.no_batches"))]
    head = ("report.batch", "report.batch_from", "report.batch_rows", "report.batch_on")
    table = Table(
        caption=words.say("report.batches"),
        head=[*map(words.say, head), words.say("report.batch_by")],
        rows=[_batch(words, one) for one in told.batches],
        widths=(4, 2, 1.5, 2.5, 5),
        numbers=(2,),
        small=True,
    )
    return [table, Paragraph(words.say("report.batches_note"))]


def _batch(words: PaperWords, one: StoredTogether) -> list[str]:
    kind = "keyed" if one.keyed else "imported"
    by = [words.say(f"report.by_{kind}", accounts=words.number(one.accounts))]
    if one.compared:
        numbers = {"compared": one.compared, "differing": one.differing or 0}
        by.append(words.say("report.keyed_twice", **numbers))
    return [
        one.name,
        words.say(f"report.batch_{kind}"),
        NOTHING if one.rows is None else words.number(one.rows),
        words.day(one.on),
        "; ".join(by),
    ]
