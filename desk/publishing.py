"""Publication of a year's scores: a document, word for word, that nobody can change."""

import json
import tomllib
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.errors import bad
from analysis.institutions import InstitutionScore, UnitScore
from analysis.ranking import ranks
from analysis.scheme import Scheme
from desk.audit import log
from desk.perception import Round, score_year
from desk.periods import keep_scheme
from models import Period, Publication, PublishedCount, now

Document = dict[str, Any]
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def publish(
    session: Session,
    actor: Actor,
    scheme: Scheme,
    year: int,
    stand_in: bool = False,
    without: Sequence[str] = (),
) -> Publication:
    """Publishes the year's scores of every institution whose units all have one.

    Provisional institutions are left out and counted. Raises Forbidden, and BadInput where
    no institution is complete. The caller commits.
    """
    scored = score_year(session, actor, scheme, year, stand_in, without)
    if not _complete(scored):
        raise bad(f"{scheme.id} {year}", "no institution whose units all have a score", "one")
    text = rfc8785.dumps(document(session, scored)).decode()
    publication = Publication(
        scheme_hash=keep_scheme(session, scheme),
        year=year,
        document=text,
        document_hash=sha256(text.encode()).hexdigest(),
        user_id=actor.user_id,
        created_at=now(),
        counts=_counts(scored),
    )
    session.add(publication)
    session.flush()
    log(
        session,
        actor,
        "publish",
        publication=str(publication.id),
        scheme=scheme.id,
        year=year,
        sha256=publication.document_hash,
    )
    return publication


def publications(session: Session) -> list[Publication]:
    """All publications, newest first; open to everyone."""
    return list(session.scalars(select(Publication).order_by(Publication.created_at.desc())))


def read_document(publication: Publication) -> Document:
    """The published document."""
    content: Document = json.loads(publication.document)
    return content


def document(session: Session, scored: Round) -> Document:
    """The year's result with all that it was computed from; exact numbers as strings.

    ``inputs`` holds each indicator's raw value as a fraction, so that anyone can recompute
    every score from the scheme's text.
    """
    result = scored.result
    complete = _complete(scored)
    names = {unit.institution.code: unit.institution for unit in scored.units}
    return {
        "format": 1,
        "scheme": {
            "id": result.scheme.id,
            "sha256": result.scheme.hash,
            "text": result.scheme.yaml,
        },
        "year": scored.year,
        "not_independent": scored.not_independent,
        "without": list(scored.without),
        "provisional_institutions": len(result.institutions) - len(complete),
        "institutions": [
            {
                "code": one.institution,
                "name": names[one.institution].name,
                "kind": names[one.institution].kind,
                "demonstration": names[one.institution].demonstration,
                "province": one.province,
                "units": one.units,
                **_score(one, result.scheme),
                "rank": one.rank,
                "rank_in_province": one.rank_in_province,
            }
            for one in result.institutions
            if one.institution in complete
        ],
        "units": _units(session, scored, complete),
        "software": f"suara-layanan {software_version()}",
    }


@cache
def software_version() -> str:
    """The version of this program."""
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])


def _complete(scored: Round) -> set[str]:
    return {one.institution for one in scored.result.institutions if not one.provisional}


def _units(session: Session, scored: Round, complete: set[str]) -> list[Document]:
    """The units of complete institutions, ranked among themselves."""
    result = scored.result
    codes = dict(session.execute(select(Period.id, Period.code)).all())
    published = [at for at, one in enumerate(result.units) if one.institution in complete]
    places = ranks([result.units[at].score for at in published], inverted=result.scheme.inverted)
    return [
        {
            "institution": scored.units[at].institution.code,
            "code": scored.units[at].code,
            "name": scored.units[at].name,
            **_score(result.units[at], result.scheme),
            "rank": rank,
            "inputs": {key: _exact(column[at]) for key, column in scored.columns.items()},
            "nodes": {key: _exact(column[at]) for key, column in result.scores.nodes.items()},
            "respondents": scored.surveyed[at].respondents,
            "responses": [
                {
                    "period": codes[period],
                    "received": one.received,
                    "counted": one.counted,
                    "withdrawn": one.withdrawn,
                }
                for period, one in scored.surveyed[at].responses.items()
            ],
        }
        for at, rank in zip(published, places, strict=True)
    ]


def _score(one: UnitScore | InstitutionScore, scheme: Scheme) -> Document:
    return {
        "score": None if one.score is None else str(scheme.round(one.score)),
        "score_exact": _exact(one.score),
        "grade": one.band and one.band.grade,
        "zone": one.band and one.band.zone,
        "label": one.band and one.band.label.model_dump(),
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _counts(scored: Round) -> list[PublishedCount]:
    complete = _complete(scored)
    return [
        PublishedCount(
            unit_id=unit.id, period_id=period, received=one.received, counted=one.counted
        )
        for unit, surveyed in zip(scored.units, scored.surveyed, strict=True)
        if unit.institution.code in complete
        for period, one in surveyed.responses.items()
    ]
