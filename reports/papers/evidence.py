"""The evidence for PEKPPP, form F-02, indicators 6 to 9: tables, an index to read, the proofs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from analysis.rules import (
    Rule,
    Source,
    Text,
    Validity,
    check,
    newest_rules,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing
from locales import Language, say, show_date, show_number, show_percent
from reports.cells import csv_file
from reports.document import Block, Bullets, Document, Heading, Paragraph, Table
from reports.typeset import pdf

TableCell = str | int | date | None
RULES = newest_rules(Path(__file__).parent, "pekppp")

# The columns of each table, and how wide they are.
COLUMNS: Mapping[str, Mapping[str, float]] = {
    "periods": {"period": 2.5, "starts": 2, "ends": 2, "instrument": 1.7, "sha256": 9},
    "samples": {"unit": 4, "period": 3, "n": 1.5, "visits": 1.5, "minimum": 1.5, "enough": 1.7},
    "media": {"whose": 4, "period": 3, "medium": 2, "place": 4, "published": 2, "proof": 3},
    "realised": {"unit": 4, "service": 3, "period": 3, "planned": 1.5, "done": 1.5, "share": 1.5},
    "consultations": {
        "unit": 4,
        "period": 3,
        "held": 2,
        "participants": 1.7,
        "minutes": 3,
        "proof": 3,
    },
    "days": {"unit": 4, "period": 3, "announced": 2, "first_step": 2, "days": 1.5},
}
INDICATORS = {
    6: ("periods", "samples"),
    7: ("media",),
    8: ("realised", "consultations"),
    9: ("days",),
}
NUMBERS = ("n", "visits", "minimum", "planned", "done", "share", "participants", "days")


class PekpppWeights(Rule):
    """What the aspect that surveys answer weighs of 100, and its indicators of 100 within it."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    aspect: Text
    aspect_weight: int
    indicator_weights: dict[int, int]


@cache
def pekppp_weights() -> PekpppWeights:
    """The weights in force. Raises BadInput for a file that breaks a rule."""
    return check(PekpppWeights, parse_yaml(read_rules(RULES), RULES.name), RULES.name)


@dataclass(frozen=True)
class PekpppEvidence:
    """What an institution can show for the periods that ended within two years.

    ``tables``: rows by the name of a table in ``COLUMNS``; ``missing``: by indicator, in
    sentences, what there is no evidence of; ``proofs``: files by name.
    """

    institution: str
    first: date
    last: date
    made: date
    software: str
    tables: Mapping[str, Sequence[Sequence[TableCell]]]
    missing: Mapping[int, Sequence[str]]
    proofs: Mapping[str, bytes] = field(default_factory=dict)
    demonstration: bool = False


def evidence_zip(evidence: PekpppEvidence, language: Language) -> bytes:
    """A zip with the index as PDF, the tables as CSV, the proofs, and the SHA-256 of each."""
    files = {
        f"{say(language, 'evidence.file_index')}.pdf": pdf(_index(evidence, language)),
        **{
            f"{number}-{say(language, f'evidence.file_{name}')}.csv": _csv(evidence, name, language)
            for number, names in INDICATORS.items()
            for name in names
        },
        **evidence.proofs,
    }
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in {**files, "checksums.txt": sums.encode()}.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _csv(evidence: PekpppEvidence, name: str, language: Language) -> bytes:
    return csv_file(_head(name, language), evidence.tables[name])


def _index(evidence: PekpppEvidence, language: Language) -> Document:
    blocks: list[Block] = [Paragraph(say(language, "evidence.about"))]
    for number in INDICATORS:
        blocks += _chapter(evidence, number, language)
    blocks += [
        Heading(1, say(language, "evidence.origin")),
        Paragraph(say(language, "evidence.origin_text", software=evidence.software)),
    ]
    first, last = (show_date(language, day) for day in (evidence.first, evidence.last))
    return Document(
        language=language,
        title=say(language, "evidence.title"),
        subtitle=say(language, "evidence.subtitle"),
        name=evidence.institution,
        institution="",
        period=say(language, "evidence.span", first=first, last=last),
        year=str(evidence.made.year),
        made=evidence.made,
        contents=say(language, "report.contents"),
        page=say(language, "report.page"),
        blocks=blocks,
        mark=say(language, "posters.demonstration") if evidence.demonstration else None,
    )


def _chapter(evidence: PekpppEvidence, number: int, language: Language) -> Iterator[Block]:
    """An indicator: what it asks and weighs, its tables, and what is missing."""
    yield Heading(1, say(language, f"evidence.indicator_{number}"))
    yield Paragraph(say(language, f"evidence.indicator_{number}_text"))
    yield Paragraph(_weight(number, language))
    for name in INDICATORS[number]:
        if evidence.tables[name]:
            yield _table(evidence, name, language)
    if missing := evidence.missing.get(number):
        yield Paragraph(say(language, "evidence.missing"))
        yield Bullets(missing)
    else:
        yield Paragraph(say(language, "evidence.nothing_missing"))


def _weight(number: int, language: Language) -> str:
    rules = pekppp_weights()
    weight, aspect = rules.indicator_weights[number], rules.aspect_weight
    return say(
        language,
        "evidence.weight",
        weight=show_percent(language, Fraction(weight, 100)),
        aspect=rules.aspect[language],
        share=show_percent(language, Fraction(aspect, 100)),
        source=rules.source.cited(language),
    )


def _table(evidence: PekpppEvidence, name: str, language: Language) -> Table:
    columns = COLUMNS[name]
    return Table(
        caption=say(language, f"evidence.table_{name}"),
        head=_head(name, language),
        rows=[[_shown(cell, language) for cell in row] for row in evidence.tables[name]],
        widths=list(columns.values()),
        numbers=[at for at, column in enumerate(columns) if column in NUMBERS],
        small=True,
    )


def _head(name: str, language: Language) -> list[str]:
    return [say(language, f"evidence.column_{column}") for column in COLUMNS[name]]


def _shown(cell: TableCell, language: Language) -> str:
    if isinstance(cell, date):
        return show_date(language, cell)
    if isinstance(cell, int):
        return show_number(language, cell, 0)
    return cell or "–"
