"""Log-in by a provider of identities through the whole service, and in a browser."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import App, running_app
from tests.journeys.people import PATIENCE, password_of
from tests.journeys.test_accessibility import violations
from tests.provider import NAME, TestedProvider, followed, path_of, running_provider
from tests.test_web import ask, log_in_of
from tests.visiting import log_in

SECURE = {"httponly", "samesite=lax"}
pytestmark = [pytest.mark.database, pytest.mark.long, pytest.mark.xdist_group("provider")]
FROM_THERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture(scope="module")
def trusted() -> Iterator[TestedProvider]:
    """A provider that the service trusts."""
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def trusting(
    trusted: TestedProvider, demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """The service with the demonstration, which trusts the provider."""
    with pytest.MonkeyPatch.context() as patch:
        for key, value in trusted.settings.items():
            patch.setenv(key, value)
        with running_app(tmp_path_factory.mktemp("trusting"), demonstration_folder) as app:
            yield app


@dataclass
class Jar:
    """A browser that keeps its cookies, without scripts."""

    app: App
    kept: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, form: dict[str, str] | None = None, **more: str
    ) -> tuple[int, HTTPMessage, str]:
        """Status, headers and text of an answer."""
        kept = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        body = urlencode(form) if form else None
        headers = {"Cookie": kept, **kind, **{key.replace("_", "-"): more[key] for key in more}}
        with closing(HTTPConnection("127.0.0.1", self.app.port, timeout=60)) as line:
            line.request("POST" if form else "GET", path, body, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.kept[name] = value.strip('"')
            return answer.status, answer.headers, answer.read().decode()

    def by_provider(self) -> HTTPMessage:
        """To the provider and back; the headers with which one comes back."""
        _, there, _ = self.ask("/masuk/instansi")
        back = path_of(followed(there["Location"]))
        return self.ask(back, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[1]


def test_in_and_out_by_the_provider(trusting: App, trusted: TestedProvider) -> None:
    trusted.who = "sub-petugas"
    here, there, told = Jar(trusting), Jar(trusting), log_in_of(trusting, "official")
    here.ask("/masuk", told)
    assert here.by_provider()["Location"] == "/identitas?lang=id"
    form = {"password": told["password"], "do": "link"}
    assert "Sudah terkait." in here.ask("/identitas", form)[2]
    headers = there.by_provider()
    assert headers["Location"] == "/beranda"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    for cookie in headers.get_all("Set-Cookie") or []:
        assert {"httponly", "samesite=lax"} <= set(cookie.lower().split("; "))
    assert there.kept["menuju"] == ""
    assert there.ask("/identitas")[0] == 200
    there.ask("/keluar", {"x": "x"})
    assert there.ask("/identitas")[0] == 303
    assert here.ask("/identitas")[0] == 200
    assert trusting.output.count("\n") == 3  # the address and two links: no line of a log


def test_behind_a_proxy_the_way_back_is_encrypted_too(trusting: App) -> None:
    proxied = {"X-Forwarded-Proto": "https", "Host": "skm.example.id"}
    _, headers, _ = ask(trusting, "GET", "/masuk/instansi", headers=proxied)
    assert "redirect_uri=https%3A%2F%2Fskm.example.id%2Fmasuk%2Fkembali" in headers["location"]
    assert "secure" in headers["set-cookie"].lower().split("; ")
    assert ask(trusting, "GET", "/masuk/instansi", headers={"Host": "evil.test"})[0] == 421


def test_a_provider_that_is_gone_keeps_nobody_out(
    demonstration_folder: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for key, value in TestedProvider(1).settings.items():
            patch.setenv(key, value)
        with running_app(tmp_path, demonstration_folder) as app:
            assert ask(app, "GET", "/readyz")[::2] == (200, "ready")
            assert NAME in ask(app, "GET", "/masuk")[2]
            _, headers, _ = ask(app, "GET", "/masuk/instansi")
            status, _, text = ask(app, "GET", headers["location"])
            assert (status, f"{NAME} belum dapat dihubungi" in text) == (503, True)
            told = log_in_of(app, "official")
            assert log_in(app, told["username"], told["password"])
            assert "Traceback" not in app.output


def test_in_a_browser(trusting: App, trusted: TestedProvider, browser: Browser) -> None:
    trusted.who = "sub-koordinator"
    with browser.new_context(locale="id-ID") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(f"{trusting.url}/masuk")
        page.get_by_role("link", name=f"Masuk lewat {NAME}").click()
        expect(page.get_by_role("alert")).to_contain_text("belum terkait")
        usable(page)
        enter(page, password := password_of(trusting, "koordinator.contoh"))
        page.goto(f"{trusting.url}/sandi")
        page.get_by_role("link", name=f"Masuk lewat {NAME}").click()
        usable(page)
        page.get_by_role("link", name=f"Lanjut ke {NAME}").click()
        expect(page.get_by_text("budi@dinas.example")).to_be_visible()
        usable(page)
        page.get_by_label("Kata sandi").fill(password)
        page.get_by_role("button", name="Kaitkan").click()
        expect(page.get_by_role("status")).to_have_text("Sudah terkait.")
        usable(page)
        context.clear_cookies()
        page.goto(f"{trusting.url}/masuk")
        page.get_by_role("link", name=f"Masuk lewat {NAME}").click()
        page.wait_for_url(re.compile("/beranda$"))
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def usable(page: Page) -> None:
    """No rule of accessibility is broken, and nothing is wider than the page."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def enter(page: Page, password: str) -> None:
    """Logs in by password where the page asks for it."""
    page.get_by_label("Nama akun").fill("koordinator.contoh")
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile("/beranda"))
