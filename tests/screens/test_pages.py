"""The menu: short for every role, and every page in it or among the tabs of its subject."""

from collections import Counter

import pytest

from accounts.actors import Actor
from locales import LANGUAGES, Language, say
from screens.pages import (
    ENTRIES,
    FIRST_STEPS,
    PLACES,
    MenuLine,
    first_page,
    menu_of,
    tabs_beside,
)

MOST_ENTRIES = 12
LONGEST = 24  # characters: all that a menu shows on a phone, beside its icon
ROLES = {
    "official": Actor(1, "Ani", units=frozenset({1})),
    "coordinator": Actor(2, "Budi", institutions=frozenset({1})),
    "analyst": Actor(3, "Citra", analyst=True),
    "administrator": Actor(4, "Dewi", administrator=True),
}
ALL_AT_ONCE = Actor(
    5,
    "Eka",
    units=frozenset({1}),
    institutions=frozenset({1}),
    analyst=True,
    administrator=True,
)


def paths(menu: list[MenuLine]) -> list[str]:
    return [place.path for line in menu for place in line.tabs]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_twelve_entries_at_most(role: str) -> None:
    menu = menu_of(ROLES[role], beginning=True)
    assert 3 <= len(menu) <= MOST_ENTRIES
    assert menu[0].entry.key == "home"


@pytest.mark.parametrize("actor", [None, *ROLES.values(), ALL_AT_ONCE])
def test_every_page_is_reached_once_by_whom_it_is_open_to(actor: Actor | None) -> None:
    open_to = {place.path for place in PLACES if place.open_to(actor)}
    reached = Counter(paths(menu_of(actor, beginning=True)))
    assert set(reached) == open_to
    assert set(reached.values()) == {1}


@pytest.mark.parametrize("actor", [*ROLES.values(), ALL_AT_ONCE])
def test_each_page_shows_the_tabs_beside_it_and_keeps_its_entry_open(actor: Actor) -> None:
    menu = menu_of(actor, beginning=True)
    for line in menu:
        for place in line.tabs:
            assert line.shown(place.path) is place
            beside = tabs_beside(menu, place.path)
            assert list(beside) == (list(line.tabs) if len(line.tabs) > 1 else [])
        assert line.shown("elsewhere") is line.tabs[0]


def test_once_the_first_steps_are_done_they_are_no_tab() -> None:
    before = paths(menu_of(ROLES["coordinator"], beginning=True))
    after = paths(menu_of(ROLES["coordinator"]))
    assert set(before) - set(after) == {FIRST_STEPS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_short_and_tell_entries_and_tabs_apart(language: Language) -> None:
    entries = [say(language, f"menu.entry_{entry.key}") for entry in ENTRIES]
    assert len(set(entries)) == len(entries)
    assert max(map(len, entries)) <= LONGEST
    for actor in (*ROLES.values(), ALL_AT_ONCE):
        for line in menu_of(actor, beginning=True):
            tabs = [say(language, f"menu.page_{place.path}") for place in line.tabs]
            assert len(set(tabs)) == len(tabs)
            assert max(map(len, tabs)) <= LONGEST


def test_everybody_comes_home_and_whoever_has_no_role_to_the_form() -> None:
    assert {first_page(actor) for actor in ROLES.values()} == {"/beranda"}
    assert first_page(Actor(9, "Nobody")) == "/nilai"
