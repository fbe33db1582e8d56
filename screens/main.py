"""The script that Streamlit runs for every visitor and at every step: menu, header, screen."""

import streamlit as st

from accounts.actors import Forbidden
from screens import shell
from screens.drawn import SCREENS
from screens.frame import ASSETS
from screens.pages import PLACES, START, ScreenPlace, menu_of, tabs_beside
from screens.register import first_steps
from screens.watching import watch_log_in

# Before the menu, whose icon Streamlit would else fetch from Google as the tab's.
st.set_page_config(page_icon=str(ASSETS / "icon.svg"))
actor = shell.actor()
shell.begin_for(actor)
menu = menu_of(actor, beginning=first_steps.unfinished_for(actor))
here = shell.path()
entry_of = {line.shown(here).path: line.entry for line in menu} if actor else {}


def page_of(place: ScreenPlace) -> st.Page:
    """All addresses are known to everybody; a screen that is not theirs says why.

    The menu has an entry's page, under the entry's name; without an account, all that is public.
    """
    mine, entry = place.open_to(actor), entry_of.get(place.path)
    listed = entry is not None or (actor is None and mine)
    return st.Page(
        SCREENS[place.path] if mine else shell.refuse,
        title=shell.say(f"menu.entry_{entry.key}" if entry else f"menu.page_{place.path}"),
        icon=entry.icon if entry else place.icon,
        url_path=place.path,
        visibility="visible" if listed else "hidden",
    )


pages = {place.path: page_of(place) for place in PLACES}
# The start page has no name of its own in Streamlit, yet citizens' links name it.
start = st.Page(
    SCREENS[START],
    title=shell.say(f"menu.page_{START}"),
    url_path="awal",
    default=True,
    visibility="hidden",
)
if actor is None:
    page = st.navigation([start, *pages.values()], position="top")
else:
    sections: dict[str, list[st.Page]] = {"": [start]}
    for line in menu:
        section = line.entry.section
        heading = shell.say(f"menu.section_{section}") if section else ""
        sections.setdefault(heading, []).append(pages[line.shown(here).path])
    shown = [page for section in sections.values() for page in section]
    sections[""] += [page for page in pages.values() if page not in shown]
    page = st.navigation(sections, expanded=True)
if shell.after_a_fault() and here in pages and page.url_path != here:
    st.switch_page(pages[here], query_params=st.query_params.to_dict())
opened = next((place for place in PLACES if place.path == page.url_path), None)
st.set_page_config(
    page_title=f"{shell.say(f'shell.page_{opened.path if opened else START}')} · Suara Layanan",
    layout="wide" if opened and opened.wide and opened.open_to(actor) else "centered",
)
st.logo(str(ASSETS / "logo.svg"), size="large")
if actor is not None:
    shell.signed_in_as(actor)
    watch_log_in()
shell.header(signed_in=actor is not None)
if actor is not None:
    beside = tabs_beside(menu, page.url_path)
    shell.tabs([pages[place.path] for place in beside], [place.icon for place in beside])
try:
    page.run()
except Forbidden:  # signed out, or a role taken, since the menu was drawn
    shell.refuse()
