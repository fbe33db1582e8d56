"""The pages around the light form, at the light door alone."""

import asyncio
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from models import Service, Unit, writing
from survey.finding.listing import MOST_SHOWN
from survey.light.routes import light_routes
from survey.limits import AddressLimits
from survey.signing import public_pem
from survey.writer import Writer
from tests.survey.conftest import SECRET, UNIT, Place


@pytest.fixture
def door(place: Place) -> Iterator[Starlette]:
    """The light door alone, where there is no page of published results."""
    writer = Writer(place.engine, SECRET)
    limits = AddressLimits()
    yield Starlette(
        routes=light_routes(lambda: place.engine, lambda: SECRET, lambda: writer, lambda: limits)
    )
    writer.close()


def ask(door: Starlette, path: str, host: str = "") -> tuple[int, str]:
    """The status and the text of a page."""
    sent: list[Message] = []
    address, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(address),
        "raw_path": address.encode(),
        "scheme": "http",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", host.encode())] if host else [],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(door(scope, receive, send))
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent).decode()


def codes(page: str) -> list[str]:
    return re.findall(r'href="/s/([^?"]+)', page)


def test_the_open_units_are_listed_and_searched(door: Starlette, place: Place) -> None:
    status, page = ask(door, "/s")
    assert status == 200
    assert codes(page) == ["dukcapil-malra", "puskesmas-langgur"]
    assert codes(ask(door, "/s?q=LANGGUR+tenggara")[1]) == ["puskesmas-langgur"]
    for nothing in ("%25", "_", "puskesmas+surabaya", "%00", "%ED%A0%80"):
        found = ask(door, f"/s?q={nothing}")
        assert found[0] == 200
        assert nothing == "%00" or "/s/puskesmas" not in found[1]
    place.close()
    assert "Sekarang belum ada kantor yang bisa dinilai" in ask(door, "/s")[1]


def test_where_nothing_fits_the_institutions_are_offered(door: Starlette) -> None:
    page = ask(door, "/s?q=kecamatan+%3Cb%3Eantah")[1]
    assert "Tidak ada kantor yang cocok dengan “kecamatan &lt;b&gt;antah”" in page
    assert 'value="kecamatan &lt;b&gt;antah"' in page
    assert "2 kantor" in page
    (institution,) = re.findall(r'href="(/s\?i=[^"]+)"', page)
    assert institution == "/s?i=malra&amp;lang=id"
    assert codes(ask(door, "/s?i=malra")[1]) == ["dukcapil-malra", "puskesmas-langgur"]
    assert codes(ask(door, "/s?i=tiada")[1]) == []
    assert 'href="?lang=en&amp;q=&amp;i=malra"' in ask(door, "/s?i=malra")[1]


def test_a_long_list_begins_with_the_institutions(door: Starlette, place: Place) -> None:
    with writing(place.engine) as session:
        home = session.get_one(Unit, place.unit).institution_id
        session.add_all(
            Unit(institution_id=home, code=f"desa-{at}", name=f"Desa <b>{at}</b>")
            for at in range(MOST_SHOWN + 1)
        )
    page = ask(door, "/s")[1]
    assert codes(page) == []
    assert f"{MOST_SHOWN + 3} kantor" in page
    assert len(codes(ask(door, "/s?i=malra")[1])) == MOST_SHOWN + 3
    page = ask(door, "/s?q=desa")[1]
    assert len(codes(page)) == MOST_SHOWN
    assert f"Hanya {MOST_SHOWN} kantor yang paling cocok" in page
    assert "<b>" not in page


def test_every_link_at_the_light_door_alone_leads_to_one_of_its_pages(
    door: Starlette, place: Place
) -> None:
    code = place.send()
    todo, seen = {"/s", "/s/nowhere", f"/r/{code}?new=1"}, set()
    while todo:
        path = todo.pop()
        seen.add(path)
        status, page = ask(door, path)
        assert status == (404 if path.startswith("/s/nowhere") else 200), path
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)}
        here = path.partition("?")[0]
        inside = {here + link if link[0] == "?" else link for link in links if link[0] in "/?"}
        todo |= inside - seen
    reached = {path.split("?")[0] for path in seen}
    assert reached >= {"/s", "/privasi", f"/s/{UNIT}", "/r", f"/r/{code}", f"/u/{UNIT}"}


@pytest.mark.parametrize("language", ["id", "en", "jv"])
def test_the_privacy_notice_names_what_the_law_asks_for(
    door: Starlette, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.delenv("CONTACT", raising=False)
    page = ask(door, f"/privasi?unit={UNIT.upper()}&lang={language}")[1]
    assert ("disability (UU 27/2022" if language == "en" else "disabilitas (UU 27/2022") in page
    for named in ("Kabupaten Maluku Tenggara", "UU 25/2009", "PermenPANRB 14/2017", "UU 27/2022"):
        assert named in page
    for address in ("https://www.lapor.go.id", "https://www.ombudsman.go.id"):
        assert f'href="{address}" rel="noreferrer"' in page
    nobody = "none is given here" if language == "en" else "belum diisi di sini"
    assert nobody in page
    monkeypatch.setenv("CONTACT", "ppid@malra.example <b>")
    page = ask(door, f"/privasi?lang={language}")[1]
    assert "ppid@malra.example &lt;b&gt;" in page
    assert nobody not in page
    assert "Kabupaten Maluku Tenggara" not in page
    assert ask(door, "/privasi?unit=%00&unit=x")[0] == 200


def test_a_javanese_page_marks_what_is_said_in_indonesian(door: Starlette) -> None:
    page = ask(door, f"/s/{UNIT}?lang=jv")[1]
    assert '<html lang="jv"' in page
    assert "dereng dipunpriksa" in page
    assert '1 saking 9. <span lang="id">' in page
    assert re.search(r'<option value="female" lang="id">', page)
    assert '<span lang="id">Privasi</span>' in page
    assert "<span lang" not in ask(door, f"/s/{UNIT}?lang=id")[1]
    assert "<title>Biji palayanan · Suara Layanan</title>" in ask(door, "/s?lang=jv")[1]


def test_a_response_in_javanese_is_stored(place: Place) -> None:
    place.send(language="jv")
    assert place.rows("responses")[0]["language"] == "jv"
    assert place.refusals(language="xx") == {"language": "unknown_option"}


def test_a_name_with_marks_stays_a_name_in_the_title(door: Starlette, place: Place) -> None:
    with writing(place.engine) as session:
        home = session.get_one(Unit, place.unit).institution_id
        marked = Unit(institution_id=home, code="aneh", name="A </title><script>x</script> & B")
        marked.services = [Service(code="satu", name="Satu")]
        session.add(marked)
    page = ask(door, "/s/aneh")[1]
    assert "<script>x" not in page


def test_the_key_of_publications_is_public(door: Starlette) -> None:
    assert ask(door, "/kunci") == (200, public_pem(SECRET))
