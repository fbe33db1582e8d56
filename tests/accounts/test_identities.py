"""Log-in by a provider of identities: whose link it is, what is believed, what stays ours."""

import asyncio
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import Engine, select
from starlette.types import ASGIApp

from accounts.actors import actor_of
from accounts.carried import begin
from accounts.credentials import MADE, note_change
from accounts.log_in import COOKIE
from accounts.provider import LARGEST_ANSWER, Provider, ProviderUnreachable
from accounts.provider_settings import UnfitProvider, provider_settings
from accounts.rules import log_in_rules
from accounts.two_people import behind
from accounts.users import add_user
from desk.admin.users import reset_password, set_active
from models import (
    AuditEvent,
    CredentialChange,
    LinkedIdentity,
    LogInFailure,
    Role,
    User,
    now,
    reading,
    writing,
)
from models.base import time_moved
from tests.asgi import Answered, answer_of, ask
from tests.door import FORM, SECRET, DoorVisitor, a_door, id_of
from tests.provider import (
    NAME,
    Claims,
    TestedProvider,
    followed,
    key_named,
    path_of,
    provider,
    sign,
)

RULES = log_in_rules()
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
__all__ = ["provider"]


@dataclass
class Somebody:
    """A person with an account, at a browser."""

    visitor: DoorVisitor
    username: str
    password: str

    def knock(self) -> Answered:
        """In by password."""
        return self.visitor.knock(self.username, self.password)

    def prove(self) -> Answered:
        """To the provider and back."""
        return by_provider(self.visitor)

    def confirm(self, do: str = "link", password: str | None = None) -> Answered:
        """What comes of the form on /identitas."""
        typed = self.password if password is None else password
        return self.visitor.post("/identitas", password=typed, do=do)

    def link(self) -> "Somebody":
        """Signs in, and links whoever is signed in at the provider."""
        self.knock()
        assert self.prove().headers["location"] == "/identitas?lang=id"
        assert "Sudah terkait." in self.confirm().text
        return self

    def elsewhere(self) -> DoorVisitor:
        """Another browser of the same door."""
        return DoorVisitor(
            self.visitor.app, "198.51.100.9", key=self.visitor.key, recovery=self.visitor.recovery
        )


def by_provider(visitor: DoorVisitor) -> Answered:
    """To the provider and back, as a browser goes."""
    return visitor.get(path_of(followed(visitor.get("/masuk/instansi").headers["location"])))


def somebody(engine: Engine, app: ASGIApp, username: str = "budi", role: str = "") -> Somebody:
    """Somebody who has an account of their own, of that role."""
    with writing(engine) as session:
        user, password = add_user(session, username, username.title())
        if role:
            user.roles.append(Role(role=role))
    return Somebody(DoorVisitor(app), username, password)


@pytest.fixture
def budi(engine: Engine, provider: TestedProvider) -> Somebody:
    """Budi, who has an account here and one at the provider."""
    return somebody(engine, a_door(engine))


def news(answer: Answered) -> str:
    """What the next page will say."""
    return parse_qs(urlsplit(answer.headers["location"]).query).get("kabar", [""])[0]


def test_who_has_linked_comes_in_without_a_password(engine: Engine, budi: Somebody) -> None:
    budi.knock()
    assert NAME in budi.visitor.get("/sandi").text
    assert f"Lanjut ke {NAME}" in budi.visitor.get("/identitas").text
    assert budi.prove().headers["location"] == "/identitas?lang=id"
    shown = budi.visitor.get("/identitas").text
    assert "budi@dinas.example" in shown
    assert "dengan akun budi" in shown
    assert budi.confirm(password="salah").status == 401
    with reading(engine) as session:
        assert session.scalars(select(LinkedIdentity.id)).all() == []
    assert "Sudah terkait." in budi.confirm().text
    other = budi.elsewhere()
    assert by_provider(other).headers["location"] == "/beranda"
    actor = other.actor(engine)
    assert actor is not None
    assert (actor.user_id, actor.administrator) == (id_of(engine, "budi"), False)
    assert "Max-Age=36000" in next(one for one in other_cookies(other) if one.startswith("sid="))


def other_cookies(visitor: DoorVisitor) -> list[str]:
    """The cookies that a log-in by the provider sets, in whole."""
    return [*by_provider(DoorVisitor(visitor.app)).set_cookies]


def test_log_out_ends_it_and_what_is_left_opens_nothing(engine: Engine, budi: Somebody) -> None:
    other = budi.link().elsewhere()
    by_provider(other)
    kept = other.cookies[COOKIE]
    other.post("/keluar")
    other.cookies[COOKIE] = kept
    assert other.actor(engine) is None
    assert other.leads_to() == "/masuk"


def test_the_code_is_asked_whatever_the_provider_says_of_one(
    engine: Engine, provider: TestedProvider
) -> None:
    ani = somebody(engine, a_door(engine), "ani", "analyst")
    ani.knock()
    assert ani.visitor.get("/identitas").headers["location"] == "/faktor"
    ani.visitor.enrol()
    ani.prove()
    ani.confirm()
    other = ani.elsewhere()
    assert by_provider(other).headers["location"] == "/kode"
    assert other.actor(engine) is None
    assert other.get("/identitas").headers["location"] == "/kode"
    assert other.post("/kode", code=other.code(after=1)).headers["location"] == "/beranda"
    assert other.actor(engine) is not None


def test_whoever_is_not_linked_is_told_what_to_do_and_let_in_by_no_name(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    provider.who, provider.name = "sub-lain", "budi"
    provider.claims = {"email": "budi@dinas.example", "email_verified": True, "name": "Budi"}
    stranger = DoorVisitor(budi.visitor.app)
    answer = by_provider(stranger)
    assert news(answer) == "not_linked"
    page = stranger.get(answer.headers["location"])
    assert page.status == 403
    assert f"Akun Anda di {NAME} belum terkait" in page.text
    assert stranger.actor(engine) is None
    for _ in range(RULES.tries.name_there.most - 1):
        by_provider(stranger)
    assert news(by_provider(stranger)) == "too_many"
    assert stranger.get("/masuk?kabar=too_many").status == 429
    assert budi.knock().headers["location"] == "/beranda"


def test_a_closed_account_is_refused_as_an_unknown_one(engine: Engine, budi: Somebody) -> None:
    budi.link()
    for active, found in ((False, "not_linked"), (True, "")):
        with writing(engine) as session:
            session.scalars(select(User)).one().active = active
        assert news(by_provider(budi.elsewhere())) == found


def test_a_password_set_by_another_is_still_changed_first(engine: Engine, budi: Somebody) -> None:
    budi.link()
    with writing(engine) as session:
        note_change(session, id_of(engine, "budi"), MADE, None, now())
    other = budi.elsewhere()
    assert by_provider(other).headers["location"] == "/sandi"
    assert other.actor(engine) is None
    assert other.get("/identitas").headers["location"] == "/sandi"


def test_who_resets_a_password_takes_what_was_linked_with_the_old_one(
    engine: Engine, budi: Somebody
) -> None:
    budi.link()
    with writing(engine) as session:
        dewi, _ = add_user(session, "dewi", "Dewi Lestari")
        dewi.roles.append(Role(role="administrator"))
        session.flush()
        reset_password(session, actor_of(session, dewi), id_of(engine, "budi"))
        assert session.scalars(select(LinkedIdentity.id)).all() == []
        changes = session.scalars(select(CredentialChange.what).order_by(CredentialChange.id))
        assert [*changes][-2:] == ["identity", "password"]
    assert news(by_provider(budi.elsewhere())) == "not_linked"


def test_the_link_is_its_owners_act_and_stands_in_the_history(
    engine: Engine, budi: Somebody
) -> None:
    budi.link()
    assert "diubah oleh Anda sendiri" in budi.visitor.get("/sandi").text
    own = id_of(engine, "budi")
    with reading(engine) as session:
        assert behind(session, own, now()).keys() == {own}
        acts = session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts == ["log_in", "link_identity"]


def test_who_lets_go_of_it_is_logged_out_elsewhere(engine: Engine, budi: Somebody) -> None:
    other = budi.link().elsewhere()
    by_provider(other)
    assert budi.confirm("unlink", "salah").status == 401
    assert other.actor(engine) is not None
    assert "Kaitan sudah dilepas." in budi.confirm("unlink").text
    assert other.actor(engine) is None
    assert budi.visitor.actor(engine) is not None
    assert news(by_provider(budi.elsewhere())) == "not_linked"
    with reading(engine) as session:
        acts = session.scalars(select(AuditEvent.act)).all()
    assert acts.count("unlink_identity") == 1


def test_an_identity_is_one_persons(engine: Engine, budi: Somebody) -> None:
    budi.link()
    siti = somebody(engine, budi.visitor.app, "siti")
    siti.knock()
    siti.prove()
    taken = siti.confirm()
    assert taken.status == 409
    assert "sudah terkait dengan akun lain" in taken.text
    assert siti.visitor.actor(engine) is not None
    with reading(engine) as session:
        assert session.scalars(select(LinkedIdentity.user_id)).all() == [id_of(engine, "budi")]


def test_an_account_has_one_of_them(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    budi.link()
    provider.who = "sub-kedua"
    budi.prove()
    assert "Terkait" not in (page := budi.visitor.get("/identitas").text)
    assert "terkait sejak" in page
    budi.prove()
    assert budi.confirm().status == 409
    with reading(engine) as session:
        assert session.scalars(select(LinkedIdentity.subject)).all() == ["sub-budi"]


@ON_ONE
def test_what_was_proven_in_one_log_in_is_of_no_use_in_another(
    engine: Engine, budi: Somebody
) -> None:
    siti = somebody(engine, budi.visitor.app, "siti")
    budi.knock()
    siti.knock()
    budi.prove()
    siti.visitor.cookies["terbukti"] = budi.visitor.cookies["terbukti"]
    assert "budi@dinas.example" not in siti.visitor.get("/identitas").text
    assert siti.confirm().status == 409
    with time_moved(RULES.provider.lasts):
        assert budi.confirm().status == 409
    for cookie in ("", "x", "W10=.x", "\xff.\xff"):
        budi.visitor.cookies["terbukti"] = cookie
        assert budi.confirm().status == 409


@ON_ONE
def test_nobody_links_without_being_signed_in(engine: Engine, budi: Somebody) -> None:
    for answer in (budi.visitor.get("/identitas"), budi.confirm()):
        assert (answer.status, answer.headers["location"]) == (303, "/masuk")


@ON_ONE
@pytest.mark.parametrize("spoilt", ["state", "cookie", "no cookie", "late", "twice", "no code"])
def test_only_the_browser_that_began_comes_back_and_once(
    engine: Engine, budi: Somebody, provider: TestedProvider, spoilt: str
) -> None:
    budi.link()
    other = budi.elsewhere()
    back = path_of(followed(other.get("/masuk/instansi").headers["location"]))
    moved = RULES.provider.lasts if spoilt == "late" else timedelta()
    match spoilt:
        case "state":
            back += "x"
        case "cookie":
            other.cookies["menuju"] = begin(SECRET, "id", now()).cookie
        case "no cookie":
            other.cookies.clear()
        case "twice":
            begun = other.cookies["menuju"]
            other.get(back)
            other.post("/keluar")
            other.cookies["menuju"] = begun  # kept by who looks over a shoulder
        case "no code":
            provider.who = None
            back = path_of(followed(other.get("/masuk/instansi").headers["location"]))
    with time_moved(moved):
        answer = other.get(back)
    expected = {"twice": "refused", "no code": "not_given"}
    assert news(answer) == expected.get(spoilt, "begin_again")
    assert other.actor(engine) is None
    assert "code=" not in answer.headers["location"]


def as_none(claims: Claims) -> str:
    """The claims, signed by nobody."""
    return f"{unsigned('none', claims)}."


def with_public_key(claims: Claims) -> str:
    """The claims, signed as if the provider's public key were a shared secret."""
    text, public = unsigned("HS256", claims), key_named("satu").as_pem(private=False)
    return f"{text}.{in_base64(hmac.digest(public, text.encode(), 'sha256'))}"


def unsigned(algorithm: str, claims: Claims) -> str:
    """What is signed of a word: its head and the claims."""
    parts = ({"alg": algorithm, "kid": "satu"}, claims)
    return ".".join(in_base64(json.dumps(part).encode()) for part in parts)


def in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def later(seconds: int) -> int:
    """So many seconds from now, as words have it."""
    return int(now().timestamp()) + seconds


APART = int(RULES.log_ins.apart.total_seconds())
# What a provider, or who would like to be it, may say instead.
LIES: dict[str, tuple[Callable[[], Claims], Callable[[Claims], str] | None]] = {
    "another nonce": (lambda: {"nonce": "x"}, None),
    "no nonce": (lambda: {"nonce": None}, None),
    "nonce is said not to be there": (lambda: {"nonce": None, "nonce_supported": False}, None),
    "another audience": (lambda: {"aud": "lain"}, None),
    "another audience, authorized for us": (
        lambda: {"aud": ["lain"], "azp": "suara-layanan"},
        None,
    ),
    "authorized for another": (lambda: {"aud": ["suara-layanan", "lain"], "azp": "lain"}, None),
    "no audience": (lambda: {"aud": None}, None),
    "another issuer": (lambda: {"iss": "https://lain.example"}, None),
    "several issuers": (lambda: {"iss": ["https://lain.example"]}, None),
    "expired": (lambda: {"exp": later(-APART - 5)}, None),
    "never expires": (lambda: {"exp": None}, None),
    "of the future": (lambda: {"iat": later(APART + 60)}, None),
    "said before it was asked": (lambda: {"iat": later(-APART - 60)}, None),
    "no subject": (lambda: {"sub": None}, None),
    "an empty subject": (lambda: {"sub": ""}, None),
    "a long subject": (lambda: {"sub": "x" * 256}, None),
    "a subject with a zero": (lambda: {"sub": "sub-\0budi"}, None),
    "a number as subject": (lambda: {"sub": 7}, None),
    "of another token": (lambda: {"at_hash": "x"}, None),
    "signed by nobody": (dict, as_none),
    "signed with the public key": (dict, with_public_key),
    "another's key": (dict, lambda claims: sign(claims, key_named("lain"))),
    "another's key of the same name": (
        dict,
        lambda claims: sign(claims, key_named("lain"), kid="satu"),
    ),
    "no word at all": (dict, lambda claims: "x"),
}


@ON_ONE
def test_what_cannot_be_believed_opens_nothing(
    engine: Engine, budi: Somebody, provider: TestedProvider, subtests: pytest.Subtests
) -> None:
    budi.link()
    for at, (lie, (claims, signed)) in enumerate(LIES.items()):
        with subtests.test(lie):
            provider.claims, provider.signed = claims(), signed
            other = DoorVisitor(budi.visitor.app, f"203.0.113.{at + 10}")
            assert news(by_provider(other)) == "refused"
            assert other.actor(engine) is None
    provider.claims, provider.signed = {}, None
    assert by_provider(budi.elsewhere()).headers["location"] == "/beranda"
    with reading(engine) as session:
        counted = session.scalars(select(LogInFailure.what)).all()
    assert counted == ["identity"] * len(LIES)


@ON_ONE
def test_words_that_cannot_be_believed_are_slowed_down_at_their_address(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    budi.link()
    provider.claims = {"nonce": "x"}
    there = DoorVisitor(budi.visitor.app, "203.0.113.99")
    for _ in range(RULES.tries.name_there.most):
        assert news(by_provider(there)) == "refused"
    provider.claims = {}
    assert news(by_provider(there)) == "too_many"
    assert by_provider(budi.elsewhere()).headers["location"] == "/beranda"


@ON_ONE
def test_a_provider_may_change_its_keys(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    budi.link()
    provider.keys = [key_named("dua")]
    assert news(by_provider(DoorVisitor(budi.visitor.app))) == "refused"  # asked a moment ago
    with time_moved(timedelta(minutes=2)):
        assert by_provider(budi.elsewhere()).headers["location"] == "/beranda"
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


@ON_ONE
def test_keys_that_are_of_no_use_here_are_passed_over(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    shared = {"kty": "oct", "kid": "satu", "k": in_base64(bytes(32))}
    unknown = {"kty": "EC", "crv": "P-0", "kid": "tiga", "x": "AA", "y": "AA"}
    provider.more_keys = ["x", {}, {"kty": "RSA"}, {"kty": ["RSA"]}, shared, unknown]
    budi.link()
    with time_moved(timedelta(hours=2)):
        provider.signed = partial(sign, key=key_named("satu"))
        provider.keys, provider.more_keys = [], [shared]
        assert news(by_provider(budi.elsewhere())) == "refused"


@ON_ONE
def test_names_of_any_length_and_kind_are_carried(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    provider.who, provider.name = '"' * 255, "<b>" + "\U0001d54f" * 300
    budi.knock()
    budi.prove()
    assert "&lt;b&gt;\U0001d54f" in budi.visitor.get("/identitas").text
    assert "Sudah terkait." in budi.confirm().text


@ON_ONE
def test_a_provider_that_hangs_keeps_no_password_waiting(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    bounds, provider.waits = RULES.provider.asked, Event()
    app, host = budi.visitor.app, {"host": "127.0.0.1"}
    typed = urlencode({"username": budi.username, "password": budi.password}).encode()

    async def leave(address: str) -> Answered:
        return await answer_of(app, "/masuk/instansi", "GET", host, b"", address)

    async def all_at_once() -> tuple[Answered, Answered, list[Answered]]:
        waiting = [asyncio.create_task(leave("203.0.113.7")) for _ in range(bounds.of_one_address)]
        while len(provider.asked) < bounds.at_once:
            await asyncio.sleep(0.01)
        one_more = await leave("203.0.113.7")
        by_password = await answer_of(app, "/masuk", "POST", FORM, typed, "203.0.113.7")
        assert provider.waits
        provider.waits.set()
        return one_more, by_password, await asyncio.gather(*waiting)

    one_more, by_password, others = asyncio.run(all_at_once())
    assert news(one_more) == "queue_full"
    assert by_password.headers["location"] == "/beranda"
    assert all(one.headers["location"].startswith(provider.issuer) for one in others)


@ON_ONE
@pytest.mark.parametrize("how", ["gone", "cut off", 500, 503, 404, 302])
def test_a_provider_that_fails_is_told_and_passwords_go_on(
    engine: Engine,
    budi: Somebody,
    provider: TestedProvider,
    how: str | int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if how == "gone":
        monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:1")
        budi.visitor.app = a_door(engine)
    elif how == "cut off":
        provider.cut_off = 9
    else:
        provider.broken = int(how)
    answer = budi.visitor.get("/masuk/instansi?lang=en")
    assert answer.headers["location"] == "/masuk?lang=en&kabar=unreachable"
    page = budi.visitor.get(answer.headers["location"])
    assert page.status == 503
    assert f"{NAME} cannot be reached now" in page.text
    assert budi.knock().headers["location"] == "/beranda"
    answer = budi.visitor.get("/masuk/instansi")
    assert answer.headers["location"] == "/identitas?lang=id&kabar=unreachable"
    page = budi.visitor.get(answer.headers["location"])
    assert (page.status, f"{NAME} belum dapat dihubungi" in page.text) == (503, True)
    with reading(engine) as session:
        assert session.scalars(select(LogInFailure.id)).all() == []


@ON_ONE
def test_a_provider_that_fails_on_the_way_back_is_told_too(
    engine: Engine, budi: Somebody, provider: TestedProvider
) -> None:
    budi.link()
    other = budi.elsewhere()
    back = path_of(followed(other.get("/masuk/instansi?lang=en").headers["location"]))
    provider.broken = 500
    assert other.get(back).headers["location"] == "/masuk?lang=en&kabar=unreachable"


@ON_ONE
def test_a_wrong_secret_is_told_to_who_runs_the_instance_and_counts_for_nobody(
    engine: Engine,
    provider: TestedProvider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "rahasia lain")
    assert news(by_provider(DoorVisitor(a_door(engine)))) == "unreachable"
    assert caplog.messages == ["the provider refused a code: invalid_client"]
    with reading(engine) as session:
        assert session.scalars(select(LogInFailure.id)).all() == []


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://lain.example"},
        {"token_endpoint": "http://sso.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"more": "x" * LARGEST_ANSWER},
    ],
)
def test_a_provider_that_describes_itself_amiss_is_none(
    provider: TestedProvider, description: Claims
) -> None:
    provider.description = description
    settings = provider_settings()
    assert settings
    with pytest.raises(ProviderUnreachable):
        Provider(settings).address(begin(SECRET, "id", now()), "http://127.0.0.1/", now())


@ON_ONE
def test_the_way_back_is_under_an_own_name_alone(engine: Engine, budi: Somebody) -> None:
    for host, status in (("evil.test", 421), ("kantor.local:8501", 303)):
        answer = ask(budi.visitor.app, "/masuk/instansi", headers={"host": host})
        assert answer.status == status
    sent = parse_qs(urlsplit(answer.headers["location"]).query)
    assert sent["redirect_uri"] == ["http://kantor.local:8501/masuk/kembali"]
    assert sent["ui_locales"] == ["id"]


@ON_ONE
def test_an_instance_without_a_provider_has_none_of_this(engine: Engine) -> None:
    budi = somebody(engine, a_door(engine))
    for path in ("/masuk/instansi", "/masuk/kembali?state=x&code=y", "/identitas"):
        assert budi.visitor.get(path).status == 404
    plain, told = (budi.visitor.get(f"/masuk{query}") for query in ("", "?kabar=unreachable"))
    assert (plain.status, plain.text) == (told.status, told.text)
    assert "instansi" not in plain.text.partition("<main>")[2]
    budi.knock()
    assert "/identitas" not in budi.visitor.get("/sandi").text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER must be set too"),
        (
            {"OIDC_CLIENT_ID": "", "OIDC_CLIENT_SECRET": " "},
            "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET",
        ),
        ({"OIDC_ISSUER": "http://sso.example"}, "expected https://"),
        ({"OIDC_ISSUER": "https://sso.example/?x=1"}, "expected https://"),
        ({"OIDC_ISSUER": "https://" + "x" * 200}, "more than 200"),
        ({"OIDC_NAME": "x" * 61}, "more than 60"),
    ],
)
def test_what_is_set_by_halves_is_told(
    provider: TestedProvider,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    told: str,
) -> None:
    for key, value in changed.items():
        monkeypatch.setenv(key, value)
    with pytest.raises(UnfitProvider, match=told):
        provider_settings()


def test_a_provider_without_a_name_is_called_by_its_address(
    provider: TestedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OIDC_NAME")
    settings = provider_settings()
    assert settings
    assert settings.name == "127.0.0.1"
    assert "rahasia" not in repr(settings)


def test_who_is_closed_by_an_administrator_is_out(engine: Engine, budi: Somebody) -> None:
    other = budi.link().elsewhere()
    by_provider(other)
    with writing(engine) as session:
        dewi, _ = add_user(session, "dewi", "Dewi Lestari")
        dewi.roles.append(Role(role="administrator"))
        session.flush()
        set_active(session, actor_of(session, dewi), id_of(engine, "budi"), False)
    assert other.actor(engine) is None
    assert news(by_provider(other)) == "not_linked"
