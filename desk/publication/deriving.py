"""What a year's scores say, derived from all that is stored: to prepare a publication, and again
to approve it, so that nothing is sealed that the database no longer says."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.errors import BadInput, Problem, bad
from analysis.publication.changes import document_changes
from analysis.publication.publication import derive
from analysis.publication.published_scores import PublishedScores
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids
from desk.assessment.rounds import refuse_simulated
from desk.index.perception import ScoredRound, Scoring, score_year
from desk.publication.stated import (
    PublicationTerms,
    complete_institutions,
    evidence_of,
    robustness_terms,
)
from survey.final_counts import count_anew

TOLD = 5
ScoreYear = Callable[[Session, Actor, Scoring], ScoredRound]


def score_now(
    session: Session, actor: Actor, scoring: Scoring, way: ScoreYear = score_year
) -> ScoredRound:
    """Scores the year as the database is now; ``way``: anew, or as looks at it do.

    Raises Forbidden, and BadInput where no institution is complete, or the year's round, on which
    the scheme rests, is a simulation.
    """
    refuse_simulated(session, scoring.year, scoring.scheme)
    count_anew(session)
    scored = way(session, actor, replace(scoring, squares=True))
    if not complete_institutions(scored):
        raise bad(
            "no_complete_institution",
            scheme=scoring.scheme.id,
            year=str(scoring.year),
            lacking=_lacking(scored),
        )
    return scored


def require_unchanged(
    session: Session, actor: Actor, document: PublishedScores, earlier: Sequence[PublishedScores]
) -> None:
    """Raises BadInput with each difference where the document is no longer what is stored."""
    stand_in = bool(document.stand_in)
    scoring = Scoring(_scheme_now(document), document.year, stand_in, tuple(document.without))
    told = robustness_terms(session, actor, document.year) if document.robustness else None
    terms = PublicationTerms(stand_in, document.corrects, document.issuer, told)
    scored = score_now(session, actor, scoring)
    stated = {one.code for one in document.institutions} & complete_institutions(scored)
    if not stated:
        raise bad("publication_stale")
    found = derive(evidence_of(session, scored, earlier, terms, stated))
    if changes := document_changes(document, found):
        raise BadInput([Problem("publication_stale"), *changes])


def _scheme_now(document: PublishedScores) -> Scheme:
    """As the program has it now; one that does not come with it, as it was used."""
    known = document.scheme.id in scheme_ids()
    return load_scheme(document.scheme.id) if known else document.scheme.as_scheme()


def _lacking(scored: ScoredRound) -> list[str]:
    """How many units have a score, of the first institutions: "malra 5/7"."""
    told = [f"{one.institution} {one.scored}/{one.units}" for one in scored.result.institutions]
    return told[:TOLD]
