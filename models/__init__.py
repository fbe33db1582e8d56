"""What is stored: tables, engine, migrations. Imports nothing of the project."""

from models.announcements import Announcement, Medium
from models.assessments import Assessment
from models.base import Base, now
from models.batches import KeyedSheet, Keying, Withdrawal
from models.comments import CommentLabel, CommentReview, TriageChoice, TriageVersion
from models.engine import UNUSABLE, open_engine, reading, writing
from models.follow_ups import Consultation, Evidence, FollowUp, FollowUpStep
from models.jobs import Job
from models.kiosks import Kiosk
from models.migrations import migrate
from models.objections import Objection
from models.people import LogIn, Role, User
from models.periods import InstrumentUsed, Period, SchemeUsed, ServiceVisits, Visits
from models.places import Institution, Service, Unit
from models.publications import AuditEvent, Publication, PublishedCount, Seal
from models.responses import (
    Batch,
    Comment,
    Exclusion,
    Experience,
    Receipt,
    Response,
    answers_name,
    answers_table,
)
from models.snapshots import Snapshot
from models.tokens import VisitToken

__all__ = [
    "UNUSABLE",
    "Announcement",
    "Assessment",
    "AuditEvent",
    "Base",
    "Batch",
    "Comment",
    "CommentLabel",
    "CommentReview",
    "Consultation",
    "Evidence",
    "Exclusion",
    "Experience",
    "FollowUp",
    "FollowUpStep",
    "Institution",
    "InstrumentUsed",
    "Job",
    "KeyedSheet",
    "Keying",
    "Kiosk",
    "LogIn",
    "Medium",
    "Objection",
    "Period",
    "Publication",
    "PublishedCount",
    "Receipt",
    "Response",
    "Role",
    "SchemeUsed",
    "Seal",
    "Service",
    "ServiceVisits",
    "Snapshot",
    "TriageChoice",
    "TriageVersion",
    "Unit",
    "User",
    "VisitToken",
    "Visits",
    "Withdrawal",
    "answers_name",
    "answers_table",
    "migrate",
    "now",
    "open_engine",
    "reading",
    "writing",
]
