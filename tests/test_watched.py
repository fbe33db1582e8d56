"""What whoever runs an instance is told: metrics at their own address, lines without people."""

import http.client
import json
import logging
import re
import socket
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit import config, error_util

from logs import JsonLine, speak_alike
from models import open_engine, writing
from survey.light import forms
from survey.receipts import mint_key
from tests.citizens import filled
from tests.conftest import App
from tests.light_service import running_light
from tests.test_light import FORM, ask, send
from tests.world import a_district

POSTED = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
}
TOLD = re.compile(r"^(suara_\w+)(?:\{(.*)\})? ([\d.e+-]+)$", re.MULTILINE)


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A district's database."""
    engine = open_engine(sqlite_url)
    with writing(engine) as session:
        a_district(session)
    engine.dispose()
    return sqlite_url


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Where the metrics are to be told."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        host, port = free.getsockname()
    monkeypatch.setenv("METRICS", f"{host}:{port}")
    return str(host), int(port)


def told(address: tuple[str, int]) -> dict[tuple[str, str], float]:
    """Each metric by its name and labels."""
    connection = http.client.HTTPConnection(*address, timeout=20)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return {(name, labels): float(value) for name, labels, value in TOLD.findall(text)}


def refused(light: App) -> int:
    """The status of a form that says of nobody that they filled it in."""
    body = urlencode(filled(mint_key()) | {forms.PROVENANCE: "nobody"})
    with closing(http.client.HTTPConnection("127.0.0.1", light.port, timeout=30)) as connection:
        connection.request("POST", FORM, body, POSTED)
        return connection.getresponse().status


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_stored_refused_and_answered_is_counted(
    url: str, tmp_path: Path, address: tuple[str, int], workers: int
) -> None:
    key = mint_key()
    with running_light(url, tmp_path, workers) as light:
        send(light, key)
        send(light, mint_key())
        assert refused(light) == 422
        found = told(address)
        assert ask(light, "/metrics")[0] == 404
    assert found["suara_submissions_total", 'outcome="stored"'] == 2
    assert found["suara_submissions_total", 'outcome="refused"'] == 1
    assert sum(value for (name, _), value in found.items() if name == "suara_refusals_total") >= 1
    assert found["suara_answers_seconds_count", 'route="/s/{unit}",status="3xx"'] == 2
    assert found["suara_publications", ""] == 0
    assert found["suara_waiting", ""] == 0
    assert not any("langgur" in labels for _, labels in found)


@pytest.mark.parametrize("wrong", ["9464", "127.0.0.1:", "127.0.0.1:http"])
def test_an_address_that_is_none_is_told(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from watched import watch

    monkeypatch.setenv("METRICS", wrong)
    with pytest.raises(ValueError, match=re.escape(wrong)):
        watch()


def test_a_line_tells_kind_and_place_and_nothing_that_was_typed() -> None:
    try:
        int("Siti Aminah")
    except ValueError:
        caught = sys.exc_info()
    record = logging.LogRecord("uvicorn.error", 40, "", 0, "from %s", ("10.0.0.7",), caught)
    (line,) = JsonLine().format(record).splitlines()
    assert "Siti" not in line
    assert "10.0.0.7" not in line
    written = json.loads(line)
    assert (written["kind"], written["level"]) == ("ValueError", "error")
    assert written["where"][-1].endswith(
        "test_a_line_tells_kind_and_place_and_nothing_that_was_typed"
    )


@pytest.mark.parametrize("name", ["streamlit.some", "uvicorn.error", "websockets"])
def test_a_handler_that_streamlit_gave_writes_such_lines(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = logging.StreamHandler()
    monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
    speak_alike()
    assert isinstance(handler.formatter, JsonLine)


def test_what_no_page_foresaw_is_such_a_line_too(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.get_config_options()  # Streamlit gives out its handlers anew when it first reads them
    handler = logging.StreamHandler(sys.stderr)
    monkeypatch.setattr(logging.getLogger(error_util.__name__), "handlers", [handler])
    speak_alike()
    error_util.handle_user_script_exception(ValueError("Siti Aminah"), lambda _: True)
    printed, line = capfd.readouterr()
    assert printed == ""
    assert json.loads(line)["kind"] == "ValueError"
    assert "Siti" not in line


def test_our_own_lines_are_told_in_full() -> None:
    record = logging.LogRecord("survey.writer", 40, "", 0, "the %s failed", ("database",), None)
    assert json.loads(JsonLine().format(record))["said"] == "the database failed"
