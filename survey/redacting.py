"""Comments that were stored as they were written lose their personal data."""

import json

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from analysis.redaction import redact
from models import Comment, KeyedSheet


def redact_stored(session: Session) -> int:
    """Redacts what was stored before comments were redacted on their way in; how many it was.

    Their writers were not asked who may read them, so the Ombudsman alone does. The caller
    commits.
    """
    comments = session.execute(
        select(Comment.response_id, Comment.text).where(Comment.readers.is_(None))
    ).all()
    for response, text in comments:
        session.execute(
            update(Comment)
            .where(Comment.response_id == response)
            .values(text=redact(text).text, readers="ombudsman")
        )
    sheets = session.scalars(select(KeyedSheet).where(~KeyedSheet.filled.contains('"readers"')))
    for sheet in sheets:
        filled = json.loads(sheet.filled)
        sheet.filled = json.dumps(
            {**filled, "comment": redact(filled["comment"]).text, "readers": "ombudsman"}
        )
    return len(comments)
