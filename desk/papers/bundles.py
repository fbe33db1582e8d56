"""Papers of many units, and the evidence of two years, as one zip: work for a job."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_coordinator
from analysis.errors import Written, bad
from desk.audit import log
from desk.jobs import JobWork, Tell, begin_job, file_of
from desk.office.periods import closed_period
from desk.papers.contents import units_of
from desk.papers.making import PapersAsked, papers_of
from desk.papers.pekppp import gather_evidence
from locales import Language, say
from models import Job, Period, reading, writing
from reports.papers.evidence import evidence_zip
from survey.names import names_then


@dataclass(frozen=True)
class RequestedBundle:
    """The papers of a kind of some units, or the institution's evidence, in one zip.

    ``units``: whose papers; ``link``: the address on their posters.
    """

    kind: str
    period_id: int
    units: Collection[int]
    language: Language
    link: str | None = None


def begin_bundle(session: Session, actor: Actor, bundle: RequestedBundle) -> Job:
    """Notes that a zip shall be made; ``desk.jobs.start`` it once that is committed.

    ``units``: whose papers; the evidence is of the whole institution. Raises Forbidden, and
    BadInput for an open period, no units, or an unknown kind.
    """
    period = session.get(Period, bundle.period_id)
    if period is None:
        raise Forbidden(f"period {bundle.period_id}")
    institution = require_coordinator(session, actor, period.institution_id)
    closed_period(session, institution.id, bundle.period_id)
    if bundle.kind not in WORKS:
        raise bad("unknown_bundle", found=Written(bundle.kind), known=list(WORKS))
    if not bundle.units:
        raise bad("no_unit_chosen")
    if not set(bundle.units) <= {unit.id for unit in units_of(session, period)}:
        raise Forbidden("units")
    asked = {
        "period": bundle.period_id,
        "units": sorted(bundle.units),
        "language": bundle.language,
        "link": bundle.link,
    }
    return begin_job(session, actor, bundle.kind, **asked)


def file_of_bundle(session: Session, actor: Actor, job_id: int) -> bytes:
    """The zip that one's own work gave, for who still coordinates the institution.

    Raises Forbidden, and BadInput where the file is kept no longer.
    """
    job = session.get(Job, job_id)
    period = session.get(Period, job.asked["period"]) if job and job.kind in WORKS else None
    if job is None or period is None or job.user_id != actor.user_id:
        raise Forbidden(f"job {job_id}")
    require_coordinator(session, actor, period.institution_id)
    content = file_of(job)
    if content is None:
        raise bad("file_kept_no_longer", found=job.file_name or str(job_id))
    return content


@dataclass(frozen=True)
class _Papers:
    """The kinds of papers that are made of each unit, and what their zip is called."""

    name: str
    kinds: Sequence[str]


def period_names(session: Session, jobs: Collection[Job]) -> dict[int, str]:
    """By job the name of the period of which it makes papers."""
    names = dict(session.execute(select(Period.id, Period.name)).all())
    return {job.id: names[job.asked["period"]] for job in jobs if job.asked["period"] in names}


def unit_names(session: Session, actor: Actor, period_id: int) -> dict[int, str]:
    """The units of a period of which there may be papers, as they were called then.

    Raises Forbidden.
    """
    period = session.get_one(Period, period_id)
    require_coordinator(session, actor, period.institution_id)
    names = names_then(session, period)
    return {unit.id: names.of(unit) for unit in units_of(session, period)}


def _papers(
    papers: _Papers, engine: Engine, actor: Actor, asked: Mapping[str, Any], tell: Tell
) -> tuple[str, bytes]:
    """The papers of each unit; which were not made, or lack something, stands in files beside."""
    packed = BytesIO()
    told: dict[str, list[str]] = {"file_refused": [], "file_lacking": []}
    language, units = asked["language"], asked["units"]
    wanted = PapersAsked(papers.kinds, asked["period"], language, asked["link"])
    tell(0, len(units))
    with (
        ZipFile(packed, "w", ZIP_DEFLATED) as archive,
        closing(papers_of(engine, actor, wanted, units)) as every,
    ):
        for at, made in enumerate(every, 1):
            for name, content in made.files:
                archive.writestr(name, content)
            told["file_refused"] += made.refused
            told["file_lacking"] += made.lacking
            tell(at, len(units))
        for key, lines in told.items():
            if lines:
                archive.writestr(f"{say(language, f'papers.{key}')}.txt", "\n".join(lines))
    return f"{papers.name}-{_code(engine, asked['period'])}.zip", packed.getvalue()


def _evidence(
    engine: Engine, actor: Actor, asked: Mapping[str, Any], tell: Tell
) -> tuple[str, bytes]:
    """The evidence for PEKPPP F-02 of the institution, over two years."""
    with reading(engine) as session:
        period = session.get_one(Period, asked["period"])
        language = asked["language"]
        evidence = gather_evidence(session, actor, period.id, language, tell)
        code = period.code
    content = evidence_zip(evidence, language)
    with writing(engine) as session:
        log(
            session, actor, "hand_out_paper", paper="evidence", period=code, of=evidence.institution
        )
    return f"bukti-pekppp-{code}.zip", content


def _code(engine: Engine, period_id: int) -> str:
    with reading(engine) as session:
        return session.get_one(Period, period_id).code


WORKS: Mapping[str, JobWork] = {
    "reports": partial(_papers, _Papers("laporan", ("report_docx", "report_pdf"))),
    "worksheets": partial(_papers, _Papers("lembar-pengolahan", ("worksheet",))),
    "evidence": _evidence,
}
