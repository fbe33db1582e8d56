"""The report: both papers say the same, in full, and nothing that may not be said."""

import re
import subprocess
import zipfile
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import docx
import pytest
from PIL import Image

from analysis.index.disclosed import disclose_experience
from analysis.index.experience import Experienced
from locales import LANGUAGES, Language, texts
from reports.contents import Contents, PartIndex, PlanRow
from reports.disclosed import disclosed
from reports.papers.report import report_docx, report_pdf
from tests.refusing import refusing
from tests.reports.survey import (
    INSTRUMENT,
    a_characteristic,
    a_photo,
    an_index,
    empty_contents,
    full_contents,
)

pytestmark = pytest.mark.long

MARKUP = '#panic("x") $a @nobody *b* _c_ <label> \\u{41} //comment [d] `e` {blank}'
CHAPTERS = ("introduction", "analysis", "follow_up", "conclusion", "approval", "annex_questions")
ABSENT = (
    *("no_basis", "too_few", "no_experienced", "no_mending", "no_plan", "no_years", "no_months"),
    *("no_followed", "no_approval", "no_inputs", "none_left_out"),
)


def words_of(text: str) -> str:
    return " ".join(text.split())


def read_pdf(pdf: bytes) -> str:
    shown = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return shown.stdout.decode()


def read_docx(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    parts = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return words_of(" ".join([*parts, *cells]))


def squeezed(text: str) -> str:
    """The letters and digits alone: lines of a PDF break where they like."""
    return re.sub(r"\s+", "", text)


def both(contents: Contents, language: Language = "id") -> tuple[str, str]:
    """The words of both papers; the PDF's in the order of its pages' contents."""
    pdf = subprocess.run(
        ["pdftotext", "-raw", "-", "-"],
        input=report_pdf(disclosed(contents), language),
        capture_output=True,
        check=True,
    )
    word = report_docx(disclosed(contents), language)
    return squeezed(pdf.stdout.decode()), squeezed(read_docx(word))


@pytest.fixture(scope="module")
def full() -> dict[Language, tuple[str, str]]:
    return {language: both(full_contents(), language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_papers_have_every_chapter(
    full: dict[Language, tuple[str, str]], language: Language
) -> None:
    for paper in full[language]:
        for chapter in CHAPTERS:
            assert squeezed(texts(language)[f"report.{chapter}"]) in paper


@pytest.mark.parametrize(
    "said",
    [
        "IKM Puskesmas Langgur periode Semester I 2026 adalah 91,48 (A, Sangat baik), "
        "dihitung dari jawaban 29 responden.",
        "Selang kepercayaan 95%: 87,79 sampai 95,16, jika responden merupakan sampel acak",
        "Survei ini diikuti 29 responden dari 1.278 kunjungan.",
        "kekurangannya 267 responden",
        "6 isian dikeluarkan dari hitungan dengan alasan tercatat, dan 40 isian ditarik",
        "Surat keterangan sehat (65,63 (C))",
        "skor persepsi maladministrasi adalah 68,97 dari 100",
        "24,1% (7)",
        "Dahulukan perbaikan U3 Waktu penyelesaian: nilai rata-ratanya 3,448, terendah. Jika hanya "
        "unsur ini yang naik, diperlukan kenaikan 0,413 untuk mencapai mutu A.",
        "IKM 2022 adalah 75,12 (C) dan IKM 2026 adalah 91,48 (A).",
        "1 selesai dilaksanakan (50,0%)",
        "NIP 19800101 200501 1 001",
        "ab" * 32,
    ],
)
def test_both_papers_say_the_figures_to_the_last_digit(
    full: dict[Language, tuple[str, str]], said: str
) -> None:
    for paper in full["id"]:
        assert squeezed(said) in paper


def test_every_element_has_its_number_its_mean_and_its_value(
    full: dict[Language, tuple[str, str]],
) -> None:
    for paper in full["id"]:
        assert "U8Penangananpengaduan,saran,danmasukan3,62190,52" in paper
        assert "U9Saranadanprasarana3,96699,14" in paper


def test_the_english_report_has_no_indonesian_heading(
    full: dict[Language, tuple[str, str]],
) -> None:
    indonesian = {text for key, text in texts("id").items() if key.startswith("report.")}
    file = docx.Document(BytesIO(report_docx(disclosed(full_contents()), "en")))
    headings = [p.text for p in file.paragraphs if p.style and "Heading" in str(p.style.name)]
    assert len(headings) > 15
    assert set(headings) & indonesian == set()
    for paper in full["en"]:
        assert [heading for heading in headings if squeezed(heading) not in paper] == []
        assert "is91.48(A,Verygood)" in paper


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_there_is_said(language: Language) -> None:
    for paper in both(empty_contents(), language):
        for key in ABSENT:
            said = texts(language)[f"report.{key}"].format(smallest=5, short="IKM")
            assert squeezed(said) in paper, key
        options = (one for field in INSTRUMENT.respondent.fields for one in field.options.values())
        for text in [INSTRUMENT.experience.none, *options]:
            paper = paper.replace(squeezed(text[language]), "")
        assert "None" not in paper


def test_no_group_under_five_is_told() -> None:
    contents = replace(
        full_contents(),
        respondents=(a_characteristic("sex", {"female": 26, "male": 3}),),
        parts=(
            PartIndex("Besar", an_index(25, (75,) * 9)),
            PartIndex("Kecil", an_index(4, (13,) * 9)),
        ),
        experienced=disclose_experience(
            Experienced(29, 26, 0, dict.fromkeys(INSTRUMENT.experience.forms, 0))
        ),
    )
    for paper in both(contents):
        assert "Perempuan;Laki-laki29100,0%" in paper
        assert "81,25" not in paper
        assert "75,00(C)" not in paper
        assert "lebihdari83dari100" in paper
    for paper in both(replace(full_contents(), index=an_index(4, (13,) * 9))):
        assert "Respondenkurangdari5orang" in paper
        assert "81,25" not in paper
        assert "91,48(A)" in paper  # the series of years is published already


def test_what_people_wrote_is_never_read_as_markup() -> None:
    step = PlanRow(MARKUP, MARKUP, MARKUP, MARKUP, "done", account=MARKUP, photo=a_photo())
    contents = replace(
        full_contents(),
        unit=MARKUP,
        institution=MARKUP,
        period=MARKUP,
        parts=(PartIndex(MARKUP, an_index(11, (33,) * 9)),),
        plan=(step,),
        followed_up=(step,),
    )
    for paper in both(contents):
        assert paper.count(squeezed(MARKUP)) > 8


def test_a_photograph_is_its_pixels_alone_and_nothing_else_is_one() -> None:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "MAKER OF THE PHONE"
    Image.new("RGB", (50, 40), "#123456").save(file, "JPEG", exif=exif)
    step = replace(full_contents().plan[0], photo=file.getvalue())
    contents = replace(full_contents(), plan=(step,))
    with zipfile.ZipFile(BytesIO(report_docx(disclosed(contents)))) as parts:
        pictures = [parts.read(name) for name in parts.namelist() if name.endswith(".jpg")]
    assert pictures
    assert [picture for picture in pictures if b"MAKER" in picture] == []
    for broken in (b"", b"<svg/>", a_photo()[:99]):
        none = replace(contents, plan=(replace(step, photo=broken or b"GIF89a"),))
        with refusing("damaged or breaks off"):
            report_pdf(disclosed(none))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_archivable_and_opens(language: Language, tmp_path: Path) -> None:
    pdf = report_pdf(disclosed(full_contents()), language)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdfinfo", file], capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged: +yes", told)
    assert "Puskesmas Langgur" in told
    fonts = subprocess.run(["pdffonts", file], capture_output=True, check=True).stdout.decode()
    assert {line.split("+")[1][:9] for line in fonts.splitlines()[2:]} == {"Libertinu"}


def test_the_same_contents_make_the_same_pdf() -> None:
    one, other = (disclosed(full_contents()) for _ in range(2))
    assert report_pdf(one) == report_pdf(other)


def test_the_word_file_can_be_navigated() -> None:
    file = docx.Document(BytesIO(report_docx(disclosed(full_contents()))))
    xml = file.element.xml
    assert 'TOC \\o "1-2"' in xml
    headings = [p.text for p in file.paragraphs if p.style and p.style.name == "Heading 1"]
    first = ["summary", *CHAPTERS[:4]]
    assert headings[:5] == [texts("id")[f"report.{chapter}"] for chapter in first]
    for table in file.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
    pictures = re.findall(r"<wp:docPr [^>]*>", xml)
    assert pictures
    assert [one for one in pictures if not re.search(r'descr="[^"]{20,}"', one)] == []
    assert file.core_properties.language == "id-ID"
    assert file.core_properties.title.endswith("Puskesmas Langgur")
    assert 'w:val="id-ID"' in file.styles.element.xml
    assert "PAGE" in file.sections[-1].footer._element.xml


def test_a_demonstration_is_marked_on_every_page() -> None:
    contents = replace(full_contents(), demonstration=True)
    pages = read_pdf(report_pdf(disclosed(contents))).split("\f")[:-1]
    assert len(pages) > 8
    assert [page for page in pages if "DATA CONTOH" not in page] == []
    for section in docx.Document(BytesIO(report_docx(disclosed(contents)))).sections:
        assert "DATA CONTOH" in section.header.paragraphs[0].text


def test_fifty_units_with_long_names_are_all_there() -> None:
    name = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kabupaten Kepulauan " * 2
    parts = tuple(
        PartIndex(f"{name}Nomor{at}.", an_index(20 + at, (60 + at,) * 9)) for at in range(50)
    )
    contents = replace(full_contents(), unit=None, headline="units", parts=parts)
    for paper in both(contents):
        assert [at for at in range(50) if f"Nomor{at}." not in paper] == []
        assert "rata-ratadariunit-unitnya" in paper


def test_names_as_long_as_they_may_be_are_no_hindrance() -> None:
    unit, institution = (f"{name} " * (200 // (len(name) + 1)) for name in ("Loket", "Dinas"))
    for paper in both(replace(full_contents(), unit=unit.strip(), institution=institution.strip())):
        assert squeezed(unit) in paper


def test_a_mean_that_nobody_gave_is_a_dash() -> None:
    index = full_contents().index
    means = {**index.means, "cost": None}
    contents = replace(full_contents(), index=replace(index, means=means))
    for paper in both(contents):
        assert "U4Biaya/tarif––" in paper
    assert index.means["cost"] == Fraction(4)
