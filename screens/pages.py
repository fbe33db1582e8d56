"""Which screens there are, at which address, and whose they are."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.actors import Actor


@dataclass(frozen=True)
class Place:
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
    Place("unit", ":material/monitoring:", "survey", _sees_units, wide=True),
    Place("periode", ":material/event:", "survey", _coordinates),
    Place("impor", ":material/upload_file:", "survey", _coordinates),
    Place("kertas", ":material/keyboard:", "survey", _runs_units, wide=True),
    Place("berkas", ":material/inventory_2:", "survey", _sees_units),
    Place("saring", ":material/filter_alt:", "survey", _sees_units, wide=True),
    Place("dokumen", ":material/folder_open:", "outcome", _sees_units),
    Place("umumkan", ":material/verified:", "outcome", _runs_units),
    Place("tindak-lanjut", ":material/assignment_turned_in:", "outcome", _sees_units, wide=True),
    Place("komentar", ":material/forum:", "outcome", _sees_units, wide=True),
    Place("telaah", ":material/rule:", "outcome", _sees_units),
    Place("poster", ":material/qr_code_2:", "door", _runs_units),
    Place("pintu", ":material/door_front:", "door", _runs_units),
    Place("slip", ":material/confirmation_number:", "door", _runs_units),
    Place("penilaian", ":material/fact_check:", "ombudsman", _analyses, wide=True),
    Place("pendampingan", ":material/compare_arrows:", "ombudsman", _sees_units, wide=True),
    Place("usulan", ":material/playlist_add_check:", "ombudsman", _coordinates),
    Place("sampel", ":material/checklist:", "ombudsman", _analyses, wide=True),
    Place("temuan", ":material/feedback:", "ombudsman", _sees_units),
    Place("indeks", ":material/balance:", "ombudsman", _analyses, wide=True),
    Place("banding", ":material/compare:", "ombudsman", _analyses, wide=True),
    Place("telusur", ":material/manage_search:", "ombudsman", _sees_units, wide=True),
    Place("sanggah", ":material/gavel:", "ombudsman", _objects_or_decides, wide=True),
    Place("rencana", ":material/stairs:", "ombudsman", _sees_units, wide=True),
    Place(FIRST_STEPS, ":material/flag:", "system", _keeps_the_register),
    Place("daftar", ":material/account_balance:", "system", _keeps_the_register),
    Place("pengguna", ":material/group:", "system", _administers),
    Place("catatan", ":material/history:", "system", _reads_the_trace),
    Place("nilai", ":material/rate_review:", "public"),
    Place("resi", ":material/receipt_long:", "public"),
    Place("hasil", ":material/leaderboard:", "public", wide=True),
    Place("ikm", ":material/campaign:", "public"),
    Place("skema", ":material/account_tree:", "public", wide=True),
)


def first_page(actor: Actor) -> str:
    """The path to go to after logging in."""
    own = [
        place.path
        for place in PLACES
        if place.of and place.path != FIRST_STEPS and place.open_to(actor)
    ]
    return f"/{own[0]}" if own else "/unit"
