"""Slips with visit tokens: made once, printed, handed out to everyone who came."""

import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.office.tokens import MOST_AT_ONCE, issue
from models import Unit, reading, writing
from reports.notices.slips import slips_html
from reports.poster import only_on_this_computer, rating_link
from screens.choices import choose_unit
from screens.office.posters import address_in_the_browser
from screens.problems import show_problems
from screens.shell import engine, number, say, secret, signed_in

USUAL_NUMBER = 20
MADE = "slips_made"


def screen() -> None:
    """Asks for unit, number and address; makes tokens; hands out the pages once."""
    st.title(say("shell.page_slip"))
    st.markdown(say("slips.lead"))
    actor = signed_in()
    with reading(engine()) as session:
        unit = choose_unit(session, actor, "slips_unit")
    if unit is None:
        return
    _ask(actor, unit)
    _hand_out()


def _ask(actor: Actor, unit: Unit) -> None:
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
    if only_on_this_computer(link):
        st.warning(say("posters.only_here"), icon=":material/wifi_off:")
    try:
        with writing(engine()) as session:
            tokens = issue(session, actor, secret(), unit.id, int(wanted))
    except BadInput as error:
        show_problems(error)
        return
    pages = slips_html(unit.name, link, tokens, unit.institution.demonstration)
    st.session_state[MADE] = unit.code, len(tokens), pages


def _hand_out() -> None:
    """The pages stay at hand until the person leaves; the tokens are stored nowhere else."""
    if MADE not in st.session_state:
        return
    code, made, pages = st.session_state[MADE]
    st.success(say("slips.made", number=number(made, 0)), icon=":material/check_circle:")
    st.download_button(
        say("slips.download"),
        pages,
        f"slip-{code}.html",
        "text/html",
        key="slips_download",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
