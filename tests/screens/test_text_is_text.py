"""What a person wrote is shown as it was written, on every page, to everybody."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from sqlalchemy import Engine, select

from accounts.actors import Actor, actor_of
from models import User, open_engine, reading
from screens.pages import PLACES, ScreenPlace
from screens.plain import JOINER, plain, spoken
from tests.nasty import texts
from tests.screens.hostile import HOSTILE, OURS, SHORT, WRITTEN, columns_of_text, load_hostile
from tests.screens.seen import SCREENS, look
from tests.screens.shown import ESCAPED, read_as_markup, unbroken

PEOPLE = ("petugas.contoh", "koordinator.contoh", "analis.contoh", "admin.contoh")
# What a page shows only once something is chosen there, by what the choice is kept under.
CHOICES = {
    "unit": ("dashboard_view", ("change", "mending", "soundness", "respondents")),
    "dokumen": ("papers_of", ("unit", "institution")),
}
# As Streamlit's page looks for them in what is left once escapes are undone.
LATE_TRIGGERS = re.compile(
    r"https?://|www(?=\.)|[-.\w+]+@[-\w]+\.[-\w]|:material[/_]\w+:|:[\w+-][\w+-]*:|:\w+[\[{]"
    r"|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)",
    re.IGNORECASE,
)


@pytest.fixture(scope="session")
def hostile_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of hostile people, made once."""
    file = tmp_path_factory.mktemp("hostile") / "hostile.sqlite3"
    load_hostile(migrated_file, file).dispose()
    return file


@pytest.fixture
def hostile_engine(hostile_file: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine of hostile people, which the screens open."""
    url = f"sqlite:///{hostile_file}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA", str(hostile_file.parent))
    return open_engine(url)


def files_of_pages() -> dict[str, str]:
    """The screen's file by the page's path, as the table in main.py has them."""
    tree = ast.parse((SCREENS / "drawn.py").read_text())
    (table,) = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SCREENS"
    ]
    assert isinstance(table, ast.Dict)
    pairs = zip(table.keys, table.values, strict=True)
    return {
        ast.literal_eval(key): ast.unparse(value).partition(".")[0] for key, value in pairs if key
    }


def who_opens(engine: Engine, place: ScreenPlace) -> list[Actor | None]:
    with reading(engine) as session:
        users = session.scalars(select(User).where(User.username.in_(PEOPLE))).all()
        actors = [None, *(actor_of(session, user) for user in users)]
    return [actor for actor in actors if place.open_to(actor)]


@pytest.mark.database
@pytest.mark.long
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_no_page_makes_markup_of_what_a_person_wrote(
    place: ScreenPlace, hostile_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files_of_pages()[place.path]
    opening = who_opens(hostile_engine, place)
    assert opening
    key, choices = CHOICES.get(place.path, ("", ()))
    for actor in opening:
        app = look(monkeypatch, file, actor)
        shown = set(read_as_markup(app))
        for choice in choices:
            app.session_state[key] = choice
            shown |= set(read_as_markup(app.run()))
            assert not app.exception
        broken = {(where, text): unbroken(where, text) for where, text in shown}
        assert {place: found for place, found in broken.items() if found} == {}


def test_every_column_that_could_hold_a_sentence_is_hostile_or_ours() -> None:
    for table, columns in columns_of_text().items():
        known = {*WRITTEN.get(table, ()), *OURS.get(table, ())}
        assert columns <= known, table


@pytest.mark.parametrize("text", [HOSTILE, SHORT])
def test_the_hostile_text_would_be_markup_and_is_none_once_plain(text: str) -> None:
    assert len(unbroken("Markdown.body", text)) >= 5
    assert unbroken("Markdown.body", plain(text)) == []


@given(texts)
def test_any_text_comes_out_as_it_is_and_starts_nothing(text: str) -> None:
    shown = plain(text)
    undone = ESCAPED.sub(r"\1", shown)
    as_written = re.sub(r"\s+", " ", text, flags=re.ASCII).strip(" ").replace(JOINER, "")
    assert undone.replace(JOINER, "") == as_written
    assert not LATE_TRIGGERS.search(undone)
    assert spoken(shown) == as_written


@pytest.mark.parametrize(
    "text",
    [
        "www.evil.test",
        "WWW.evil.test",
        "lihat (www.evil.test)",
        "akhir www",
        "https://evil.test",
        "HTTP://evil.test",
        "a.b+c@evil.test",
        ":material/verified:",
        ":material_verified:",
        ":streamlit:",
        ":smile: :+1: :-1:",
        ":red[x] :red-badge[x] :small[x]",
        "a -> b <- c <-> d -- e >= f <= g ~= h",
        "===",
    ],
)
def test_what_streamlit_looks_for_afterwards_is_not_found(text: str) -> None:
    assert not LATE_TRIGGERS.search(ESCAPED.sub(r"\1", plain(text)))
    assert spoken(plain(text)) == text
