"""The register of the Ombudsman's products: what it told institutions, and whether they did it.

A product is open until its status says otherwise; each change stands beside those before it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, require_analyst
from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.index.opinion import Compliance
from desk.audit import log
from desk.impartial import require_impartial_of
from desk.reasons import worded
from models import Institution, OmbudsmanProduct, ProductStatus, Unit, now, one_at_a_time
from models.opinion import LONGEST_NUMBER, PRODUCT_KINDS, PRODUCT_STATUSES

WORDS = re.compile(r"[^\W_]+")
OPEN, FOLLOWED_UP = "open", "followed_up"
# The fact of a scheme's suffix that this register decides.
FACT = "corrective_products_followed_up"


@dataclass(frozen=True)
class NewProduct:
    """A product for an institution; ``unit_id``: of the unit that it is about, if one is known."""

    institution_id: int
    unit_id: int | None
    kind: str
    number: str
    issued: date
    due: date | None = None


@dataclass(frozen=True)
class StatusChange:
    """What became of a product on a day, with a note."""

    status: str
    on: date
    note: str


@dataclass(frozen=True)
class ProductOfPlace:
    """A product with the institution, and the unit if one is known."""

    product: OmbudsmanProduct
    institution: Institution
    unit: Unit | None

    @property
    def status(self) -> str:
        """As in ``status_now``."""
        return status_now(self.product)

    @property
    def settled(self) -> bool:
        """Whether it was followed up."""
        return self.status == FOLLOWED_UP

    def overdue(self, today: date) -> bool:
        """Whether it should have been followed up before the day, and was not."""
        due = self.product.due
        return due is not None and due < today and not self.settled


def status_now(product: OmbudsmanProduct) -> str:
    """The latest status of a product; "open" before there is any."""
    return product.statuses[-1].status if product.statuses else OPEN


def told_by(product: OmbudsmanProduct) -> int:
    """Who said last what became of a product; before anybody did, who entered it."""
    return product.statuses[-1].user_id if product.statuses else product.user_id


def register_product(session: Session, actor: Actor, new: NewProduct) -> OmbudsmanProduct:
    """Enters a product into the register. It is open.

    Raises Forbidden, and BadInput for a kind that is none, a number that is missing or taken, a
    day that lies ahead, one to do it by that lies before it, a unit of another institution, or
    one's own institution.
    """
    require_analyst(actor)
    institution, number = session.get_one(Institution, new.institution_id), entered(new.number)
    unit = None if new.unit_id is None else session.get_one(Unit, new.unit_id)
    if new.kind not in PRODUCT_KINDS:
        raise bad("unknown_kind", found=Written(new.kind), known=PRODUCT_KINDS)
    if not 1 <= len(number) <= LONGEST_NUMBER:
        raise bad("number_unfit", found=Written(number), most=LONGEST_NUMBER)
    if unit is not None and unit.institution_id != institution.id:
        raise bad("unit_of_another", unit=Written(unit.code), institution=institution.name)
    if new.issued > actor.today:
        raise bad("day_ahead", found=new.issued, today=actor.today)
    if new.due is not None and new.due < new.issued:
        raise bad("due_before_issued", found=new.due, issued=new.issued)
    require_impartial_of(session, actor, [institution.code])
    one_at_a_time(session, f"product {new.kind}")
    numbers = session.scalars(
        select(OmbudsmanProduct.number).where(OmbudsmanProduct.kind == new.kind)
    )
    if _alike(number) in map(_alike, numbers):
        raise bad("product_again", number=Written(number))
    product = OmbudsmanProduct(
        institution_id=institution.id,
        unit_id=new.unit_id,
        kind=new.kind,
        number=number,
        issued=new.issued,
        due=new.due,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(product)
    session.flush()
    told = {"institution": institution.code, "unit": unit.code if unit else None}
    log(session, actor, "register_product", kind=new.kind, number=number, **told)
    return product


def _alike(number: str) -> list[str]:
    """The words and figures of a number, however it was typed.

    >>> _alike("TK-1/2024") == _alike("tk\u20111 / 2024") == _alike("ＴＫ-1/2024")
    True
    """
    return WORDS.findall(unicodedata.normalize("NFKC", number).casefold())


def change_status(session: Session, actor: Actor, product_id: int, change: StatusChange) -> None:
    """Says what became of a product; what was said before stays beside it.

    Raises Forbidden, and BadInput for a status that is none or is the present one, a day that
    lies ahead or before what was said last, a note that is none, or one's own institution.
    """
    require_analyst(actor)
    one_at_a_time(session, f"product {product_id}")
    product = session.get_one(OmbudsmanProduct, product_id)
    place = session.get_one(Institution, product.institution_id)
    require_impartial_of(session, actor, [place.code])
    if change.status not in PRODUCT_STATUSES:
        raise bad("unknown_status", found=Written(change.status), known=PRODUCT_STATUSES)
    if change.status == status_now(product):
        raise bad("same_status")
    since = product.statuses[-1].on if product.statuses else product.issued
    if not since <= change.on <= actor.today:
        raise bad("status_day_unfit", found=change.on, since=since, today=actor.today)
    product.statuses.append(
        ProductStatus(
            turn=len(product.statuses) + 1,
            status=change.status,
            on=change.on,
            note=worded("note", change.note),
            user_id=actor.user_id,
            created_at=now(),
        )
    )
    session.flush()
    log(session, actor, "change_product_status", number=product.number, status=change.status)


def products_of(session: Session, actor: Actor) -> list[ProductOfPlace]:
    """The products that the actor may see, those not followed up first, by day.

    Analysts see all, a coordinator those of the institution, an official those of the own unit.
    """
    product = OmbudsmanProduct
    query = (
        select(product, Institution, Unit)
        .join(Institution, Institution.id == product.institution_id)
        .outerjoin(Unit, Unit.id == product.unit_id)
        .options(selectinload(product.statuses))
        .order_by(product.issued, product.id)
    )
    if not actor.analyst:
        query = query.where(
            or_(product.institution_id.in_(actor.institutions), product.unit_id.in_(actor.units))
        )
    found = [ProductOfPlace(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: one.settled)


def registrars_of(session: Session, institution_id: int) -> set[int]:
    """Who entered a product of an institution, or said what became of one."""
    of_products = select(OmbudsmanProduct.user_id)
    of_statuses = select(ProductStatus.user_id).join(OmbudsmanProduct)
    both = union(
        *(
            one.where(OmbudsmanProduct.institution_id == institution_id)
            for one in (of_products, of_statuses)
        )
    )
    return set(session.scalars(both))


def compliance_of(session: Session, year: int) -> Mapping[str, Compliance]:
    """How many products of up to the end of a year were followed up by now, by institution's code.

    One without any is absent.
    """
    found: dict[str, Compliance] = {}
    for code, _, settled in _until(session, year):
        before = found.get(code, Compliance(0, 0))
        found[code] = Compliance(before.issued + 1, before.followed_up + settled)
    return found


def places_with_open(session: Session, year: int) -> set[tuple[str, str | None]]:
    """Of whom a product of up to the end of a year is not followed up: an institution, a unit.

    By code; the unit is None where the product is about no unit in particular.
    """
    return {(code, unit) for code, unit, settled in _until(session, year) if not settled}


def _until(session: Session, year: int) -> list[tuple[str, str | None, bool]]:
    rows = session.execute(
        select(OmbudsmanProduct, Institution.code, Unit.code)
        .join(Institution, Institution.id == OmbudsmanProduct.institution_id)
        .outerjoin(Unit, Unit.id == OmbudsmanProduct.unit_id)
        .where(OmbudsmanProduct.issued <= date(year, 12, 31))
        .options(selectinload(OmbudsmanProduct.statuses))
    )
    return [(code, unit, status_now(one) == FOLLOWED_UP) for one, code, unit in rows]
