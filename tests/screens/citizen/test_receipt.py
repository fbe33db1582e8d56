"""The receipt, as a citizen looks it up."""

import re

from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from analysis.rulebook.scheme import load_scheme
from models import Publication, PublishedCount, SchemeUsed, User, now, writing
from screens import shell
from survey.checks import Submission
from survey.receipts import mint_key
from survey.submission import submit
from tests.screens.citizen.test_rate import said, working
from tests.world import a_district, seal_by_another


def rated(engine: Engine, counted: tuple[int, int] | None = None) -> str:
    """The code of a rating, which a publication counts where ``counted`` says so."""
    with writing(engine) as session:
        world = a_district(session)
        submission = Submission(
            mint_key(), world.clinic.code, world.period.code, {"time": 4}, comment="Rahasia"
        )
        code = submit(session, shell.secret(), submission, now())
        if counted:
            scheme = load_scheme("perception-2022")
            user = User(username="ana", name="Ana", password_hash="x", active=True)
            session.add_all([user, SchemeUsed(hash=scheme.hash, key="p", text=scheme.yaml)])
            session.flush()
            publication = Publication(
                scheme_hash=scheme.hash,
                year=2026,
                document="{}",
                document_hash="0" * 64,
                user_id=user.id,
                created_at=now(),
            )
            count = PublishedCount(
                unit_id=world.clinic.id,
                period_id=world.period.id,
                counted=counted[0],
                received=counted[1],
            )
            publication.counts.append(count)
            seal_by_another(session, publication)
    return code


def look(**address: str) -> AppTest:
    """The screen at an address."""

    def script() -> None:
        from screens.citizen import receipt

        receipt.screen()

    app = AppTest.from_function(script, default_timeout=20)
    for name, value in address.items():
        app.query_params[name] = value
    return working(app.run())


def shown(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.success, *app.markdown, *app.caption])


def test_a_code_is_known_however_it_is_typed(engine: Engine) -> None:
    code = rated(engine)
    for typed in (code, code.lower(), code.replace("-", " "), f" {code.replace('-', '–')}\t"):
        text = shown(look(kode=typed))
        assert "Diterima" in text
        assert "Puskesmas Langgur · Semester ini" in text
        assert "Hasilnya belum terbit." in text
        assert "Rahasia" not in text


def test_a_code_typed_into_the_field(engine: Engine) -> None:
    code = rated(engine)
    app = look()
    assert not app.success
    working(app.text_input[0].set_value(code).run())
    assert "Diterima" in shown(app)


def test_what_a_publication_counts(engine: Engine) -> None:
    app = look(kode=rated(engine, counted=(1278, 1300)))
    assert "Hasil 2026: 1.278 dari 1.300 penilaian dihitung." in shown(app)
    link = next(str(element.proto.body) for element in app.main if "href" in str(element.proto))
    assert re.search(r'href="/hasil\?publikasi=[0-9a-f-]{36}&amp;lang=id"', link)


def test_in_english(engine: Engine) -> None:
    app = look(kode=rated(engine, counted=(5, 7)), lang="en")
    assert "Results 2026: 5 of 7 ratings count." in shown(app)


def test_an_unknown_code(engine: Engine) -> None:
    rated(engine)
    app = look(kode="0000-0000-000*")
    assert "Kode ini tidak ada. Periksa lagi" in said(app)
    assert app.text_input[0].value == "0000-0000-000*"
    assert not app.success
