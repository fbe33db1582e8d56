"""The light service, running alone with two workers."""

import http.client
import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from models import open_engine, writing
from survey.receipts import mint_key
from tests.begun import Running
from tests.citizens import rate
from tests.conftest import ROOT, App
from tests.light_service import running_light
from tests.world import a_district

FORM = "/s/puskesmas-langgur"
POLICY = "content-security-policy"


def ask(light: App, path: str) -> tuple[int, dict[str, str], str]:
    with closing(http.client.HTTPConnection("127.0.0.1", light.port, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read().decode()


def send(light: App, key: str) -> str:
    """A filled form; gives the code of its receipt."""
    with closing(http.client.HTTPConnection("127.0.0.1", light.port, timeout=30)) as connection:
        return rate(connection, key)


def children(process: Running) -> list[str]:
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def test_two_workers_serve_the_light_door_and_end_cleanly(
    database_url: str, tmp_path: Path
) -> None:
    engine = open_engine(database_url)
    with writing(engine) as session:
        a_district(session)
    engine.dispose()
    with running_light(database_url, tmp_path, workers=2) as light:
        assert len(children(light.process)) >= 2
        assert re.search(rf"{light.url}/s/[a-z-]+$", light.output, re.MULTILINE)
        assert "Puskesmas Langgur" in ask(light, FORM)[2]
        key = mint_key()
        codes = {send(light, key) for _ in range(8)}
        assert len(codes) == 1
        assert "Dukcapil" not in ask(light, f"/r/{codes.pop()}")[2]
        for path, status in {"/healthz": 200, FORM: 200, "/s/nowhere": 404, "/tiada": 404}.items():
            found, headers, _ = ask(light, path)
            assert found == status
            assert "script-src 'self';" in headers[POLICY]
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers
    assert light.process.poll() == 0
    assert light.output.count("\n") == 2  # the address and the link, and nothing went wrong


def test_it_needs_no_streamlit() -> None:
    told = "import sys, light; print('streamlit' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "False\n"


@pytest.mark.database
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"PORT": "busy"}, "Cannot serve on"),
        ({"WORKERS": "0"}, "Cannot serve with WORKERS=0"),
        ({"WORKERS": "many"}, "Cannot serve with WORKERS=many"),
        ({"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/x"}, "Cannot use the database"),
        ({"DATABASE_URL": "mysql://u:geheim@127.0.0.1/x"}, "Cannot use the database"),
    ],
)
def test_what_keeps_it_from_starting_is_told_in_one_line(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        asked = {"PORT": "0", "DATA": str(tmp_path)} | settings
        if asked["PORT"] == "busy":
            asked["PORT"] = str(busy.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "light.py"],
            cwd=ROOT,
            env=os.environ | asked,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith(told)
    assert ended.stderr.count("\n") == 1
    assert "geheim" not in ended.stderr
