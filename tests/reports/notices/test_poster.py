"""Posters: the link, its QR code, and the A4 page."""

import re
from html import unescape
from io import BytesIO
from xml.etree import ElementTree

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from locales import LANGUAGES, Language, texts
from reports.poster import (
    Poster,
    only_on_this_computer,
    poster_html,
    qr_png,
    qr_svg,
    rating_link,
)
from tests.conftest import App

LINK = "https://survei.contoh.go.id/s/contoh?l=layanan-2"
QUIET = 4
SENTENCES = ("how_was", "not_served", "voluntary", "no_condition")
STEPS = ("scan", "rate", "keep")


def modules(link: str) -> list[list[bool]]:
    """The dark modules of a code made anew, with its quiet zone; no level below M."""
    code = segno.make_qr(link, error="m")
    assert code.error in ("M", "Q", "H")
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]


def shown(html: str) -> str:
    """What people read on the page."""
    visible = re.sub(r"<(style|svg)\b.*?</\1>|<head\b.*?</title>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())


def a_poster(**more: str | bool) -> Poster:
    words = {"link": LINK, "unit": "Puskesmas Langgur", "institution": "Kabupaten Contoh"} | more
    return Poster(**words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("https://survei.contoh.go.id", "https://survei.contoh.go.id/s/unit"),
        (" HTTP://survei.contoh.go.id:8501/ ", "http://survei.contoh.go.id:8501/s/unit"),
        ("survei.contoh.go.id/di sini", None),
        ("survei.contoh.go.id/suara/", "https://survei.contoh.go.id/suara/s/unit"),
        ("https://[::1]:8501", "https://[::1]:8501/s/unit"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9/s/unit"),
        ("", None),
        ("javascript:alert(1)", None),
        ("ftp://contoh.go.id", None),
        ("https://orang@contoh.go.id", None),
        ("https://contoh.go.id/?x=1", None),
        ("https://contoh..go.id", None),
    ],
)
def test_a_link_starts_with_the_address_of_the_site(base: str, link: str | None) -> None:
    if link is None:
        with pytest.raises(ValueError, match=r"address|label"):
            rating_link(base, "unit")
    else:
        assert rating_link(base, "unit") == link


def test_odd_characters_in_codes_are_quoted() -> None:
    link = rating_link("https://a.id", "poli/gigi #1?", "akta & ktp=ü")
    assert link == "https://a.id/s/poli%2Fgigi%20%231%3F?l=akta+%26+ktp%3D%C3%BC"


@pytest.mark.parametrize(
    ("link", "only_here"),
    [
        ("http://127.0.0.1:8501/s/contoh", True),
        ("http://localhost/s/contoh", True),
        ("http://[::1]:8501/s/contoh", True),
        ("https://localhost.go.id/s/contoh", False),
        ("http://192.168.1.7:8501/s/contoh", False),
    ],
)
def test_an_address_that_no_phone_can_open_is_known(link: str, only_here: bool) -> None:
    assert only_on_this_computer(link) is only_here


@pytest.mark.parametrize("scale", [1, 8])
def test_the_png_holds_the_code_of_the_link_dark_on_white(scale: int) -> None:
    rows = png_rows(qr_png(LINK, scale))
    assert [row[::scale] for row in rows[::scale]] == modules(LINK)
    assert len(rows) == len(rows[0]) == len(modules(LINK)) * scale


def png_rows(png: bytes) -> list[list[bool]]:
    """Which pixels of a PNG are dark; raises where it is no sound picture."""
    with Image.open(BytesIO(png), formats=["PNG"]) as picture:
        grey = picture.convert("L")
    width, height = grey.size
    assert set(grey.tobytes()) == {0, 255}
    return [[grey.getpixel((x, y)) == 0 for x in range(width)] for y in range(height)]


def test_the_svg_holds_the_code_of_the_link_dark_on_white() -> None:
    svg = ElementTree.fromstring(qr_svg(LINK))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    paper, ink = svg.iter("{http://www.w3.org/2000/svg}path")
    assert (paper.get("fill"), ink.get("stroke")) == ("#fff", "#000")
    dark = [[False] * len(row) for row in modules(LINK)]
    x = y = 0.0
    for kind, first, second in re.findall(r"([MmhH])(-?[\d.]+)(?: (-?[\d.]+))?", ink.get("d", "")):
        if kind == "h":
            for column in range(int(x), int(x + float(first))):
                dark[int(y)][column] = True
            x += float(first)
        elif kind == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    assert dark == modules(LINK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_sentences_are_on_the_poster(language: Language) -> None:
    said = shown(poster_html(a_poster()))
    names = [*SENTENCES, *(f"{step}_how" for step in STEPS)]
    names += STEPS if language == "id" else ()
    for name in names:
        assert texts(language)[f"posters.{name}"] in said


def test_the_rules_are_said_plainly() -> None:
    said = shown(poster_html(a_poster()))
    assert "Petugas tidak boleh membedakan pelayanan karenanya. Tanpa nama." in said
    assert "Tidak dilayani? Anda tetap boleh menilai." in said
    assert "Tidak seorang pun boleh meminta kode resi sebagai syarat pelayanan." in said


def test_the_poster_names_the_service_the_counter_and_the_address_to_type() -> None:
    said = shown(poster_html(a_poster(service="Imunisasi", counter="Loket 3")))
    assert "Puskesmas Langgur Imunisasi · Loket 3 Kabupaten Contoh" in said
    assert " survei.contoh.go.id/s/contoh " in said
    assert "Hasil dan perbaikannya" in said
    assert said.endswith(": survei.contoh.go.id/u/contoh")
    assert "DATA CONTOH" not in said
    assert "Puskesmas Langgur Kabupaten Contoh" in shown(poster_html(a_poster()))


def test_a_demonstration_is_marked() -> None:
    assert "DATA CONTOH" in shown(poster_html(a_poster(demonstration=True)))


def test_names_are_escaped() -> None:
    name = "<script>alert('1')</script> & \"Poli\""
    html = poster_html(a_poster(unit=name, institution=name, service=name, counter=name))
    assert "<script" not in html
    assert shown(html).count("<script>alert('1')</script> & \"Poli\"") == 4


def test_the_code_on_the_poster_is_that_of_the_link() -> None:
    drawn = re.search(r'<path[^>]*class="qrline"[^>]* d="([^"]+)"', poster_html(a_poster()))
    path = ElementTree.fromstring(qr_svg(LINK)).find(".//*[@class='qrline']")
    assert drawn
    assert path is not None
    assert drawn[1] == path.get("d")


def test_the_poster_needs_nothing_from_elsewhere() -> None:
    html = poster_html(a_poster())
    assert "<script" not in html
    addresses = re.findall(r'(?:src|href)="([^"]*)"|url\(([^,)]*)|(@import)', html)
    assert {"".join(found) for found in addresses} == {"data:,", "data:font/woff2;base64"}


LONG: dict[str, str | bool] = {
    "unit": ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu " * 4)[:200],
    "institution": ("Kementerian Pendayagunaan Aparatur Negara " * 5)[:200],
    "service": ("Penerbitan Surat Keterangan Pindah Antarkabupaten " * 4)[:200],
    "counter": "Loket Pelayanan Terpadu Nomor 12 Lantai 3",
    "link": rating_link("https://survei.kementerian-yang-panjang.go.id", "u" * 60, "s" * 60),
    "demonstration": True,
}


@pytest.mark.parametrize("words", [{}, LONG], ids=["short", "longest"])
def test_it_is_one_page_with_everything_on_it(page: Page, words: dict[str, str | bool]) -> None:
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.set_content(poster_html(a_poster(**words)))
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", printed)
    cut_off = page.evaluate(
        """() => { const main = document.querySelector("main");
        return [main.scrollHeight - main.clientHeight, main.scrollWidth - main.clientWidth] }"""
    )
    assert cut_off == [0, 0]
    code = page.locator(".qr svg").bounding_box()
    assert code
    assert min(code["width"], code["height"]) * 25.4 / 96 > 90  # millimetres


@pytest.mark.parametrize(("service", "chosen"), [("layanan-2", "layanan-2"), ("x", "")])
def test_the_link_of_a_service_opens_the_form_with_it_chosen(
    app: App, page: Page, service: str, chosen: str
) -> None:
    page.goto(rating_link(app.url, "contoh", service))
    expect(page.locator("select[name=s]")).to_have_value(chosen)
