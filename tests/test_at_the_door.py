"""What both services ask of a request before they look at it, and whose their files are."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models import open_engine, writing
from tests.conftest import App, running_app
from tests.light_service import running_light
from tests.world import a_district

FOREIGN = {"Host": "evil.test", "Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def light(tmp_path: Path, migrated_file: Path) -> Iterator[App]:
    """The light service, all of whose data lie in a folder that was open to others."""
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    url = f"sqlite:///{data / 'new.sqlite3'}"
    (data / "new.sqlite3").write_bytes(migrated_file.read_bytes())
    engine = open_engine(url)
    with writing(engine) as session:
        a_district(session)
    engine.dispose()
    with running_light(url, data) as service:
        yield service


def asked(port: int, method: str, path: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, what is said of encryption, and text."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        told = answer.headers.get("Strict-Transport-Security", "")
        return answer.status, told, answer.read().decode(errors="replace")


def looked_through(port: int, page: str) -> None:
    for method in ("GET", "POST"):
        status, _, text = asked(port, method, page, FOREIGN)
        assert (status, "evil.test" in text) == (421, True)
    assert asked(port, "GET", page, {"Host": f"localhost:{port}"})[:2] == (200, "")
    for odd in ("https", "HTTPS", "https, http"):
        assert asked(port, "GET", page, {"X-Forwarded-Proto": odd})[:2] == (200, "max-age=31536000")
    assert asked(port, "POST", page, {"Content-Length": str(10**9)})[0] == 413


def test_the_light_door(light: App, tmp_path: Path) -> None:
    looked_through(light.port, "/s/puskesmas-langgur")
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    secret = next(data.glob("*.key"))
    assert secret.stat().st_mode & 0o077 == 0


@pytest.mark.database
def test_the_whole_service(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        looked_through(app.port, "/masuk")
        made = [file for file in tmp_path.rglob("*") if file != app.log]
        modes = {str(file): file.stat().st_mode for file in made}
    assert any(file.suffix == ".sqlite3" for file in made)
    assert [file for file, mode in modes.items() if mode & 0o077] == []


def test_a_socket_is_opened_under_an_own_name_alone(app: App) -> None:
    socket = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    own = socket | {"Host": f"127.0.0.1:{app.port}"}
    foreign = socket | {"Host": "evil.test", "Origin": "http://evil.test"}
    for headers, status in ((own, 101), (foreign, 403)):
        with closing(http.client.HTTPConnection("127.0.0.1", app.port, timeout=60)) as line:
            line.request("GET", "/_stcore/stream", headers=headers)
            assert line.sock.recv(12).endswith(str(status).encode())
