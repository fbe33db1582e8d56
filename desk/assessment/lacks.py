"""What a unit lacks before it has a score, by name, and what of it two analysts waived."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Waiver, WaiverConfirmation

# No round, too few chosen, an item of a subject that nobody judged, too few users interviewed.
ROUND, CHOSEN, JUDGEMENT, INTERVIEWS = "round", "chosen", "judgement", "interviews"


@dataclass(frozen=True, order=True)
class Lack:
    """One thing that a unit lacks; ``found`` of ``needed``.

    ``kind``: "round": the year has none; "chosen": too few subjects of the area are in the
    sample; "judgement": no judgement of the item of a subject counts; "interviews": too few
    users answered in the area.
    """

    kind: str
    area: str = ""
    subject: str = ""
    item: str = ""
    found: int = 0
    needed: int = 1

    def within(self, waived: Iterable["Lack"]) -> bool:
        """Whether one of the waived is the same and no smaller."""
        return any(
            (one.kind, one.area, one.subject, one.item)
            == (self.kind, self.area, self.subject, self.item)
            and one.found <= self.found
            for one in waived
        )


@dataclass(frozen=True)
class StandingWaiver:
    """A waiver that two analysts agreed on: what it names, why, and since when."""

    id: int
    lacking: tuple[Lack, ...]
    reason: str
    proposed_at: datetime
    confirmed_at: datetime

    def covers(self, one: Lack) -> bool:
        """Whether it names what a unit lacks: then it may be lacking."""
        return one.within(self.lacking)


def as_stored(lacking: Iterable[Lack]) -> list[dict[str, str | int]]:
    """As a waiver keeps what it names."""
    return [asdict(one) for one in lacking]


def named_in(waiver: Waiver) -> tuple[Lack, ...]:
    """What a waiver names."""
    return tuple(Lack(**one) for one in waiver.lacking)


def standing_waivers(
    session: Session, round_id: int, units: Collection[int]
) -> Mapping[int, StandingWaiver]:
    """The waiver of each of the units that was confirmed last."""
    rows = session.execute(
        select(Waiver, WaiverConfirmation.created_at)
        .join(WaiverConfirmation, WaiverConfirmation.waiver_id == Waiver.id)
        .where(Waiver.round_id == round_id, Waiver.unit_id.in_(units))
        .order_by(WaiverConfirmation.id)
    )
    return {
        one.unit_id: StandingWaiver(one.id, named_in(one), one.reason, one.created_at, confirmed_at)
        for one, confirmed_at in rows
    }
