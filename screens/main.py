"""The script that Streamlit runs for every visitor and at every step: menu, header, screen."""

from collections.abc import Callable

import streamlit as st

from screens import (
    announced,
    announcing,
    assess,
    audit,
    batches,
    dashboard,
    doors,
    follow_up,
    imports,
    keying,
    objections,
    papers,
    periods,
    planning,
    posters,
    rate,
    reading,
    receipt,
    results,
    scores,
    shell,
    slips,
    users,
)
from screens.frame import ASSETS
from screens.pages import HOME, PLACES, Place

SCREENS: dict[str, Callable[[], None]] = {
    "nilai": rate.screen,
    "resi": receipt.screen,
    "hasil": results.screen,
    "ikm": announced.screen,
    "unit": dashboard.screen,
    "komentar": reading.screen,
    "dokumen": papers.screen,
    "periode": periods.screen,
    "impor": imports.screen,
    "kertas": keying.screen,
    "berkas": batches.screen,
    "umumkan": announcing.screen,
    "tindak-lanjut": follow_up.screen,
    "poster": posters.screen,
    "pintu": doors.screen,
    "slip": slips.screen,
    "penilaian": assess.screen,
    "indeks": scores.screen,
    "sanggah": objections.screen,
    "rencana": planning.screen,
    "pengguna": users.screen,
    "catatan": audit.screen,
}

# Before the menu, whose icon Streamlit would else fetch from Google as the tab's.
st.set_page_config(page_icon=str(ASSETS / "icon.svg"))
actor = shell.actor()


def page_of(place: Place) -> st.Page:
    """All addresses are known to everybody; a screen that is not theirs says why."""
    mine = place.open_to(actor)
    return st.Page(
        SCREENS[place.path] if mine else shell.refuse,
        title=shell.say(f"shell.page_{place.path}"),
        icon=place.icon,
        url_path=place.path,
        visibility="visible" if mine else "hidden",
    )


pages = {place.path: page_of(place) for place in PLACES}
# The start page has no name of its own in Streamlit, yet citizens' links name it.
start = st.Page(
    SCREENS[HOME],
    title=shell.say(f"shell.page_{HOME}"),
    url_path="mulai",
    default=True,
    visibility="hidden",
)
public = [pages[place.path] for place in PLACES if place.of is None]
inside = [pages[place.path] for place in PLACES if place.of is not None]
if actor is None:
    page = st.navigation([start, *public, *inside], position="top")
else:
    page = st.navigation(
        {"": [start], shell.say("shell.work"): inside, shell.say("shell.public"): public},
        expanded=True,
    )
wide = any(place.wide for place in PLACES if place.path == page.url_path and place.open_to(actor))
st.set_page_config(
    page_title=f"{page.title} · Suara Layanan",
    layout="wide" if wide else "centered",
)
st.logo(str(ASSETS / "logo.svg"), size="large")
if actor is not None:
    shell.signed_in_as(actor)
shell.header(signed_in=actor is not None)
page.run()
