"""Which screens there are, at which address, whose they are, and where the menu has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.actors import Actor

EVERYBODY = "public"  # the entry of what needs no account


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the menu: one subject, whose pages are its tabs.

    ``section``: under which heading it stands, empty: above all of them.
    ``of``: whose it is, None: everybody's who has a page of it; ``otherwise``: the entry that
    holds its pages for the others.
    """

    key: str
    icon: str
    section: str
    of: Callable[[Actor], bool] | None = None
    otherwise: str = ""


@dataclass(frozen=True)
class ScreenPlace:
    """A screen's address; ``of`` says whose it is, None: everybody's.

    ``entry``: of the menu, among whose tabs it stands.
    """

    path: str
    icon: str
    entry: str
    of: Callable[[Actor], bool] | None = None
    wide: bool = False

    def open_to(self, actor: Actor | None) -> bool:
        """Whether the screen is the actor's. The screen itself asks again."""
        return self.of is None or (actor is not None and self.of(actor))


def _signed_in(actor: Actor) -> bool:
    return actor.anything


def _sees_units(actor: Actor) -> bool:
    return bool(actor.units or actor.institutions or actor.analyst)


def _runs_units(actor: Actor) -> bool:
    return bool(actor.units or actor.institutions)


def _coordinates(actor: Actor) -> bool:
    return bool(actor.institutions)


def _coordinates_or_analyses(actor: Actor) -> bool:
    return bool(actor.institutions or actor.analyst)


def _analyses(actor: Actor) -> bool:
    return actor.analyst


def _administers(actor: Actor) -> bool:
    return actor.administrator


def _reads_the_trace(actor: Actor) -> bool:
    return actor.analyst or actor.administrator


def _keeps_the_register(actor: Actor) -> bool:
    return actor.administrator or bool(actor.institutions)


START = "nilai"  # where whoever comes without an address begins
HOME = "beranda"
# A tab until a first rating is stored; see desk.register.first_steps.
FIRST_STEPS = "langkah"
ENTRIES = (
    MenuEntry("home", ":material/home:", ""),
    MenuEntry("results", ":material/monitoring:", ""),
    MenuEntry("periods", ":material/event:", "survey"),
    MenuEntry("channels", ":material/qr_code_2:", "survey"),
    MenuEntry("data", ":material/inventory_2:", "survey"),
    MenuEntry("comments", ":material/forum:", "outcome"),
    MenuEntry("follow_up", ":material/assignment_turned_in:", "outcome"),
    MenuEntry("papers", ":material/folder_open:", "outcome"),
    MenuEntry("announcing", ":material/verified:", "outcome"),
    MenuEntry("ombudsman", ":material/fact_check:", "ombudsman"),
    MenuEntry("scores", ":material/balance:", "ombudsman", _analyses, "ombudsman"),
    MenuEntry("register", ":material/account_balance:", "others"),
    MenuEntry("accounts", ":material/group:", "others"),
    MenuEntry("trace", ":material/history:", "others"),
    MenuEntry(EVERYBODY, ":material/public:", "others"),
)
PLACES = (
    ScreenPlace(HOME, ":material/home:", "home", _signed_in),
    ScreenPlace(FIRST_STEPS, ":material/flag:", "home", _keeps_the_register),
    ScreenPlace("unit", ":material/monitoring:", "results", _sees_units, wide=True),
    ScreenPlace("ikhtisar", ":material/table_chart:", "results", _sees_units, wide=True),
    ScreenPlace("periode", ":material/event:", "periods", _coordinates),
    ScreenPlace("kiriman", ":material/outbox:", "periods", _coordinates),
    ScreenPlace("poster", ":material/qr_code_2:", "channels", _runs_units),
    ScreenPlace("pintu", ":material/door_front:", "channels", _runs_units),
    ScreenPlace("pewawancara", ":material/badge:", "channels", _sees_units),
    ScreenPlace("rekaman", ":material/hearing:", "channels", _runs_units),
    ScreenPlace("slip", ":material/confirmation_number:", "channels", _runs_units),
    ScreenPlace("kertas", ":material/keyboard:", "data", _runs_units, wide=True),
    ScreenPlace("impor", ":material/upload_file:", "data", _coordinates),
    ScreenPlace("berkas", ":material/inventory_2:", "data", _sees_units),
    ScreenPlace("susulan", ":material/schedule:", "data", _coordinates),
    ScreenPlace("saring", ":material/filter_alt:", "data", _sees_units, wide=True),
    ScreenPlace("perlu-diperiksa", ":material/flag:", "data", _coordinates_or_analyses, wide=True),
    ScreenPlace("komentar", ":material/forum:", "comments", _sees_units, wide=True),
    ScreenPlace("telaah", ":material/rule:", "comments", _sees_units),
    ScreenPlace(
        "tindak-lanjut", ":material/assignment_turned_in:", "follow_up", _sees_units, wide=True
    ),
    ScreenPlace("dokumen", ":material/folder_open:", "papers", _sees_units),
    ScreenPlace("umumkan", ":material/verified:", "announcing", _runs_units),
    ScreenPlace("sampel", ":material/checklist:", "ombudsman", _analyses, wide=True),
    ScreenPlace("penilaian", ":material/fact_check:", "ombudsman", _analyses, wide=True),
    ScreenPlace("pendampingan", ":material/compare_arrows:", "ombudsman", _sees_units, wide=True),
    ScreenPlace("usulan", ":material/playlist_add_check:", "ombudsman", _coordinates),
    ScreenPlace("temuan", ":material/feedback:", "ombudsman", _sees_units),
    ScreenPlace("produk", ":material/assignment_late:", "ombudsman", _sees_units),
    ScreenPlace("sekunder", ":material/dataset:", "ombudsman", _sees_units),
    ScreenPlace("indeks", ":material/balance:", "scores", _analyses, wide=True),
    ScreenPlace("telusur", ":material/manage_search:", "scores", _sees_units, wide=True),
    ScreenPlace("banding", ":material/compare:", "scores", _analyses, wide=True),
    ScreenPlace("rencana", ":material/stairs:", "scores", _sees_units, wide=True),
    ScreenPlace("kiriman-daerah", ":material/inbox:", "scores", _analyses, wide=True),
    ScreenPlace("sanggah", ":material/gavel:", "scores", _coordinates_or_analyses, wide=True),
    ScreenPlace("daftar", ":material/account_balance:", "register", _keeps_the_register),
    ScreenPlace("pengguna", ":material/group:", "accounts", _administers),
    ScreenPlace("daerah", ":material/key:", "accounts", _administers),
    ScreenPlace("catatan", ":material/history:", "trace", _reads_the_trace),
    ScreenPlace("nilai", ":material/rate_review:", EVERYBODY),
    ScreenPlace("resi", ":material/receipt_long:", EVERYBODY),
    ScreenPlace("hasil", ":material/leaderboard:", EVERYBODY, wide=True),
    ScreenPlace("ikm", ":material/campaign:", EVERYBODY),
    ScreenPlace("skema", ":material/account_tree:", EVERYBODY, wide=True),
)


@dataclass(frozen=True)
class MenuLine:
    """An entry of the menu as an actor has it, with the pages that are its tabs."""

    entry: MenuEntry
    tabs: Sequence[ScreenPlace]

    def shown(self, path: str) -> ScreenPlace:
        """The page to which the entry leads: the one that is open, or else the first."""
        return next((place for place in self.tabs if place.path == path), self.tabs[0])


def menu_of(actor: Actor | None, beginning: bool = False) -> list[MenuLine]:
    """The menu of an actor. ``beginning``: the first steps are among the tabs."""
    entries = {entry.key: entry for entry in ENTRIES}
    tabs: dict[str, list[ScreenPlace]] = {key: [] for key in entries}
    for place in PLACES:
        if place.open_to(actor) and (beginning or place.path != FIRST_STEPS):
            tabs[_entry_of(place, entries[place.entry], actor)].append(place)
    return [MenuLine(entries[key], found) for key, found in tabs.items() if found]


def tabs_beside(menu: Sequence[MenuLine], path: str) -> Sequence[ScreenPlace]:
    """The pages of the same entry as the one at ``path``; none where it stands alone."""
    for line in menu:
        if len(line.tabs) > 1 and any(place.path == path for place in line.tabs):
            return line.tabs
    return ()


def first_page(actor: Actor) -> str:
    """The path to go to after logging in."""
    return f"/{HOME if actor.anything else START}"


def _entry_of(place: ScreenPlace, entry: MenuEntry, actor: Actor | None) -> str:
    mine = entry.of is None or (actor is not None and entry.of(actor))
    return place.entry if mine else entry.otherwise
