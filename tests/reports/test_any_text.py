"""Whatever stands in a field: every paper is made of it, and opens."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import docx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from analysis.characters import entered
from analysis.soundness.disclosed_rows import DisclosedRows
from reports.contents import Picture, Signatory
from reports.disclosed import DisclosedContents, disclosed
from reports.notices.announcement import announcement_pdf, announcement_png
from reports.notices.certificate import certificate_pdf
from reports.notices.questionnaire import Questionnaire, questionnaire_html
from reports.notices.slips import slips_html
from reports.open_data.open_data import open_data
from reports.papers.evidence import COLUMNS, INDICATORS, PekpppEvidence, evidence_zip
from reports.papers.report import report_docx, report_pdf
from reports.poster import Poster, poster_html
from reports.workbooks.recapitulation import RecapitulationLine, recapitulation_xlsx
from reports.workbooks.register import RegisterSheets, register_xlsx
from reports.workbooks.sheets import Head
from reports.workbooks.worksheet import WorksheetHead, worksheet_xlsx
from tests.nasty import NASTY, texts
from tests.reports.notices.test_certificate import a_certificate
from tests.reports.open_data.test_open_data import STUDY, responses
from tests.reports.survey import INSTRUMENT, SCHEME, WORKED, full_contents

pytestmark = pytest.mark.long

LINK = "https://survei.contoh.go.id/ikm"
ROWS = DisclosedRows(np.full((9, len(INSTRUMENT.items)), 3.0))


def contents(text: str) -> DisclosedContents:
    """The survey with the text in every field that a person types or a file brings."""
    full = full_contents()
    plan = tuple(
        replace(row, programme=text, person=text, time=text, account=text) for row in full.plan
    )
    told = full.collected
    collected = replace(
        told,
        team=text,
        place=text,
        way=text,
        batches=tuple(replace(one, name=text) for one in told.batches),
        pictures=tuple(Picture(text, one.jpeg) for one in told.pictures),
    )
    filled = replace(
        full,
        institution=text,
        unit=text,
        period=text,
        parts=tuple(replace(one, name=f"{text}{at}") for at, one in enumerate(full.parts)),
        years=tuple(replace(one, name=f"{text}{at}") for at, one in enumerate(full.years)),
        plan=plan,
        followed_up=plan,
        collected=collected,
        approval=Signatory(text, text, text, text, date(2026, 7, 15)),
        inputs={text: "ab" * 32},
        link=LINK,
    )
    return disclosed(filled)


def storable(text: str) -> str:
    """What a database holds of it."""
    return text.encode("utf-8", "replace").decode()


def head(text: str) -> Head:
    return Head(text, text, 7, 12, "suara-layanan 9.9")


def register(text: str) -> bytes:
    row = [text] * 7
    return register_xlsx(RegisterSheets(("A", "B"), row, {}, [row], text, row, [row]))


def evidence(text: str) -> bytes:
    tables = {name: [[text] * len(columns)] for name, columns in COLUMNS.items()}
    days = date(2025, 1, 1), date(2026, 12, 31), date(2027, 1, 15)
    missing = {number: [text] for number in INDICATORS}
    return evidence_zip(PekpppEvidence(text, *days, "x", tables, missing), "id")


def questionnaire(text: str) -> bytes:
    about = Questionnaire(text, text, text, INSTRUMENT, [text, text])
    return questionnaire_html(about, ["PKM-0001"], "id").encode()


PAPERS: Mapping[str, Callable[[str], bytes]] = {
    "report_pdf": lambda text: report_pdf(contents(text)),
    "report_docx": lambda text: report_docx(contents(text)),
    "announcement_pdf": lambda text: announcement_pdf(contents(text), "a4", "id"),
    "announcement_png": lambda text: announcement_png(contents(text), "square", "id"),
    "certificate": lambda text: certificate_pdf(
        replace(a_certificate(), name=text, institution=text)
    ),
    "worksheet": lambda text: worksheet_xlsx(
        ROWS, INSTRUMENT, SCHEME, WorksheetHead(text, head(text), None), "id"
    ),
    "recapitulation": lambda text: recapitulation_xlsx(
        [RecapitulationLine(text, WORKED, 50)], SCHEME, head(text), "id"
    ),
    "register": register,
    "evidence": evidence,
    "open_data": lambda text: open_data(
        responses(40, unit=storable(text)).assign(service=storable(text)),
        replace(STUDY, name=text, period=text),
    ),
    "questionnaire": questionnaire,
    "poster": lambda text: poster_html(Poster(LINK, text, text, text, text)).encode(),
    "slips": lambda text: slips_html(text, LINK, ["7K3M-09QX-ZT4V"]).encode(),
}


def opens(content: bytes) -> None:
    """Whoever opens the file finds no broken part in it."""
    if not content.startswith(b"PK"):
        assert content.startswith((b"%PDF-", b"\x89PNG")) or content.decode()
        return
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(part)
            elif name.endswith((".csv", ".html", ".json", ".txt")):
                assert "\0" not in part.decode()


@pytest.mark.parametrize("paper", PAPERS)
def test_nasty_texts(paper: str) -> None:
    opens(PAPERS[paper]("".join(NASTY)[:150]))
    opens(PAPERS[paper](" ".join(NASTY)[150:300]))


@pytest.mark.parametrize("paper", PAPERS)
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts)
def test_any_text(paper: str, text: str) -> None:
    """Names, which stand in every field here, are never empty."""
    opens(PAPERS[paper](text if entered(text) else "x"))


def test_the_word_file_shows_what_was_written_and_the_pdf_its_number() -> None:
    told = contents("Loket 漢 \uf0b7 dua\vtiga ✅\x07")
    file = docx.Document(BytesIO(report_docx(told)))
    assert any("Loket 漢 • dua\ntiga ✅\ufffd" in one.text for one in file.paragraphs)


def test_a_workbook_shows_what_was_written() -> None:
    book = load_workbook(BytesIO(PAPERS["worksheet"]("Loket 漢\v\uf0b7\ud83d")))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("Loket 漢\n•\ufffd" in str(value) for value in cells)
