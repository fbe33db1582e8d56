"""Publication of a year's scores: one analyst prepares, another approves, nobody can change it.

What the document says and what follows from it stands in ``analysis.publication.publication``;
how it is sealed, in ``analysis.publication.sealed``.
"""

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from accounts.two_people import require_two_people
from analysis.canonical import canonical
from analysis.collecting import collecting_paused
from analysis.errors import bad
from analysis.publication.evidence import FORMAT, CertificateIssuer
from analysis.publication.publication import derive
from analysis.publication.published_scores import PublishedScores, read_scores
from analysis.publication.sealed import FIRST, bundle_bytes, sealed_bytes
from desk.assessment.sampled import sampled_units
from desk.assessment.signing_off import refuse_unsigned, unsigned
from desk.assessment.years import require_in_force
from desk.audit import log
from desk.impartial import require_impartial_of
from desk.index.perception import ScoredRound, Scoring, year_shown
from desk.office.periods import keep_scheme
from desk.publication.deriving import TOLD, require_unchanged, score_now
from desk.publication.issuing import checked_issuer
from desk.publication.mending import refuse_disputed
from desk.publication.replacing import corrected, overtaken, refuse_overtaken, refuse_replaced
from desk.publication.stated import (
    PublicationTerms,
    complete_institutions,
    evidence_of,
    robustness_terms,
)
from desk.publication.windows import require_window_passed
from models import (
    Institution,
    Publication,
    PublishedCount,
    SchemeUsed,
    Seal,
    Unit,
    now,
    one_at_a_time,
    trace_head,
)
from survey.signing import public_pem, sign

DOCUMENTS_KEPT = 4
# In canonical JSON nothing inside a text looks like this key.
OF_THIS_FORMAT = Publication.document.contains(f'"format":{FORMAT},')


@collecting_paused()
def prepare(
    session: Session,
    actor: Actor,
    scoring: Scoring,
    corrects: UUID | None = None,
    issuer: CertificateIssuer | None = None,
) -> Publication:
    """Prepares the year's scores of every institution whose units all have one and are signed off.

    All others are left out and counted; these see their part from now on, and may object.
    ``corrects``: the public publication of the same year and scheme that this one corrects;
    ``issuer``: who issues its certificates, None: there are none. Raises Forbidden, and BadInput
    where no institution is complete and signed off, for a scheme that is not in force in the
    year, and for who works for one of the institutions. The caller commits.
    """
    require_analyst(actor)
    require_in_force(scoring.scheme, scoring.year)
    terms = PublicationTerms(
        stand_in=scoring.stand_in,
        corrects=corrected(session, scoring.scheme, scoring.year, corrects),
        issuer=issuer and checked_issuer(scoring.scheme, issuer),
        robustness=robustness_terms(session, actor, scoring.year),
    )
    scored = score_now(session, actor, scoring, year_shown)
    signed = signed_institutions(session, scored)
    if not signed:
        refuse_unsigned(session, scoring.year, _complete_units(scored))
    require_impartial_of(session, actor, signed)
    earlier = [read_document(one) for one in prepared_in(session, scoring.year)]
    document = derive(evidence_of(session, scored, earlier, terms, signed))
    text = canonical(document.content()).decode()
    publication = Publication(
        scheme_hash=keep_scheme(session, scoring.scheme),
        year=scoring.year,
        document=text,
        document_hash=sha256(text.encode()).hexdigest(),
        user_id=actor.user_id,
        created_at=now(),
        counts=_counts(scored, signed),
    )
    session.add(publication)
    session.flush()
    _log(session, actor, "prepare_publication", publication, publication.document_hash)
    return publication


@collecting_paused()
def approve(session: Session, actor: Actor, publication_id: UUID, secret: bytes) -> Publication:
    """Makes a prepared publication public: an analyst who did not prepare it seals it.

    It is signed with the instance's key, together with the hash of the publication before and
    the last event of the trace.
    Everything is derived anew: what is sealed is what the database says at that moment. Raises
    Forbidden, and BadInput for one's own, one that is public already or overtaken by a later one
    of its year and scheme, a correction of one that was replaced, one while institutions may
    still object, have an objection open, or wait for what an accepted one named, one with a unit
    that is not signed off as it is now; and, with each difference, where anything that feeds it
    changed since it was prepared. The caller commits.
    """
    require_analyst(actor)
    one_at_a_time(session, f"publication {publication_id}")
    publication = session.get_one(Publication, publication_id)
    if publication.user_id == actor.user_id:
        raise bad("own_publication")
    require_two_people(session, actor, [publication.user_id])
    if publication.seal:
        raise bad("publication_approved")
    document = read_document(publication)
    refuse_overtaken(session, publication)
    refuse_replaced(session, document.scheme.id, document.year, document.corrects)
    require_in_force(document.scheme.as_scheme(), document.year)
    require_impartial_of(session, actor, _codes(document))
    require_window_passed(publication.created_at)
    refuse_disputed(session, publication_id, document)
    _refuse_other_sample(session, document)
    require_unchanged(session, actor, document, _earlier(session, publication))
    refuse_unsigned(session, document.year, _units_of(session, document))
    previous = _newest_hash(session)
    trace = trace_head(session)
    sealed = sealed_bytes(json.loads(publication.document), previous, trace._asdict())
    publication.seal = Seal(
        prepared_by=publication.user_id,
        approved_by=actor.user_id,
        approved_at=now(),
        hash=sha256(sealed).hexdigest(),
        previous_hash=previous,
        public_key=public_pem(secret),
        signature=sign(secret, sealed),
        trace_event=trace.event,
        trace_hash=trace.hash,
    )
    session.flush()
    _log(session, actor, "approve_publication", publication, publication.seal.hash)
    return publication


def signed_institutions(session: Session, scored: ScoredRound) -> set[str]:
    """The codes of the complete institutions of which each unit is signed off as it is now."""
    units = _complete_units(scored)
    unlike = unsigned(session, scored.year, units)
    late = {one.institution.code for one in scored.units if one.id in unlike}
    return complete_institutions(scored) - late


def waiting(session: Session, actor: Actor) -> list[Publication]:
    """What was prepared and not approved or overtaken, newest first. Raises Forbidden."""
    require_analyst(actor)
    query = select(Publication).outerjoin(Seal)
    left = query.where(Seal.publication_id.is_(None), OF_THIS_FORMAT, ~overtaken())
    return list(session.scalars(left.order_by(Publication.created_at.desc())))


def prepared_in(session: Session, year: int) -> Sequence[Publication]:
    """The publications of the year, public or not."""
    return session.scalars(
        select(Publication).where(Publication.year == year, OF_THIS_FORMAT)
    ).all()


def read_document(publication: Publication) -> PublishedScores:
    """What was prepared. Raises BadInput for a document of another format."""
    return _read(publication.document)


def bundle(publication: Publication, seal: Seal) -> bytes:
    """The file by which anyone checks a public publication."""
    document = json.loads(publication.document)
    trace = seal.trace_hash and {"event": seal.trace_event, "hash": seal.trace_hash}
    return bundle_bytes(document, seal.previous_hash, seal.public_key, seal.signature, trace)


@lru_cache(DOCUMENTS_KEPT)
def _read(text: str) -> PublishedScores:
    return read_scores(text)


def _complete_units(scored: ScoredRound) -> dict[int, str]:
    complete = complete_institutions(scored)
    return {one.id: one.code for one in scored.units if one.institution.code in complete}


def _units_of(session: Session, document: PublishedScores) -> dict[int, str]:
    codes = [one.code for one in document.units]
    return dict(session.execute(select(Unit.id, Unit.code).where(Unit.code.in_(codes))).all())


def _newest_hash(session: Session) -> str:
    """The hash that no publication names as the one before it."""
    named = select(Seal.previous_hash)
    return session.scalar(select(Seal.hash).where(Seal.hash.not_in(named))) or FIRST


def _earlier(session: Session, publication: Publication) -> list[PublishedScores]:
    """The documents of the year that were there when this one was prepared."""
    before = Publication.created_at < publication.created_at
    same = Publication.year == publication.year, OF_THIS_FORMAT, before
    return [read_document(one) for one in session.scalars(select(Publication).where(*same))]


def _codes(document: PublishedScores) -> list[str]:
    return [one.code for one in document.institutions]


def _refuse_other_sample(session: Session, document: PublishedScores) -> None:
    """Refuses scores of institutions of which other units are sampled than when it was prepared."""
    sample = sampled_units(session, document.year)
    if sample is None:
        return
    places = _codes(document)
    query = select(Unit.code).join(Unit.institution)
    now_sampled = set(
        session.scalars(query.where(Unit.id.in_(sample), Institution.code.in_(places)))
    )
    if other := now_sampled ^ {one.code for one in document.units}:
        raise bad("other_sample", units=sorted(other)[:TOLD])


def _log(session: Session, actor: Actor, act: str, publication: Publication, digest: str) -> None:
    log(
        session,
        actor,
        act,
        publication=str(publication.id),
        scheme=session.get_one(SchemeUsed, publication.scheme_hash).key,
        year=publication.year,
        sha256=digest,
    )


def _counts(scored: ScoredRound, published: Collection[str]) -> list[PublishedCount]:
    return [
        PublishedCount(
            unit_id=unit.id, period_id=period, received=one.received, counted=one.counted
        )
        for unit, surveyed in zip(scored.units, scored.surveyed, strict=True)
        if unit.institution.code in published
        for period, one in surveyed.responses.items()
    ]
