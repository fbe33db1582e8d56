"""Finding the office that served the citizen."""

import streamlit as st

from models import Institution, Unit, now
from screens import shell
from screens.looks import look_in
from screens.plain import plain
from survey.finding.finder import LONGEST_SEARCH, readable
from survey.finding.listing import Listing, list_units

DEMONSTRATION = "DATA CONTOH"


def search() -> None:
    """A field, and the offices that fit; in their place all institutions."""
    st.title(shell.say("shell.page_nilai"), anchor=False)
    st.write(shell.say("rate.lead"))
    typed = readable(
        st.text_input(
            shell.say("rate.search"),
            max_chars=LONGEST_SEARCH,
            key="rate_search",
        )
    )
    st.caption(shell.say("rate.search_hint"))
    listing = _listing(typed, "")
    if listing.institutions:
        if typed:
            st.info(shell.say("light.no_unit", wanted=plain(typed)))
        listing = _of_institution(listing)
    elif not listing.units:
        st.info(shell.say("rate.none_open"))
    for unit in listing.units:
        _offer(unit)
    if listing.full:
        st.caption(shell.say("light.more_units", most=len(listing.units)))


def _listing(typed: str, institution: str) -> Listing:
    with look_in() as session:
        return list_units(session, now(), typed, institution)


def _of_institution(listing: Listing) -> Listing:
    """The units of the institution that is chosen; none before."""
    numbers = {one.code: number for one, number in listing.institutions}
    names = {one.code: one for one, _ in listing.institutions}
    chosen = st.selectbox(
        shell.say("light.by_institution"),
        names,
        index=None,
        format_func=lambda code: (
            f"{_name(names[code])} · {shell.say('light.offices', number=numbers[code])}"
        ),
        filter_mode="contains",
        key="rate_institution",
    )
    return _listing("", chosen) if chosen else Listing()


def _offer(unit: Unit) -> None:
    label = f"**{plain(unit.name)}** · {plain(_name(unit.institution))}"
    if st.button(label, key=f"rate_unit_{unit.code}", width="stretch"):
        st.query_params["unit"] = unit.code
        st.rerun()


def _name(institution: Institution) -> str:
    return " · ".join([institution.name, *([DEMONSTRATION] if institution.demonstration else [])])
