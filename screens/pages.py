"""Which screens there are, at which address, and whose they are."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.actors import Actor


@dataclass(frozen=True)
class ScreenPlace:
    """A screen's address and icon; ``of`` says whose menu shows it, None: everybody's.

    ``section``: under which heading of the menu it stands.
    """

    path: str
    icon: str
    section: str
    of: Callable[[Actor], bool] | None = None
    wide: bool = False

    def open_to(self, actor: Actor | None) -> bool:
        """Whether the screen is in the menu of the actor. The screen itself asks again."""
        return self.of is None or (actor is not None and self.of(actor))


def _sees_units(actor: Actor) -> bool:
    return bool(actor.units or actor.institutions or actor.analyst)


def _runs_units(actor: Actor) -> bool:
    return bool(actor.units or actor.institutions)


def _coordinates(actor: Actor) -> bool:
    return bool(actor.institutions)


def _objects_or_decides(actor: Actor) -> bool:
    return bool(actor.institutions or actor.analyst)


def _analyses(actor: Actor) -> bool:
    return actor.analyst


def _administers(actor: Actor) -> bool:
    return actor.administrator


def _reads_the_trace(actor: Actor) -> bool:
    return actor.analyst or actor.administrator


def _keeps_the_register(actor: Actor) -> bool:
    return actor.administrator or bool(actor.institutions)


HOME = "nilai"
# In the menu until a first rating is stored; see desk.register.first_steps.
FIRST_STEPS = "langkah"
PLACES = (
    ScreenPlace("unit", ":material/monitoring:", "survey", _sees_units, wide=True),
    ScreenPlace("periode", ":material/event:", "survey", _coordinates),
    ScreenPlace("impor", ":material/upload_file:", "survey", _coordinates),
    ScreenPlace("kertas", ":material/keyboard:", "survey", _runs_units, wide=True),
    ScreenPlace("berkas", ":material/inventory_2:", "survey", _sees_units),
    ScreenPlace("saring", ":material/filter_alt:", "survey", _sees_units, wide=True),
    ScreenPlace("dokumen", ":material/folder_open:", "outcome", _sees_units),
    ScreenPlace("umumkan", ":material/verified:", "outcome", _runs_units),
    ScreenPlace(
        "tindak-lanjut", ":material/assignment_turned_in:", "outcome", _sees_units, wide=True
    ),
    ScreenPlace("komentar", ":material/forum:", "outcome", _sees_units, wide=True),
    ScreenPlace("telaah", ":material/rule:", "outcome", _sees_units),
    ScreenPlace("poster", ":material/qr_code_2:", "door", _runs_units),
    ScreenPlace("pintu", ":material/door_front:", "door", _runs_units),
    ScreenPlace("slip", ":material/confirmation_number:", "door", _runs_units),
    ScreenPlace("penilaian", ":material/fact_check:", "ombudsman", _analyses, wide=True),
    ScreenPlace("pendampingan", ":material/compare_arrows:", "ombudsman", _sees_units, wide=True),
    ScreenPlace("usulan", ":material/playlist_add_check:", "ombudsman", _coordinates),
    ScreenPlace("sampel", ":material/checklist:", "ombudsman", _analyses, wide=True),
    ScreenPlace("temuan", ":material/feedback:", "ombudsman", _sees_units),
    ScreenPlace("indeks", ":material/balance:", "ombudsman", _analyses, wide=True),
    ScreenPlace("banding", ":material/compare:", "ombudsman", _analyses, wide=True),
    ScreenPlace("telusur", ":material/manage_search:", "ombudsman", _sees_units, wide=True),
    ScreenPlace("sanggah", ":material/gavel:", "ombudsman", _objects_or_decides, wide=True),
    ScreenPlace("rencana", ":material/stairs:", "ombudsman", _sees_units, wide=True),
    ScreenPlace(FIRST_STEPS, ":material/flag:", "system", _keeps_the_register),
    ScreenPlace("daftar", ":material/account_balance:", "system", _keeps_the_register),
    ScreenPlace("pengguna", ":material/group:", "system", _administers),
    ScreenPlace("catatan", ":material/history:", "system", _reads_the_trace),
    ScreenPlace("nilai", ":material/rate_review:", "public"),
    ScreenPlace("resi", ":material/receipt_long:", "public"),
    ScreenPlace("hasil", ":material/leaderboard:", "public", wide=True),
    ScreenPlace("ikm", ":material/campaign:", "public"),
    ScreenPlace("skema", ":material/account_tree:", "public", wide=True),
)


def first_page(actor: Actor) -> str:
    """The path to go to after logging in."""
    own = [
        place.path
        for place in PLACES
        if place.of and place.path != FIRST_STEPS and place.open_to(actor)
    ]
    return f"/{own[0]}" if own else "/unit"
