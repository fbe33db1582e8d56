"""The light door is light: what it loads, and how much memory one worker takes."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from models import open_engine, writing
from survey.receipts import mint_key
from tests.citizens import filled
from tests.conftest import ROOT
from tests.light_service import running_light
from tests.test_light import FORM, ask, send
from tests.world import a_district

HEAVY = {
    *("alembic", "altair", "authlib", "duckdb", "joserfc", "numpy", "openpyxl", "pandas"),
    *("psycopg", "pyarrow", "requests", "scipy", "sklearn", "sqlglot", "streamlit"),
}
MOST_MEGABYTES = 90
# Serves as light.py does, asks for its pages, and sends the form that stands on standard input.
TOLD = """
import http.client, socket, sys, threading
import uvicorn
from light import app, prepare
from serving import settings
prepare("")
door = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(settings(app, web_sockets=False))
serving = threading.Thread(target=server.run, args=([door],))
serving.start()
pages = ("/healthz", "/s", "/s?q=ktp", "/s/puskesmas-langgur", "/privasi", "/kunci", "/r")
for path in (*pages, "/u/puskesmas-langgur"):
    connection = http.client.HTTPConnection(*door.getsockname(), timeout=60)
    connection.request("GET", path)
    assert connection.getresponse().status == 200, path
    connection.close()
connection = http.client.HTTPConnection(*door.getsockname(), timeout=60)
kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
connection.request("POST", "/s/puskesmas-langgur", sys.stdin.read(), kind)
sent = connection.getresponse()
assert sent.status == 303
connection.close()
connection = http.client.HTTPConnection(*door.getsockname(), timeout=60)
connection.request("GET", sent.headers["Location"])
assert b"<svg" in connection.getresponse().read()
connection.close()
server.should_exit = True
serving.join()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A district's database."""
    engine = open_engine(sqlite_url)
    with writing(engine) as session:
        a_district(session)
    engine.dispose()
    return sqlite_url


def test_it_loads_nothing_that_computes(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA", str(tmp_path))
    ended = subprocess.run(
        [sys.executable, "-c", TOLD],
        input=urlencode(filled(mint_key())),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    loaded = {*ended.stdout.split()}
    assert {"light", "survey", "sqlalchemy"} <= loaded
    assert not loaded & HEAVY


def test_a_worker_takes_little_memory(url: str, tmp_path: Path) -> None:
    with running_light(url, tmp_path, by_itself=True) as light:
        for _ in range(20):
            for path in ("/healthz", "/s", "/s?q=ktp", FORM, "/privasi", "/kunci", "/r"):
                ask(light, path)
            code = send(light, mint_key())
            for path in (f"/r/{code}?new=1", "/u/puskesmas-langgur"):
                assert ask(light, path)[0] == 200
        status = Path(f"/proc/{light.process.pid}/status").read_text()
    (kibibytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert int(kibibytes) / 1024 <= MOST_MEGABYTES
