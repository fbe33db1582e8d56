"""The demonstration's products of the Ombudsman and secondary data, for the district."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.rulebook.scheme import load_scheme
from desk.assessment.products import NewProduct, StatusChange, change_status, register_product
from desk.assessment.secondary import NewSecondary, enter_secondary
from models import Institution

FIGURES = {"bps": "71.50", "kemenpanrb": "3.92", "kemendagri": "55.40"}  # one is still lacking
SOURCE = "Terbitan contoh (data contoh)"
# Days since each was issued, its kind, and what became of it.
PRODUCTS = (
    (200, "corrective_action", ("in_progress", "followed_up")),
    (90, "improvement", ("in_progress",)),
    (20, "refinement", ()),
)
NOTE = "Bukti pelaksanaan diterima dan diperiksa (data contoh)"


def show_opinion(
    session: Session, actors: Mapping[str, Actor], place: Institution, today: date
) -> None:
    """Something to see of what an opinion rests on beside fieldwork."""
    analyst = actors["analis.contoh"]
    for at, (days, kind, statuses) in enumerate(PRODUCTS, start=1):
        issued = today - timedelta(days=days)
        new = NewProduct(
            place.id, None, kind, f"{at}/CONTOH/{issued.year}", issued, issued + timedelta(days=60)
        )
        product = register_product(session, analyst, new).id
        for turn, status in enumerate(statuses, start=1):
            change = StatusChange(status, issued + timedelta(days=15 * turn), NOTE)
            change_status(session, analyst, product, change)
    figures = [
        NewSecondary(today.year, place.id, None, key, value, SOURCE, str(today.year - 1))
        for key, value in FIGURES.items()
    ]
    enter_secondary(session, analyst, load_scheme("opini-2025"), figures)
