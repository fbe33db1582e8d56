"""What is stored: tables, engine, migrations. Imports nothing of the project."""

from models.assessments import Assessment
from models.base import Base, now
from models.engine import UNUSABLE, open_engine, reading, writing
from models.kiosks import Kiosk
from models.migrations import migrate
from models.people import LogIn, Role, User
from models.periods import InstrumentUsed, Period, SchemeUsed, Visits
from models.places import Institution, Service, Unit
from models.publications import AuditEvent, Publication, PublishedCount
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
    "Assessment",
    "AuditEvent",
    "Base",
    "Batch",
    "Comment",
    "Exclusion",
    "Experience",
    "Institution",
    "InstrumentUsed",
    "Kiosk",
    "LogIn",
    "Period",
    "Publication",
    "PublishedCount",
    "Receipt",
    "Response",
    "Role",
    "SchemeUsed",
    "Service",
    "Snapshot",
    "Unit",
    "User",
    "VisitToken",
    "Visits",
    "answers_name",
    "answers_table",
    "migrate",
    "now",
    "open_engine",
    "reading",
    "writing",
]
