"""Slips with visit tokens: made once, printed, handed out to everyone who came."""

import streamlit as st

from accounts.actors import require_staff
from desk.office.tokens import MOST_AT_ONCE, issue
from models import Unit
from reports.notices.slips import slips_html
from reports.poster import only_on_this_computer, rating_link
from screens.acts import act
from screens.choices import choose_unit
from screens.handing import NamedFile, hand_out
from screens.looks import look
from screens.offers import kept_for
from screens.shell import address_in_the_browser, number, say, secret

USUAL_NUMBER = 20
MADE = "slips_made"


def screen() -> None:
    """Asks for unit, number and address; makes tokens; hands out the pages once."""
    st.title(say("shell.page_slip"))
    st.markdown(say("slips.lead"))
    with look() as (session, actor):
        unit = choose_unit(session, actor, "slips")
    if unit is None:
        return
    _ask(unit)
    _hand_out()


def _ask(unit: Unit) -> None:
    with st.form("slips"):
        wanted = st.number_input(
            say("slips.number"), 1, MOST_AT_ONCE, USUAL_NUMBER, key="slips_number"
        )
        base = st.text_input(say("posters.address"), address_in_the_browser(), key="slips_address")
        if not st.form_submit_button(say("slips.make"), type="primary"):
            return
    try:
        link = rating_link(base, unit.code)
    except ValueError:
        st.error(say("posters.bad_address"), icon=":material/error:")
        return

    def keep(tokens: list[str]) -> None:
        pages = slips_html(unit.name, link, tokens, unit.institution.demonstration)
        st.session_state[MADE] = unit, len(tokens), pages, only_on_this_computer(link)

    act(
        None,
        lambda session, actor: issue(session, actor, secret(), unit.id, int(wanted)),
        then=keep,
    )


def _hand_out() -> None:
    """The pages stay at hand until the person leaves; the tokens are stored nowhere else."""
    if MADE not in st.session_state:
        return
    unit, made, pages, only_here = st.session_state[MADE]
    code, unit_id = unit.code, unit.id
    if only_here:
        st.warning(say("posters.only_here"), icon=":material/wifi_off:")
    st.success(say("slips.made", number=number(made, 0)), icon=":material/check_circle:")
    make = kept_for(pages.encode(), lambda session, asking: require_staff(session, asking, unit_id))
    file = NamedFile(f"slip-{code}.html", "text/html")
    hand_out(say("slips.download"), file, make, "slips_download", primary=True)
