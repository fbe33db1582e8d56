"""All that the public page of an announced index shows, read at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from desk.papers.announcing import AnnouncedResult, read_announcement, scheme_of
from desk.public.announced import announced_before
from desk.public.records import PublicStep
from desk.public.steps import public_steps, steps_to_be_public
from models import Announcement, Period
from survey.periods import asked_instrument


@dataclass(frozen=True)
class AnnouncedPage:
    """An announcement with its rules, its questionnaire, and what is done since.

    ``before``: what became of the plan for the unit's survey before, where that was announced,
    and how that period was called.
    """

    document: AnnouncedResult
    scheme: Scheme
    instrument: Instrument
    steps: Sequence[PublicStep]
    before: tuple[str, Sequence[PublicStep]] | None = None

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
    return _page(session, announcement, steps_to_be_public(session, actor, announcement))


def _page(
    session: Session, announcement: Announcement, steps: Sequence[PublicStep]
) -> AnnouncedPage:
    earlier = announced_before(session, announcement)
    before = None
    if earlier is not None:
        before = read_announcement(earlier)["period"]["name"], public_steps(session, earlier)
    return AnnouncedPage(
        read_announcement(announcement),
        scheme_of(session, announcement),
        asked_instrument(session.get_one(Period, announcement.period_id)),
        steps,
        before,
    )
