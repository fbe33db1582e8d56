"""Who may send how often through the light door, and who wins the race for a token."""

import http.client
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select

from models import Period, Response, Unit, now, open_engine, reading, writing
from survey.kiosks import add_kiosk
from survey.light import forms
from survey.receipts import instance_secret, mint_key
from survey.rhythm import load_limit_rules
from survey.tokens import issue_tokens
from tests.conftest import App
from tests.light_service import running_light
from tests.world import a_district

FORM = "/s/puskesmas-langgur"
RULES = load_limit_rules()
MOST, _ = RULES.bounds(0)
PROXY = "127.0.0.1"
FORM_TYPE = "application/x-www-form-urlencoded"
PHONE, PROGRAM = "Mozilla/5.0 (Linux; Android 10; K)", "hostile/1"
EMPTY = {f"{forms.ITEM}time": "", forms.COMMENT: ""}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database of a district."""
    engine = open_engine(database_url)
    with writing(engine) as session:
        a_district(session)
    yield engine
    engine.dispose()


def tokens(engine: Engine, folder: Path, number: int) -> list[str]:
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == FORM[3:])).one()
        period = session.scalars(select(Period)).one()
        return issue_tokens(session, instance_secret(folder), unit, period, number)


def kiosk(engine: Engine, folder: Path) -> str:
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == FORM[3:])).one()
        return f"/k/{add_kiosk(session, instance_secret(folder), unit, 'Loket 1', now())}"


def post(
    light: App, path: str = FORM, speaks_for: str = "", browser: str = PHONE, **fields: str
) -> tuple[int, http.client.HTTPMessage, str]:
    """A form that was read for a while, with one answer and a comment."""
    form = {
        forms.KEY: mint_key(),
        forms.PERIOD: "semester-ini",
        forms.SEEN_AT: "0",
        forms.PROVENANCE: "self",
        forms.PARTLY: "1",
        forms.COMMENT: "Antreannya lama",
        f"{forms.ITEM}time": "2",
    }
    headers = {"Content-Type": FORM_TYPE, "User-Agent": browser}
    if speaks_for:
        headers["X-Forwarded-For"] = speaks_for
    with closing(http.client.HTTPConnection("127.0.0.1", light.port, timeout=30)) as connection:
        connection.request("POST", path, urlencode(form | fields), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def statuses(light: App, number: int, **fields: str) -> Counter[int]:
    return Counter(post(light, **fields)[0] for _ in range(number))


def stored(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def test_too_many_from_one_network_wait_on_a_page_that_keeps_what_was_typed(
    engine: Engine, tmp_path: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with running_light(url, tmp_path) as light:
        token, spent = tokens(engine, tmp_path, 2)
        known = mint_key()
        assert post(light, **{forms.TOKEN: spent, forms.KEY: known})[0] == 303
        # What is refused counts nothing: empty forms, wrong tokens, one form over and over.
        assert statuses(light, MOST + 5, **EMPTY) == {422: MOST + 5}
        assert statuses(light, 5, **{forms.TOKEN: "0000-0000-0000"}) == {422: 5}
        assert statuses(light, MOST + 5, **{forms.KEY: known}) == {409: MOST + 5}
        # A forged header makes nobody else of the sender.
        assert {post(light, speaks_for=f"9.9.9.{at}")[0] for at in range(MOST - 1)} == {303}
        mine = mint_key()
        status, headers, page = post(light, speaks_for="9.9.9.9", **{forms.KEY: mine})
        assert (status, headers["Retry-After"]) == (429, str(RULES.pace_seconds))
        assert f"Giliran Anda {RULES.pace_seconds} detik lagi" in page
        assert 'name="c" value="Antreannya lama"' in page
        assert 'name="a-time" value="2"' in page
        assert f'name="k" value="{mine}"' in page

        assert statuses(light, 1, path=f"/s/{FORM[3:].upper()}") == {429: 1}
        assert statuses(light, 1, **{forms.TOKEN: spent}) == {429: 1}
        assert statuses(light, 1, **{forms.TOKEN: "0000-0000-0000"}) == {429: 1}
        # Others, kiosks, who holds a token, and what is known go on.
        assert statuses(light, 1, browser=PROGRAM) == {303: 1}
        assert statuses(light, 1, **{forms.TOKEN: token}) == {303: 1}
        assert statuses(light, 1, **{forms.KEY: known}) == {409: 1}
        assert statuses(light, 1, **{forms.KEY: known, forms.AGAIN: "1"}) == {303: 1}
        assert statuses(light, 3, path=kiosk(engine, tmp_path)) == {303: 3}
        assert stored(engine) == MOST + 1 + 1 + 3


def test_forty_honest_telephones_and_a_flood_behind_one_address(
    engine: Engine, tmp_path: Path
) -> None:
    """Each telephone sends an empty form first. The flood is slowed, and they are not."""
    url = engine.url.render_as_string(hide_password=False)
    with running_light(url, tmp_path) as light, ThreadPoolExecutor(8) as senders:

        def honest(_: int) -> list[int]:
            key = mint_key()
            tries = [{forms.KEY: key, **EMPTY}, {forms.KEY: key}, {forms.KEY: key}]
            return [post(light, **fields)[0] for fields in tries]

        flood = [senders.submit(post, light, browser=PROGRAM) for _ in range(4 * MOST)]
        telephones = list(senders.map(honest, range(40)))
        assert telephones == [[422, 303, 409]] * 40
        assert Counter(one.result()[0] for one in flood) == {303: MOST, 429: 3 * MOST}
        assert stored(engine) == MOST + 40


def test_a_proxy_that_was_named_is_believed(engine: Engine, tmp_path: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with running_light(url, tmp_path, proxy=PROXY) as light:
        here, there = "203.0.113.7", "203.0.113.8"
        assert statuses(light, MOST, speaks_for=here) == {303: MOST}
        assert statuses(light, 1, speaks_for=here) == {429: 1}
        # What the sender wrote in front of what the proxy added is not believed.
        assert statuses(light, 1, speaks_for=f"9.9.9.9, {here}") == {429: 1}
        assert statuses(light, 1, speaks_for=there) == {303: 1}
    with reading(engine) as session:
        groups = session.execute(
            select(Response.client_group, func.count()).group_by(Response.client_group)
        )
        assert sorted(number for _, number in groups) == [1, MOST]


def test_two_workers_count_together(engine: Engine, tmp_path: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with running_light(url, tmp_path, workers=2) as light:
        assert statuses(light, 5, **EMPTY) == {422: 5}
        assert statuses(light, MOST + 20) == {303: MOST, 429: 20}
        assert statuses(light, 1, browser=PROGRAM) == {303: 1}
        assert stored(engine) == MOST + 1


def test_one_wins_the_race_for_a_token_and_the_others_are_told(
    engine: Engine, tmp_path: Path
) -> None:
    """Tabs that send different forms at once, to two processes, and one form sent again."""
    url = engine.url.render_as_string(hide_password=False)
    with running_light(url, tmp_path, workers=2) as light, ThreadPoolExecutor(8) as tabs:
        (token,) = tokens(engine, tmp_path, 1)
        sent = [{forms.KEY: mint_key(), forms.TOKEN: token} for _ in range(8)]
        answers = list(tabs.map(lambda fields: post(light, **fields), sent * 2))
        assert Counter(status for status, *_ in answers) == {303: 1, 409: 1, 422: 14}
        codes = {headers["Location"] for status, headers, _ in answers if status == 303}
        assert len(codes) == 1
        pages = [page for status, _, page in answers if status == 422]
        assert all(f"“{token}” sudah dipakai" in page for page in pages)
        assert all("Antreannya lama</textarea>" in page for page in pages)
        assert stored(engine) == 1
