"""The announcement: one page, one picture, the index and the thanks."""

import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from PIL import Image

from locales import LANGUAGES, Language, texts
from reports.contents import Contents
from reports.disclosed import disclosed
from reports.notices.announcement import Shape, announcement_pdf, announcement_png
from tests.reports.papers.test_report import MARKUP, squeezed
from tests.reports.survey import a_characteristic, an_index, empty_contents, full_contents

SHAPES: tuple[Shape, ...] = get_args(Shape)
LONG = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu serta Ketenagakerjaan "


def said(contents: Contents, shape: Shape = "a4", language: Language = "id") -> str:
    shown = subprocess.run(
        ["pdftotext", "-raw", "-", "-"],
        input=announcement_pdf(disclosed(contents), shape, language),
        capture_output=True,
        check=True,
    )
    return squeezed(shown.stdout.decode())


@pytest.mark.parametrize("shape", SHAPES)
def test_it_says_the_index_the_grade_the_number_and_thanks(shape: Shape) -> None:
    words = said(full_contents(), shape)
    for expected in ("91,48", "MutuA·Sangatbaik", "29", "responden", "Perempuan16", "SD;S28"):
        assert expected.replace(";", ",") in words
    for name in ("PuskesmasLanggur", "KabupatenContoh", "PeriodeSemesterI2026"):
        assert name in words
    assert "Terimakasihataspenilaianyang" in words
    assert "survei.contoh.go.id/hasil/puskesmas-langgur" in words


def test_it_speaks_english() -> None:
    words = said(full_contents(), language="en")
    assert "91.48" in words
    assert "GradeA·Verygood" in words
    assert squeezed(texts("en")["announcement.thanks"]) in words


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_page_whatever_the_names(
    shape: Shape, language: Language, tmp_path: Path
) -> None:
    options = ("none", "sd", "smp", "sma", "diploma", "s1", "s2", "s3")
    contents = replace(
        full_contents(),
        unit=LONG * 2,
        institution=LONG * 2,
        demonstration=True,
        respondents=(a_characteristic("education", dict.fromkeys(options, 900) | {"": 7}),),
    )
    file = tmp_path / "announcement.pdf"
    file.write_bytes(announcement_pdf(disclosed(contents), shape, language))
    told = subprocess.run(["pdfinfo", file], capture_output=True, check=True).stdout.decode()
    assert "Pages:           1" in told
    assert texts(language)["posters.demonstration"].replace(" ", "") in said(
        contents, shape, language
    )


@pytest.mark.parametrize(("shape", "size"), [("a4", (1654, 2339)), ("square", (1080, 1080))])
def test_the_picture_has_the_size_that_is_asked_for(shape: Shape, size: tuple[int, int]) -> None:
    with Image.open(BytesIO(announcement_png(disclosed(full_contents()), shape))) as picture:
        assert picture.size == size


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_told_of_fewer_than_five(shape: Shape) -> None:
    words = said(replace(full_contents(), index=an_index(4, (13,) * 9)), shape)
    assert "Belumadaindeks" in words
    assert "81,25" not in words
    assert "Perempuan" not in words
    assert "Belumadaindeks" in said(empty_contents(), shape)


def test_what_people_wrote_is_never_read_as_markup() -> None:
    contents = replace(full_contents(), unit=MARKUP, institution=MARKUP, period=MARKUP)
    assert said(contents).count(squeezed(MARKUP)) == 3


def test_without_a_link_there_is_no_code() -> None:
    words = said(replace(full_contents(), link=None))
    assert texts("id")["announcement.see"].replace(" ", "") not in words
