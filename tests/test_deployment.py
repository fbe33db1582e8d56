"""What stands in deploy/ does what it says; nginx for real, before both services."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from light import light_app
from tests.conftest import ROOT, App
from tests.light_service import running_light

DEPLOY = ROOT / "deploy"
SITE = "ikm.kabupaten.example"
ANYBODY = ssl._create_unverified_context()
NONE: Mapping[str, str] = {}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "streamlit",
}


@dataclass(frozen=True)
class Proxy:
    """A real nginx with our settings before both services."""

    port: int
    log: Path

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] = NONE
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of an answer over https."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=ANYBODY)
        with closing(connection):
            connection.request("GET" if body is None else "POST", path, body, {**headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, b"" if answer.status == 101 else answer.read()


def certificate(folder: Path) -> None:
    """A certificate of nobody's, with its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        [x509.NameAttribute(NameOID.COMMON_NAME, SITE)],
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(name))
        .issuer_name(x509.Name(name))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def proxy(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx with deploy/nginx.conf, at ports of its own, before the service and a light door."""
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    certificate(folder)
    url = f"sqlite:///{app.log.parent / 'app.sqlite3'}"
    with running_light(url, app.log.parent, proxy="127.0.0.1") as light:
        settings = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        for written, here in {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ": f"listen 127.0.0.1:{port} ",
            "127.0.0.1:8501": f"127.0.0.1:{app.port}",
            "127.0.0.1:8502": f"127.0.0.1:{light.port}",
            f"/etc/letsencrypt/live/{SITE}": str(folder),
            "/var/log/nginx": str(folder),
        }.items():
            assert written in settings
            settings = settings.replace(written, here)
        whole = folder / "nginx.conf"
        whole.write_text(f"events {{}}\npid {folder}/pid;\nhttp {{\n{settings}\n}}\n")
        command = [shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-p", folder, "-c", whole]
        process = subprocess.Popen(
            [*map(str, command), "-e", str(folder / "errors"), "-g", "daemon off;"]
        )
        try:
            wait_for(port, process)
            yield Proxy(port, folder / "suara.log")
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens there."""
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        with closing(socket.socket()) as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def test_each_address_reaches_its_door(proxy: Proxy) -> None:
    status, headers, body = proxy.ask("/s/contoh")
    assert (status, b"Disdukcapil Contoh" in body) == (200, True)
    assert "server-timing" not in headers
    assert proxy.ask("/S/contoh")[0] in {200, 308}
    assert proxy.ask("/masuk")[0] == 200
    assert proxy.ask("/api/v1/openapi.json")[0] == 200
    for closed in ("/_stcore/metrics", "/_stcore/agent/openapi.json"):
        assert proxy.ask(closed)[0] == 404
    assert proxy.ask("/_stcore/stream", headers=UPGRADE)[0] == 101


def test_scripts_come_compressed(proxy: Proxy) -> None:
    _, _, page = proxy.ask("/beranda")
    (script,) = set(re.findall(r'src="\.?(/static/js/index[^"]+)"', page.decode()))
    small, whole = (
        len(proxy.ask(script, headers={"Accept-Encoding": "gzip"})[2]),
        len(proxy.ask(script)[2]),
    )
    assert small < 0.5 * whole


def test_what_is_too_large_is_refused_before_it_is_read(proxy: Proxy) -> None:
    assert proxy.ask("/masuk", bytes(26 * 2**20))[0] == 413


def test_no_line_joins_address_time_and_receipt(proxy: Proxy) -> None:
    for path in ("/privasi", "/r/AAAA-BBBB-CCCC", "/R/AAAA-BBBB-CCCC", "/s/contoh", "/k/nobody"):
        proxy.ask(path)
    lines = proxy.log.read_text()
    assert "GET /privasi " in lines
    assert not re.search(r'"[A-Z]+ /[srku](/|\s)', lines, re.IGNORECASE)


@pytest.mark.parametrize("file", ["nginx.conf", "Caddyfile"])
def test_whatever_the_light_door_serves_is_sent_to_it(file: str) -> None:
    (pattern,) = re.findall(r"\^/\(\(s.*", (DEPLOY / file).read_text(encoding="utf-8"))
    light = re.compile(pattern.removesuffix(" {"), re.IGNORECASE)
    served = {getattr(route, "path", "") for route in light_app().routes}
    assert {path for path in served if not light.search(path)} == {
        "/",
        "/healthz",
        "/readyz",
    } & served


def test_both_services_read_one_environment_and_the_units_differ_in_three_lines() -> None:
    pages, light = (
        (DEPLOY / "systemd" / f"suara-{name}.service").read_text(encoding="utf-8").splitlines()
        for name in ("layanan", "light")
    )
    differ = [line for line in light if line not in pages]
    assert [line.partition("=")[0] for line in differ] == [
        *("Description", "After", "Environment", "ExecStart"),
    ]
    assert "EnvironmentFile=/etc/suara-layanan.env" in pages


def test_every_alert_asks_for_what_is_told_and_has_its_page() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0][
        "rules"
    ]
    told = set(re.findall(r'"(suara_\w+)"', (ROOT / "watched.py").read_text()))
    told |= set(re.findall(r'"(suara_\w+)"', (ROOT / "survey" / "metrics.py").read_text()))
    runbook = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for rule in rules:
        asked = re.findall(r"suara_\w+?(?=_total|_seconds|[^\w])", rule["expr"])
        assert {*asked} <= told, rule["alert"]
        assert f"### {rule['alert']}\n" in runbook
        assert rule["annotations"]["runbook"].endswith("#" + rule["alert"].lower())
