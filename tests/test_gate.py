"""One gate: a page that stays open after its log-in ended, or a role was taken, shows no more."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from accounts.log_in import log_out_everywhere
from accounts.uploads import load_upload_rules
from models import Job, Role, Unit, User, now, open_engine, reading, writing
from screens.upload_gate import BELOW
from tests.conftest import App, running_app
from tests.test_web import log_in_of
from tests.visiting import Visit, Widgets, fetch, log_in, visiting

ENDED = ("done", "failed", "cancelled")
FOR_STAFF = "Halaman ini untuk petugas"


@pytest.fixture(scope="module")
def app(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The service with the demonstration, whose people lose what they have."""
    with running_app(tmp_path_factory.mktemp("gate"), demonstration_folder) as app:
        yield app


@pytest.fixture
def engine(app: App) -> Engine:
    """The service's database, written beside it."""
    return open_engine(f"sqlite:///{folder(app) / 'app.sqlite3'}")


def folder(app: App) -> Path:
    return app.log.parent


def entered(app: App, role: str) -> str:
    told = log_in_of(app, role)
    return log_in(app, told["username"], told["password"])


def account(engine: Engine, app: App, role: str) -> int:
    name = log_in_of(app, role)["username"]
    with reading(engine) as session:
        return session.scalars(select(User.id).where(User.username == name)).one()


@contextmanager
def without_roles(engine: Engine, user: int) -> Iterator[None]:
    """While all roles of the account are taken."""
    with writing(engine) as session:
        taken = session.scalars(select(Role).where(Role.user_id == user)).all()
        kept = [
            Role(
                user_id=user, role=one.role, unit_id=one.unit_id, institution_id=one.institution_id
            )
            for one in taken
        ]
        session.execute(delete(Role).where(Role.user_id == user))
    try:
        yield
    finally:
        with writing(engine) as session:
            session.add_all(kept)


def statuses(app: App, visit: Visit, cookie: str) -> set[int]:
    return {fetch(app, address, cookie)[0] for address in visit.files.values()}


def test_a_file_is_for_whom_it_was_offered_to_and_is_kept_nowhere(app: App) -> None:
    mine, anothers = entered(app, "official"), entered(app, "analyst")
    with visiting(app, "/poster", mine) as page:
        page.run()
        assert len(page.files) == 3
        for address in page.files.values():
            status, headers, content = fetch(app, address, mine)
            assert (status, headers["cache-control"]) == (200, "no-store")
            assert headers["content-disposition"].startswith('attachment; filename="')
            assert content
            for cookie, refused in (("", 401), ("sid=x", 401), (anothers, 403)):
                status, headers, content = fetch(app, address, cookie)
                assert (status, headers["cache-control"]) == (refused, "no-store")
                assert b"<h1>" in content
        unknown = fetch(app, f"{next(iter(page.files.values()))}x", mine)
        assert (unknown[0], b"tidak ada di alamat ini" in unknown[2]) == (404, True)


def test_what_a_visit_offered_is_gone_with_it(app: App) -> None:
    """As soon as somebody else comes back to the visit, at the latest."""
    mine = entered(app, "official")
    with visiting(app, "/poster", mine) as page:
        page.run()
        fetch(app, "/keluar", mine, "POST")
        offered = dict(page.files)
        page.run()
        assert page.files == {}
        assert {fetch(app, one, mine)[0] for one in offered.values()} == {404}


def test_a_page_that_is_open_over_log_out_shows_nothing_more(app: App) -> None:
    mine = entered(app, "analyst")
    with visiting(app, "/indeks", mine) as page:
        page.run()
        assert "Kabupaten Contoh" in page.said
        assert statuses(app, page, mine) == {200}
        offered, (watching, *_) = dict(page.files), page.parts
        choice: Widgets = {page.widgets["scores_year"]: ("string_value", "2025")}
        assert fetch(app, "/keluar", mine, "POST")[0] == 303  # in another tab
        assert statuses(app, page, mine) == {401}
        # What the page asks for by itself, untouched; what follows upon a choice; drawn anew.
        asked = [page.run(part=watching).said, page.run(widgets=choice).said, page.run().said]
        assert [FOR_STAFF in said for said in asked] == [True] * 3
        assert not any("Kabupaten Contoh" in said for said in asked)
        assert {fetch(app, one, mine)[0] for one in offered.values()} <= {401, 404}


def test_nor_does_one_whose_log_in_another_ended(app: App, engine: Engine) -> None:
    mine = entered(app, "coordinator")
    with visiting(app, "/beranda", mine) as page:
        page.run()
        assert statuses(app, page, mine) == {200}
        with writing(engine) as session:
            log_out_everywhere(session, account(engine, app, "coordinator"), now())
        assert statuses(app, page, mine) == {401}
        assert FOR_STAFF in page.run(part=page.parts[0]).said


def test_nor_one_whose_role_was_taken(app: App, engine: Engine) -> None:
    mine = entered(app, "official")
    with visiting(app, "/poster", mine) as page:
        page.run()
        with without_roles(engine, account(engine, app, "official")):
            assert statuses(app, page, mine) == {403}
            assert "Anda tidak berhak" in page.run(part=page.parts[0]).said
            assert page.files == {}


def begin_bundle(page: Visit, kind: str) -> None:
    """Begins long work of that kind."""
    chosen: Widgets = {"papers_many": ("string_value", kind)}
    begin: Widgets = {"papers_begin": ("trigger_value", True)}
    page.run("instansi=contoh")
    page.run("instansi=contoh", widgets={**chosen, **begin})


def ended(engine: Engine, user: int) -> Job:
    """The newest work of the account, once it is over."""
    newest = select(Job).where(Job.user_id == user).order_by(Job.id.desc()).limit(1)
    while True:
        with reading(engine) as session:
            job = session.scalar(newest)
        if job is not None and job.state in ENDED:
            return job
        time.sleep(0.2)


def test_a_finished_file_never_reaches_a_page_whose_log_in_ended(app: App, engine: Engine) -> None:
    mine = entered(app, "coordinator")
    with visiting(app, "/dokumen", mine) as page:
        begin_bundle(page, "Lembar pengolahan")
        fetch(app, "/keluar", mine, "POST")
        assert ended(engine, account(engine, app, "coordinator")).state == "done"
        # The first part clears the page, which has no other then.
        asked = [page.run(part=page.parts[-1]).said, page.run().said]
        assert not any(".zip" in said for said in asked)
        assert page.files == {}
    again = entered(app, "coordinator")
    with visiting(app, "/dokumen", again) as page:
        page.run("instansi=contoh")
        address = next(one for label, one in page.files.items() if ".zip" in label)
        assert fetch(app, address, again)[0] == 200
        assert fetch(app, address, mine)[0] == 401
        assert fetch(app, address, entered(app, "official"))[0] == 403


def test_work_whose_account_lost_the_role_gives_no_file(app: App, engine: Engine) -> None:
    mine, user = entered(app, "coordinator"), account(engine, app, "coordinator")
    with visiting(app, "/dokumen", mine) as page:
        begin_bundle(page, "Laporan (Word dan PDF)")
        with without_roles(engine, user):
            job = ended(engine, user)
            assert (job.state, "peran yang berubah" in job.problem) == ("failed", True)
            assert not (folder(app) / "papers" / str(job.id)).exists()
            assert page.run().files == {}


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\nabc\r\n--x--\r\n"
)


def where_to(page: Visit) -> str | None:
    """The address that the page gets for a file; None where it gets none."""
    asked = BackMsg()
    asked.file_urls_request.request_id = "1"
    asked.file_urls_request.file_names.append("a.csv")
    page.socket.send(asked.SerializeToString())
    page.socket.send(BackMsg(app_heartbeat=True).SerializeToString())
    address = None
    while True:
        message = ForwardMsg()
        content = page.socket.recv(60)
        assert isinstance(content, bytes)
        message.ParseFromString(content)
        if message.WhichOneof("type") == "file_urls_response":
            address = str(message.file_urls_response.file_urls[0].upload_url)
        if message.WhichOneof("type") == "heartbeat_ack":  # to what was sent after the question
            return address


def send(
    app: App, address: str, cookie: str, body: bytes = FORM, told: int | None = None
) -> tuple[int, str]:
    """Status and words of the answer to an upload; ``told``: how long it is said to be."""
    _, headers, _ = fetch(app, "/_stcore/health")
    token = headers.get("set-cookie", "").split(";")[0]
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)
    try:
        connection.putrequest("PUT", address)
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(told or len(body)))
        connection.putheader("Cookie", "; ".join(filter(None, (cookie, token))))
        connection.putheader("X-Xsrftoken", token.partition("=")[2])
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_files_are_taken_of_whom_a_page_asks_for_them(app: App, engine: Engine) -> None:
    mine = entered(app, "coordinator")
    with visiting(app, "/impor", mine) as page, visiting(app, "/nilai") as public:
        page.run()
        public.run()
        assert where_to(public) is None
        address = where_to(page)
        assert address
        assert address.startswith(BELOW)
        assert send(app, address, mine)[0] == 204
        # Refused before any of the body is there.
        status, words = send(app, address, "", b"", 1000)
        assert (status, "Hanya petugas" in words) == (403, True)
        assert send(app, address, "sid=x", b"", 1000)[0] == 403
        largest = load_upload_rules().largest_body
        status, words = send(app, address, mine, b"", largest + 1)
        assert (status, "20 MB" in words) == (413, True)
        with without_roles(engine, account(engine, app, "coordinator")):
            assert send(app, address, mine, b"", 1000)[0] == 403
            assert where_to(page) is None
        fetch(app, "/keluar", mine, "POST")
        assert send(app, address, mine, b"", 1000)[0] == 403
        assert where_to(page) is None


def test_other_units_are_shown_to_nobody_who_asks_for_them(app: App, engine: Engine) -> None:
    """By the address, and by what no selector offers: their name, code and number."""
    mine, user = entered(app, "official"), account(engine, app, "official")
    with reading(engine) as session:
        own = select(Role.unit_id).where(Role.user_id == user)
        other = session.scalars(select(Unit).where(Unit.id.not_in(own)).order_by(Unit.id)).first()
    assert other
    for path in ("/poster", "/komentar", "/kertas"):
        with visiting(app, path, mine) as page:
            said = page.run(f"unit={other.code}").said
            assert other.name not in said
            boxes = [key for key in page.widgets if key.endswith("_unit")]
            for given in (other.name, other.code, str(other.id)):
                lies: Widgets = dict.fromkeys(boxes, ("string_value", given))
                assert other.name not in page.run(widgets=lies).said
