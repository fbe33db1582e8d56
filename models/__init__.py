"""What is stored: tables, engine, migrations. Imports nothing of the project.

Screens take from here what they may know of SQLAlchemy: a session and an engine to pass on, and
its error.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.aids import Recording, SignFilm
from models.announcements import Announcement, Medium
from models.base import now, time_moved
from models.batches import (
    ColumnMeaning,
    KeyedSheet,
    Keying,
    UnfinishedBatch,
    UnfinishedClosing,
    Withdrawal,
)
from models.engine import (
    UNUSABLE,
    Busy,
    WrongShape,
    insert_absent,
    one_at_a_time,
    open_engine,
    reading,
    writes_alone,
    writing,
    writing_at_once,
)
from models.follow_ups import Consultation, Evidence, FollowUp, FollowUpStep
from models.further import every_table, found_further
from models.instances import InstanceKey, Probe
from models.jobs import Job
from models.kiosks import Interviewer, Kiosk
from models.late import LateCounted, LateCounting, LateReceipt, LateResponse
from models.migrations import migrate
from models.people import (
    CredentialChange,
    LinkedIdentity,
    LogIn,
    LogInFailure,
    RecoveryCode,
    Role,
    SecondFactor,
    User,
)
from models.periods import InstrumentUsed, Period, SchemeUsed, ServiceVisits, Visits
from models.places import Counter, Institution, Service, Unit
from models.publications import AuditEvent, Publication, PublishedCount, Seal
from models.register import FormerName, Succession, UnitChange
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
from models.tokens import VisitToken
from models.trace import TraceHead, trace_head

if TYPE_CHECKING:
    from models.assessments import Assessment, Interview, Reconciliation, SelfAssessment
    from models.collecting import CollectionNote, CollectionPhoto
    from models.comments import CommentLabel, CommentReview, TriageChoice, TriageVersion
    from models.declarations import Declaration
    from models.federation import (
        ReceivedBundle,
        ReceivedPeriod,
        SentBundle,
        TrustedKey,
        TrustedKeyDecision,
        TrustedKeyEnd,
    )
    from models.final_counts import CountChange, FinalCount, FinalTally
    from models.findings import Finding, FindingStep
    from models.objections import Objection, ObjectionRelease, ToMend
    from models.opinion import (
        OmbudsmanProduct,
        ProductStatus,
        SecondaryFigure,
        SecondaryWithdrawal,
    )
    from models.rounds import (
        AssessmentRound,
        Proposal,
        SampledAssessor,
        SampledSubject,
        SampledUnit,
        in_force,
    )
    from models.screenings import Screened
    from models.sign_offs import SignOff, Waiver, WaiverConfirmation
    from models.snapshots import Snapshot
    from models.thinned import ThinnedUnit
    from models.visits import (
        ServiceVisitCorrection,
        VisitCorrection,
        current_service_visits,
        current_visits,
    )

__all__ = [
    "UNUSABLE",
    "Announcement",
    "Assessment",
    "AssessmentRound",
    "AuditEvent",
    "Batch",
    "Busy",
    "CollectionNote",
    "CollectionPhoto",
    "ColumnMeaning",
    "Comment",
    "CommentLabel",
    "CommentReview",
    "Consultation",
    "CountChange",
    "Counter",
    "CredentialChange",
    "Declaration",
    "Engine",
    "Evidence",
    "Exclusion",
    "Experience",
    "FinalCount",
    "FinalTally",
    "Finding",
    "FindingStep",
    "FollowUp",
    "FollowUpStep",
    "FormerName",
    "InstanceKey",
    "Institution",
    "InstrumentUsed",
    "Interview",
    "Interviewer",
    "Job",
    "KeyedSheet",
    "Keying",
    "Kiosk",
    "LateCounted",
    "LateCounting",
    "LateReceipt",
    "LateResponse",
    "LinkedIdentity",
    "LogIn",
    "LogInFailure",
    "Medium",
    "Objection",
    "ObjectionRelease",
    "OmbudsmanProduct",
    "Period",
    "Probe",
    "ProductStatus",
    "Proposal",
    "Publication",
    "PublishedCount",
    "Receipt",
    "ReceivedBundle",
    "ReceivedPeriod",
    "Reconciliation",
    "Recording",
    "RecoveryCode",
    "Response",
    "Role",
    "SQLAlchemyError",
    "SampledAssessor",
    "SampledSubject",
    "SampledUnit",
    "SchemeUsed",
    "Screened",
    "Seal",
    "SecondFactor",
    "SecondaryFigure",
    "SecondaryWithdrawal",
    "SelfAssessment",
    "SentBundle",
    "Service",
    "ServiceVisitCorrection",
    "ServiceVisits",
    "Session",
    "SignFilm",
    "SignOff",
    "Snapshot",
    "Succession",
    "ThinnedUnit",
    "ToMend",
    "TraceHead",
    "TriageChoice",
    "TriageVersion",
    "TrustedKey",
    "TrustedKeyDecision",
    "TrustedKeyEnd",
    "UnfinishedBatch",
    "UnfinishedClosing",
    "Unit",
    "UnitChange",
    "User",
    "VisitCorrection",
    "VisitToken",
    "Visits",
    "Waiver",
    "WaiverConfirmation",
    "Withdrawal",
    "WrongShape",
    "answers_name",
    "answers_table",
    "current_service_visits",
    "current_visits",
    "every_table",
    "in_force",
    "insert_absent",
    "migrate",
    "now",
    "one_at_a_time",
    "open_engine",
    "reading",
    "time_moved",
    "trace_head",
    "writes_alone",
    "writing",
    "writing_at_once",
]

if not TYPE_CHECKING:  # which would take any name for one of ours

    def __getattr__(name: str) -> object:
        """What answers neither citizens nor log-ins, loaded when first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return found_further(name)
