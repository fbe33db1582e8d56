"""The script that Streamlit runs for every visitor and at every step: menu, header, screen."""

from collections.abc import Callable

import streamlit as st

from screens import shell
from screens.admin import audit, users
from screens.assessment import assess, findings, preassessment, proposals, sampling
from screens.citizen import rate, receipt
from screens.comments import reading, triage
from screens.frame import ASSETS
from screens.index import comparing, planning, schemes
from screens.integrity import screening
from screens.office import batches, doors, imports, keying, periods, posters, slips
from screens.pages import FIRST_STEPS, HOME, PLACES, ScreenPlace
from screens.papers import announced, announcing, papers
from screens.publication import explain, objections, results, scores
from screens.register import first_steps, places
from screens.unit import dashboard, follow_up

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
    "telaah": triage.screen,
    "poster": posters.screen,
    "pintu": doors.screen,
    "slip": slips.screen,
    "saring": screening.screen,
    "penilaian": assess.screen,
    "usulan": proposals.screen,
    "sampel": sampling.screen,
    "temuan": findings.screen,
    "pendampingan": preassessment.screen,
    "indeks": scores.screen,
    "skema": schemes.screen,
    "banding": comparing.screen,
    "telusur": explain.screen,
    "sanggah": objections.screen,
    "rencana": planning.screen,
    "langkah": first_steps.screen,
    "daftar": places.screen,
    "pengguna": users.screen,
    "catatan": audit.screen,
}

# Before the menu, whose icon Streamlit would else fetch from Google as the tab's.
st.set_page_config(page_icon=str(ASSETS / "icon.svg"))
actor = shell.actor()


def page_of(place: ScreenPlace) -> st.Page:
    """All addresses are known to everybody; a screen that is not theirs says why."""
    mine = place.open_to(actor)
    listed = mine and (place.path != FIRST_STEPS or first_steps.unfinished_for(actor))
    return st.Page(
        SCREENS[place.path] if mine else shell.refuse,
        title=shell.say(f"shell.page_{place.path}"),
        icon=place.icon,
        url_path=place.path,
        visibility="visible" if listed else "hidden",
    )


pages = {place.path: page_of(place) for place in PLACES}
# The start page has no name of its own in Streamlit, yet citizens' links name it.
start = st.Page(
    SCREENS[HOME],
    title=shell.say(f"shell.page_{HOME}"),
    url_path="awal",
    default=True,
    visibility="hidden",
)
menu: dict[str, list[st.Page]] = {"": [start]}
for place in PLACES:
    menu.setdefault(shell.say(f"shell.section_{place.section}"), []).append(pages[place.path])
if actor is None:
    page = st.navigation([page for section in menu.values() for page in section], position="top")
else:
    page = st.navigation(menu, expanded=True)
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
