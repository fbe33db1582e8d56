"""Every page of the menu, found in it, opened in every role over a socket: whose it is."""

import pytest

from screens.pages import PLACES
from tests.conftest import App
from tests.screens.test_pages import ROLES as ACTORS
from tests.test_web import log_in_of
from tests.visiting import log_in, visiting

EVERYBODY = {"nilai", "resi", "hasil", "ikm", "skema"}
# Of whoever sees the results of any unit.
OF_UNITS = {
    *("unit", "ikhtisar", "pewawancara", "berkas", "saring", "komentar", "telaah", "tindak-lanjut"),
    *("dokumen", "pendampingan", "temuan", "produk", "sekunder", "telusur", "rencana"),
}
# Of whoever works for one.
OF_STAFF = {"poster", "pintu", "rekaman", "slip", "kertas", "umumkan"}
MINE = {
    "nobody": EVERYBODY,
    "official": EVERYBODY | OF_UNITS | OF_STAFF | {"beranda"},
    "coordinator": EVERYBODY
    | OF_UNITS
    | OF_STAFF
    | {"beranda", "langkah", "periode", "impor", "susulan", "perlu-diperiksa", "usulan", "sanggah"}
    | {"daftar", "kiriman"},
    "analyst": EVERYBODY
    | OF_UNITS
    | {"beranda", "perlu-diperiksa", "sampel", "penilaian", "indeks", "banding", "sanggah"}
    | {"catatan", "kiriman-daerah"},
    "administrator": EVERYBODY | {"beranda", "langkah", "daftar", "pengguna", "catatan", "daerah"},
}
FOR_STAFF, NO_RIGHT = "Halaman ini untuk petugas", "Anda tidak berhak membuka"
ROLES = set(MINE) - {"nobody"}
PATHS = {place.path for place in PLACES}


def entered(app: App, role: str) -> str:
    """A cookie of the role; none of nobody."""
    if role not in ROLES:
        return ""
    told = log_in_of(app, role)
    return log_in(app, told["username"], told["password"])


@pytest.mark.long
@pytest.mark.parametrize("role", MINE)
def test_no_page_opens_to_whose_it_is_not(app: App, role: str) -> None:
    refused, others = NO_RIGHT if role in ROLES else FOR_STAFF, sorted(PATHS - MINE[role])
    with visiting(app, f"/{others[0]}", entered(app, role)) as page:
        for path in others:
            page.go_to(f"{app.url}/{path}")
            said = page.run("unit=contoh&instansi=contoh").said
            assert (path, refused in said) == (path, True)
            assert page.files == {}


def test_whose_every_page_is_stands_here() -> None:
    """A page that is named nowhere is nobody's here, and somebody's in the menu."""
    assert set().union(*MINE.values()) == PATHS


@pytest.mark.parametrize("role", ACTORS)
def test_whose_it_is_it_is_open_to(role: str) -> None:
    assert {place.path for place in PLACES if place.open_to(ACTORS[role])} == MINE[role]
