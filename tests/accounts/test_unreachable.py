"""The doors of log-in while the database is locked, full or gone."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from accounts.first_day import FirstDay
from accounts.web import log_in_routes
from locales import LANGUAGES, Language, say
from tests.asgi import ask


def _full() -> Engine:
    raise OperationalError("INSERT", None, Exception("database or disk is full"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/masuk"),
        ("POST", "/masuk"),
        ("POST", "/keluar"),
        ("GET", "/kode"),
        ("POST", "/kode"),
        ("GET", "/faktor"),
        ("POST", "/faktor"),
        ("GET", "/sandi"),
        ("POST", "/sandi"),
        ("GET", "/mulai"),
        ("POST", "/mulai"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(
    method: str, path: str, language: Language
) -> None:
    app = Starlette(routes=log_in_routes(_full, lambda: bytes(32), lambda _: "/", FirstDay()))
    headers = {"cookie": "sid=x"}
    answer = ask(app, f"{path}?lang={language}", method, headers)
    assert answer.status == 503
    assert say(language, "log_in.unreachable") in answer.text
    assert "disk" not in answer.text
