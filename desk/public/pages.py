"""All that the public page of an announced index shows, read at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator, require_unit
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from desk.papers.announcing import AnnouncedResult, read_announcement, scheme_of
from desk.public.announced import announced_before
from desk.public.records import PublicStep
from desk.public.steps import public_steps, steps_to_be_public
from models import Announcement, Period
from survey.periods import asked_instrument


@dataclass(frozen=True)
class AnnouncedBefore:
    """A unit's earlier announcement: its period, and what became of its plan.

    ``index``: unrounded, 25-100; None where other questions were asked, or by other rules.
    """

    period: str
    index: Fraction | None
    steps: Sequence[PublicStep]


@dataclass(frozen=True)
class AnnouncedPage:
    """An announcement with its rules, its questionnaire, and what is done since.

    ``before``: the unit's survey before, where that was announced too.
    """

    document: AnnouncedResult
    scheme: Scheme
    instrument: Instrument
    steps: Sequence[PublicStep]
    before: AnnouncedBefore | None = None

    @property
    def groups(self) -> Mapping[str, Mapping[str, int | None]]:
        """Who answered, by question and value; nothing where that was not announced."""
        found: Mapping[str, Mapping[str, int | None]] = self.document.get("respondents", {})
        return found


def announced_page(session: Session, announcement: Announcement) -> AnnouncedPage:
    """The page as everybody sees it. Raises Forbidden for what was not approved."""
    return _page(session, announcement, public_steps(session, announcement))


def page_to_be_public(session: Session, actor: Actor, announcement: Announcement) -> AnnouncedPage:
    """The same of what waits for its approval. Raises Forbidden."""
    if announcement.unit_id is not None:
        require_unit(session, actor, announcement.unit_id)
    else:
        require_coordinator(session, actor, announcement.institution_id)
    return _page(session, announcement, steps_to_be_public(session, actor, announcement))


def _page(
    session: Session, announcement: Announcement, steps: Sequence[PublicStep]
) -> AnnouncedPage:
    document = read_announcement(announcement)
    return AnnouncedPage(
        document,
        scheme_of(session, announcement),
        asked_instrument(session.get_one(Period, announcement.period_id)),
        steps,
        _before(session, announcement, document),
    )


def _before(
    session: Session, announcement: Announcement, document: AnnouncedResult
) -> AnnouncedBefore | None:
    earlier = announced_before(session, announcement)
    if earlier is None:
        return None
    then = read_announcement(earlier)
    alike = all(then[rule]["id"] == document[rule]["id"] for rule in ("instrument", "scheme"))
    index = Fraction(then["index_exact"]) if alike else None
    return AnnouncedBefore(then["period"]["name"], index, public_steps(session, earlier))
