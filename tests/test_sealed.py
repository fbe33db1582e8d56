"""Sealed forms: opened by the service, then under the same rules as plain ones."""

import http.client
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, select

from models import Kiosk, LateResponse, Period, Response, now, open_engine, reading, writing
from survey.kiosks import add_kiosk
from survey.receipts import codes_beforehand, instance_secret, mint_key
from survey.rhythm import load_limit_rules
from survey.seal import public_key, seal
from tests.conftest import App
from tests.light_service import running_light
from tests.world import a_district

FORM = "/s/puskesmas-langgur"
ANSWERED = {"p": "semester-ini", "z": "21.5", "a-time": "3", "w": "self"}


@dataclass(frozen=True)
class Door:
    """The light service, its database, and a kiosk's address."""

    light: App
    engine: Engine
    kiosk: str
    folder: Path

    def post(self, path: str, body: bytes) -> tuple[http.client.HTTPResponse, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.light.port, timeout=30)) as there:
            there.request("POST", path, body)
            answer = there.getresponse()
            return answer, json.loads(answer.read())

    def key(self) -> bytes:
        """The public key, as the form carries it."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.light.port, timeout=30)) as there:
            there.request("GET", FORM)
            found = re.search(rb'data-seal="([^"]+)"', there.getresponse().read())
        assert found
        return b64decode(found[1])

    def send(self, path: str = FORM, **fields: str) -> tuple[int, Any]:
        form = (
            {"k": mint_key()} | ANSWERED | {name.replace("_", "-"): fields[name] for name in fields}
        )
        key = public_key(instance_secret(self.folder))
        answer, told = self.post(f"{path}/sealed", seal(key, urlencode(form).encode()))
        return answer.status, told

    def stored(self) -> list[tuple[str, str | None]]:
        with reading(self.engine) as session:
            rows = session.execute(select(Response.channel, Response.completion_time))
            return [(channel, time) for channel, time in rows]

    def late(self) -> int:
        with reading(self.engine) as session:
            return len(session.scalars(select(LateResponse)).all())


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    engine = open_engine(database_url)
    with writing(engine) as session:
        clinic = a_district(session).clinic
        kiosk = add_kiosk(session, instance_secret(tmp_path), clinic, "Loket 1", now())
    with running_light(database_url, tmp_path) as light:
        yield Door(light, engine, f"/k/{kiosk}", tmp_path)
    engine.dispose()


def test_a_sealed_form_is_counted_once_with_its_channel_and_its_time(door: Door) -> None:
    key = mint_key()
    status, told = door.send(k=key)
    assert (status, list(told)) == (200, ["receipt"])
    assert door.send(k=key) == (200, told | {"known": True})
    assert door.stored() == [("open_link", "15_to_30_s")]
    assert door.send(door.kiosk)[0] == 200
    assert sorted(door.stored()) == [("kiosk", "15_to_30_s"), ("open_link", "15_to_30_s")]


def test_it_is_refused_for_the_same_reasons(door: Door) -> None:
    for field, value, told in (
        ("a_time", "9", "tidak ada dalam pilihan"),
        ("z", "1.9", "Periksa sebentar jawaban Anda"),
        ("website", "x", "Belum terkirim"),
        ("v", "AAAA-BBBB-CCCC", "tidak cocok"),
        ("p", "1999-1", "tidak ada di kantor ini"),
    ):
        status, answer = door.send(**{field: value})
        assert status == 422
        assert told in " ".join(answer["problems"])
    assert door.stored() == []


def test_what_cannot_be_opened_is_refused_with_a_sentence(door: Door) -> None:
    form = urlencode({"k": mint_key()} | ANSWERED).encode()
    sealed = seal(door.key(), form)
    foreign = seal(public_key(bytes(32)), form)
    for body in (b"", form, foreign, sealed[:-1], sealed[:70], b"\4" * 200):
        answer, told = door.post(f"{FORM}/sealed", body)
        assert answer.status == 422
        assert ["tidak bisa dibaca" in one for one in told["problems"]] == [True]
    answer, told = door.post(f"{FORM}/sealed", bytes(700_000))
    assert (answer.status, len(told["problems"])) == (413, 1)
    assert door.stored() == []
    assert "Traceback" not in door.light.output


def test_too_many_are_to_come_later_and_what_is_known_at_any_time(door: Door) -> None:
    key, bound = mint_key(), load_limit_rules().bounds(0)[0]
    _, told = door.send(k=key)
    assert {door.send()[0] for _ in range(bound - 1)} == {200}
    form = seal(door.key(), urlencode({"k": mint_key()} | ANSWERED).encode())
    answer, waits = door.post(f"{FORM}/sealed", form)
    assert (answer.status, list(waits)) == (429, ["problems"])
    assert int(str(answer.getheader("Retry-After"))) > 0
    assert door.send(k=key) == (200, told | {"known": True})
    assert len(door.stored()) == bound


def test_a_kiosk_s_answers_come_late_after_the_closing_and_its_receipt_holds(door: Door) -> None:
    filled = int(now().timestamp() * 1000) - 5
    with writing(door.engine) as session:
        session.scalars(select(Period)).one().closed_at = now()
    code = codes_beforehand(instance_secret(door.folder))[0]
    status, told = door.send(door.kiosk, k=code[0], f=str(filled))
    assert (status, told) == (200, {"receipt": code[1], "late": True})
    assert door.send(door.kiosk, k=code[0], f=str(filled))[1] == told | {"known": True}
    assert (door.stored(), door.late()) == ([], 1)
    status, told = door.send(door.kiosk, f=str(int(now().timestamp() * 1000)))
    assert (status, "sudah ditutup" in told["problems"][0]) == (422, True)
    assert door.send(door.kiosk, a_time="9", f=str(filled))[1]["problems"][0].startswith("Jawaban")


def test_of_a_withdrawn_kiosk_only_what_was_filled_in_before_comes_late(door: Door) -> None:
    filled = int(now().timestamp() * 1000) - 10
    with writing(door.engine) as session:
        session.scalars(select(Kiosk)).one().closed_at = now()
    status, told = door.send(door.kiosk, f=str(filled))
    assert (status, sorted(told)) == (200, ["late", "receipt"])
    for told_time in ({"f": str(int(now().timestamp() * 1000))}, {}):
        status, answer = door.send(door.kiosk, **told_time)
        assert (status, "sudah ditarik" in answer["problems"][0]) == (404, True)
    assert (door.stored(), door.late()) == ([], 1)


def test_a_devices_clock_may_tell_anything(door: Door) -> None:
    for filled, clock in (("0", "9" * 14), ("9" * 14, "0"), ("x", "x"), ("9" * 15, "-1")):
        form = {"k": mint_key(), "f": filled} | ANSWERED
        body = seal(door.key(), urlencode(form).encode())
        answer, told = door.post(f"{FORM}/sealed?d={clock}", body)
        assert (answer.status, list(told)) == (200, ["receipt"])
    assert "Traceback" not in door.light.output
