"""The triage of comments: reading what is new, people's reviews, versions that learn from them.

An official may propose labels for comments that the unit may read; the unit is rated by them, so
only an analyst's label counts: for what is learned and for what is shown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Engine, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from accounts.actors import Actor, Forbidden, in_scope, require_analyst, visible_units
from analysis.errors import Written, bad
from analysis.triage.corpus import EACH_FRAME, SEED, corpus
from analysis.triage.corpus import LabelledComment as Example
from analysis.triage.learning import EVEN, Learned, learn
from analysis.triage.model import (
    SMOOTHING,
    STRENGTH,
    WEIGHT_OF_REVIEWED,
    WEIGHT_OF_VOICES,
    Model,
    fit,
)
from analysis.triage.reading import triage
from analysis.triage.spelling import FOLDER
from analysis.triage.validation import judge, whole_validation
from desk.audit import log
from desk.comments.labels import current_version
from desk.comments.reading import reading_room
from desk.jobs import JobWork, Tell
from models import (
    Comment,
    CommentLabel,
    CommentReview,
    Response,
    TriageChoice,
    TriageVersion,
    Unit,
    now,
    reading,
    writing,
)
from models.comments import LABELS
from models.engine import insert_absent
from models.responses import FORMS
from models.slices import Pace, write_in_slices
from models.unfinished import received

AT_ONCE = 1000
# With so many reviews of a label a further one is asked for half as urgently.
ENOUGH_OF_A_LABEL = 10.0


@dataclass(frozen=True)
class Waiting:
    """A comment to be reviewed: what the triage read, and what an official proposed."""

    response_id: UUID
    text: str
    label: str
    secondary: str | None
    confidence: float
    abstained: bool
    urgent: bool
    proposed: str | None


def versions(session: Session, actor: Actor) -> Sequence[TriageVersion]:
    """All versions, newest first. Raises Forbidden unless the actor is an analyst."""
    require_analyst(actor)
    return session.scalars(select(TriageVersion).order_by(TriageVersion.id.desc())).all()


def waiting(session: Session, actor: Actor, number: int = 5) -> list[Waiting]:
    """Comments that the actor may review and did not, those first that teach most.

    They are the least certain, of labels that were reviewed seldom.
    """
    version = current_version(session)
    if version is None:
        return []
    proposal = aliased(CommentReview)
    by = (
        CommentReview.role == "analyst"
        if actor.analyst
        else (CommentReview.user_id == actor.user_id)
    )
    done = select(CommentReview.id).where(by, CommentReview.response_id == Comment.response_id)
    rows = session.execute(
        _reviewable(actor, version.id)
        .add_columns(
            select(proposal.label)
            .where(proposal.response_id == Comment.response_id, proposal.role == "official")
            .order_by(proposal.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        .where(~done.exists())
        .order_by(_teaches(session).desc(), Comment.response_id)
    )
    readable = _readable(session, actor)
    open_ones = (row for row in rows if readable is None or row[0].response_id in readable)
    return [
        Waiting(
            response_id=comment.response_id,
            text=comment.text,
            label=read.label,
            secondary=read.secondary,
            confidence=read.confidence,
            abstained=read.abstained,
            urgent=read.urgent,
            proposed=proposed if actor.analyst else None,
        )
        for comment, read, proposed in islice(open_ones, number)
    ]


def review(
    session: Session, actor: Actor, response_id: UUID, label: str, secondary: str | None
) -> CommentReview:
    """Keeps the label that the actor gives a comment. Raises Forbidden or BadInput."""
    version, readable = current_version(session), _readable(session, actor)
    seen = (
        version
        and session.execute(
            _reviewable(actor, version.id).where(Comment.response_id == response_id)
        ).first()
    )
    if not seen or (readable is not None and response_id not in readable):
        raise Forbidden(f"comment {response_id}")
    if label not in LABELS:
        raise bad("unknown_label", found=Written(label), known=list(LABELS))
    if secondary is not None and (secondary not in FORMS or secondary == label):
        raise bad("unknown_second_label", found=Written(secondary))
    given = CommentReview(
        response_id=response_id,
        label=label,
        secondary=secondary,
        role="analyst" if actor.analyst else "official",
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(given)
    session.flush()
    log(session, actor, "review_comment", review=given.id, label=label)
    return given


def choose_version(session: Session, actor: Actor, version_id: int) -> None:
    """Makes a version the one that holds. Raises Forbidden, and BadInput for the current one."""
    require_analyst(actor)
    version, current = session.get(TriageVersion, version_id), current_version(session)
    if version is None or version is current:
        raise bad("version_holds", found=str(version_id))
    _choose(session, actor, version)


def read_new(
    engine: Engine, actor: Actor, asked: Mapping[str, Any], tell: Tell
) -> tuple[str, bytes]:
    """Lets the version that holds (the first: made now) read what it did not read yet."""
    require_analyst(actor)
    with reading(engine) as session:
        version = current_version(session)
    if version is None:
        return retrain(engine, actor, asked, tell)
    return _result(version.id, _read(engine, version, _model(engine, version), tell))


def retrain(
    engine: Engine, actor: Actor, asked: Mapping[str, Any], tell: Tell
) -> tuple[str, bytes]:
    """A new version from the corpus and all reviews by analysts, which holds from now on.

    Its scores on the fixed validation comments are kept beside it.
    """
    require_analyst(actor)
    with reading(engine) as session:
        last = session.scalar(select(func.max(CommentReview.id))) or 0
        reviewed = _reviewed(session, last)
    learned = learn(corpus(), reviewed)
    version = TriageVersion(
        corpus_hash=corpus_hash(),
        reviews=len(reviewed),
        last_review=last,
        parameters=json.dumps(_parameters(learned.weight, learned.leaning.tolist())),
        scores=json.dumps(_scores(learned)),
        user_id=actor.user_id,
        created_at=now(),
    )
    with writing(engine) as session:
        session.add(version)
        session.flush()
        _choose(session, actor, version)
    return _result(version.id, _read(engine, version, learned.model, tell))


def _scores(learned: Learned) -> dict[str, Any]:
    """On the fixed comments, and on the instance's own reviews before and after these."""
    fixed = asdict(judge(learned.model, whole_validation()))
    if learned.before is None or learned.after is None:
        return fixed
    return {
        **fixed,
        "reviews_before": asdict(learned.before),
        "reviews_after": asdict(learned.after),
    }


WORKS: Mapping[str, JobWork] = {"read_comments": read_new, "retrain": retrain}


@cache
def corpus_hash() -> str:
    """The SHA-256 of the seed corpus, as this program draws it, and of the rules it reads by."""
    told = sha256("\n".join(f"{one.label}\t{one.text}" for one in corpus()).encode())
    for rules in sorted(FOLDER.glob("*.yaml")):
        told.update(rules.read_bytes())
    return told.hexdigest()


def _parameters(weight_of_reviewed: float, leaning: list[float]) -> dict[str, float | list[float]]:
    return {
        "seed": SEED,
        "comments_a_frame": EACH_FRAME,
        "strength": STRENGTH,
        "smoothing": SMOOTHING,
        "weight_of_voices": WEIGHT_OF_VOICES,
        "weight_of_reviewed": weight_of_reviewed,
        "leaning": leaning,
    }


def _teaches(session: Session) -> ColumnElement[float]:
    """How much a review may teach: the doubt, and less the oftener its label was given."""
    given = select(CommentReview.label, func.count()).where(CommentReview.role == "analyst")
    often = dict(session.execute(given.group_by(CommentReview.label)).all())
    doubt = 1 - CommentLabel.confidence
    if not often:
        return doubt
    return doubt / (1 + case(often, value=CommentLabel.label, else_=0) / ENOUGH_OF_A_LABEL)


def _reviewable(actor: Actor, version_id: int) -> Select[Comment, CommentLabel]:
    """Comments of the actor's units, with what the version read in them."""
    return (
        select(Comment, CommentLabel)
        .join(
            CommentLabel,
            and_(
                CommentLabel.response_id == Comment.response_id,
                CommentLabel.version_id == version_id,
            ),
        )
        .join(Response, Response.id == Comment.response_id)
        .join(Unit, Unit.id == Response.unit_id)
        .where(in_scope(actor), Comment.readers.is_not(None))
    )


def _readable(session: Session, actor: Actor) -> set[UUID] | None:
    """The comments that lie open in the reading rooms of the actor's units; None: all do."""
    if actor.analyst and not actor.units and not actor.institutions:
        return None
    units = session.scalars(visible_units(actor)).all()
    rooms = [reading_room(session, actor, unit.id) for unit in units]
    return {quote.response_id for room in rooms for quote in room.quotes}


def _reviewed(session: Session, last: int) -> list[Example]:
    """The comments that analysts labelled, each with the latest label up to a review."""
    rows = session.execute(
        select(CommentReview.response_id, CommentReview.label, Comment.text)
        .join(Comment, Comment.response_id == CommentReview.response_id)
        .where(CommentReview.role == "analyst", CommentReview.id <= last)
        .order_by(CommentReview.id)
    )
    latest = {key: (label, text) for key, label, text in rows}
    # Frames below 0: no frame of the corpus, and each its own.
    return [Example(text, label, -1 - at) for at, (label, text) in enumerate(latest.values())]


def _model(engine: Engine, version: TriageVersion) -> Model:
    """The version's model, fitted anew. Raises BadInput where the program's corpus changed."""
    parameters = json.loads(version.parameters)
    weight = parameters.get("weight_of_reviewed", WEIGHT_OF_REVIEWED)
    leaning = parameters.get("leaning", EVEN.tolist())
    if (version.corpus_hash, parameters) != (corpus_hash(), _parameters(weight, leaning)):
        raise bad("other_corpus", version=str(version.id))
    with reading(engine) as session:
        model = fit([*corpus(), *_reviewed(session, version.last_review)], weight)
    return model.leaning(np.array(leaning))


def _read(engine: Engine, version: TriageVersion, model: Model, tell: Tell) -> int:
    """Lets the model read all comments that the version did not read; gives their number.

    Another analyst may let it read the same at the same time: what stands first stays.
    """
    read = select(CommentLabel.response_id).where(CommentLabel.version_id == version.id)
    with reading(engine) as session:
        new = session.execute(
            select(Comment.response_id, Comment.text)
            .join(Response, Response.id == Comment.response_id)
            .where(Comment.readers.is_not(None), Comment.response_id.not_in(read), received())
            .order_by(Comment.response_id)
        ).all()
    pace = Pace()
    for start in range(0, len(new), AT_ONCE):
        tell(start, len(new))
        batch = new[start : start + AT_ONCE]
        found = triage([text for _, text in batch], model)
        labels: list[dict[str, object]] = [
            {
                "response_id": key,
                "version_id": version.id,
                "label": one.label,
                "secondary": one.secondary,
                "confidence": one.confidence,
                "abstained": one.abstained,
                "urgent": one.urgent,
                "withheld": one.withheld,
                "sentiment": one.sentiment,
                "aspect": one.aspect,
                "elements": " ".join(one.elements),
            }
            for (key, _), one in zip(batch, found, strict=True)
        ]
        write_in_slices(engine, labels, _keep_labels, pace)
    tell(len(new), len(new))
    return len(new)


def _keep_labels(session: Session, labels: Sequence[dict[str, object]]) -> None:
    """Keeps those that nobody kept meanwhile; SQLite's triggers refuse a second one as a change."""
    version = labels[0]["version_id"]
    kept = select(CommentLabel.response_id).where(
        CommentLabel.version_id == version,
        CommentLabel.response_id.in_([one["response_id"] for one in labels]),
    )
    known = set(session.scalars(kept))
    if absent := [one for one in labels if one["response_id"] not in known]:
        session.execute(insert_absent(session, CommentLabel), absent)


def _choose(session: Session, actor: Actor, version: TriageVersion) -> None:
    session.add(TriageChoice(version_id=version.id, user_id=actor.user_id, created_at=now()))
    session.flush()
    log(session, actor, "choose_triage_version", version=version.id)


def _result(version: int, read: int) -> tuple[str, bytes]:
    told = json.dumps({"version": version, "comments_read": read})
    return f"triage-{version}.json", told.encode()
