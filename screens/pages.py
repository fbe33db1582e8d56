"""Which screens there are, at which address, and whose they are."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.actors import Actor


@dataclass(frozen=True)
class Place:
    """A screen's address and icon; ``of`` says whose menu shows it, None: everybody's."""

    path: str
    icon: str
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


HOME = "nilai"
PLACES = (
    Place("nilai", ":material/rate_review:"),
    Place("resi", ":material/receipt_long:"),
    Place("hasil", ":material/leaderboard:", wide=True),
    Place("ikm", ":material/campaign:"),
    Place("unit", ":material/monitoring:", _sees_units, wide=True),
    Place("komentar", ":material/forum:", _sees_units, wide=True),
    Place("dokumen", ":material/folder_open:", _sees_units),
    Place("periode", ":material/event:", _coordinates),
    Place("impor", ":material/upload_file:", _coordinates),
    Place("kertas", ":material/keyboard:", _runs_units, wide=True),
    Place("berkas", ":material/inventory_2:", _sees_units),
    Place("umumkan", ":material/verified:", _runs_units),
    Place("tindak-lanjut", ":material/assignment_turned_in:", _sees_units, wide=True),
    Place("poster", ":material/qr_code_2:", _runs_units),
    Place("pintu", ":material/door_front:", _runs_units),
    Place("slip", ":material/confirmation_number:", _runs_units),
    Place("penilaian", ":material/fact_check:", _analyses, wide=True),
    Place("indeks", ":material/balance:", _analyses, wide=True),
    Place("sanggah", ":material/gavel:", _objects_or_decides, wide=True),
    Place("rencana", ":material/stairs:", _sees_units, wide=True),
    Place("pengguna", ":material/group:", _administers),
    Place("catatan", ":material/history:", _reads_the_trace),
)


def first_page(actor: Actor) -> str:
    """The path to go to after logging in."""
    own = [place.path for place in PLACES if place.of and place.open_to(actor)]
    return f"/{own[0]}" if own else "/unit"
