"""The views of a unit's dashboard: each says what it shows, in both languages."""

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from accounts.actors import Actor
from locales import LANGUAGES, Language
from models import Period, Unit, reading
from tests.screens.office.test_posters import working

VIEWS = {
    "summary": {"id": "selang kepercayaan 95%", "en": "95% confidence interval"},
    "change": {"id": "Perubahan setiap unsur", "en": "Change of each element"},
    "mending": {"id": "Unsur mana yang paling menentukan", "en": "Which element matters most"},
    "soundness": {"id": "Alfa Cronbach", "en": "Cronbach's alpha"},
    "respondents": {"id": "Jenis kelamin", "en": "Sex"},
}


def script() -> None:
    from screens.unit import dashboard

    dashboard.screen()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_of_a_closed_period(
    demonstrated: Engine, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    with reading(demonstrated) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "contoh")).one()
        closed = session.scalars(
            select(Period.id)
            .where(Period.institution_id == unit.institution_id, Period.closed_at.is_not(None))
            .order_by(Period.starts.desc())
        ).first()
    official = Actor(1, "Ani", units=frozenset({unit.id}))
    monkeypatch.setattr("screens.shell.actor", lambda: official)
    for view, told in VIEWS.items():
        app = AppTest.from_function(script, default_timeout=30)
        app.query_params["lang"] = language
        app.session_state["dashboard_period"] = closed
        app.session_state["dashboard_view"] = view
        shown = working(app.run())
        if view == "summary":
            assert before_the_elements(shown) <= 12
        words = [
            *(element.value for element in shown.markdown),
            *(element.value for element in shown.header),
            *(element.label for element in shown.metric),
            *(element.label for element in shown.expander),
        ]
        assert any(told[language] in word for word in words), (view, words)


def before_the_elements(shown: AppTest) -> int:
    """How many texts, pictures and choices stand above the first heading below the title."""
    told = [one for one in shown.main if isinstance(one, Element)]
    return next(at for at, one in enumerate(told) if one.type == "header")
