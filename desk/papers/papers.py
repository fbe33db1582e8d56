"""The papers that an official takes away: each filled from the database, drawn, and traced."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_coordinator, require_unit
from analysis.errors import Problem, Written, bad
from analysis.soundness.disclosed_rows import WithheldRows, disclose_rows
from desk.audit import log
from desk.office.periods import closed_period
from desk.papers.contents import (
    SOFTWARE,
    headline,
    institution_contents,
    institution_results,
    unit_contents,
    units_of,
)
from desk.unit.results import UnitResults, unit_results
from locales import Language
from models import Period, Unit, reading, writing
from reports.contents import Signatory
from reports.disclosed import DisclosedContents
from reports.notices.announcement import Shape, announcement_pdf, announcement_png
from reports.notices.questionnaire import Questionnaire, questionnaire_html, serials
from reports.open_data.open_data import open_data
from reports.open_data.release import Study
from reports.papers.report import report_docx, report_pdf
from reports.workbooks.recapitulation import RecapitulationLine, recapitulation_xlsx
from reports.workbooks.sheets import Head
from reports.workbooks.worksheet import WorksheetHead, worksheet_xlsx
from survey.names import names_then
from survey.periods import asked_instrument
from survey.rows import held_answers, read_responses
from survey.schemes import used_scheme

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_PREFIX = 8
LONGEST_LINE = 200
UNIT_CONTENTS = "what papers of units say, by actor, unit, period and language"


@dataclass(frozen=True)
class RequestedPaper:
    """Which paper of which survey: a unit's or, without ``unit``, the institution's own.

    ``approval``: who signs the report; nothing of it is stored. ``link``: where the public
    finds the result. ``sheets``: first and last number of the questionnaires.
    """

    kind: str
    period: int
    unit: int | None = None
    language: Language = "id"
    approval: Signatory | None = None
    link: str | None = None
    sheets: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Paper:
    """A file to take away; ``lacks``: why something is not in it that would else be."""

    file_name: str
    media_type: str
    content: bytes
    lacks: Problem | None = None


# Draws a paper from what was read: no transaction is open meanwhile, since it takes seconds.
Draw = Callable[[], bytes]


@dataclass(frozen=True)
class Drawing:
    """How a paper is drawn; ``lacks``: as of ``Paper``."""

    draw: Draw
    lacks: Problem | None = None


ReadUnit = Callable[[Session, Actor, RequestedPaper, Unit, Period], Drawing]
ReadInstitution = Callable[[Session, Actor, RequestedPaper, Period], Drawing]


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper; ``unit`` and ``institution`` read what it says, None: there is no such.

    ``early``: also of an open period.
    """

    name: str
    ending: str
    media_type: str
    unit: ReadUnit | None = None
    institution: ReadInstitution | None = None
    early: bool = False


def hand_out(engine: Engine, actor: Actor, asked: RequestedPaper) -> Paper:
    """Makes a paper and writes into the trace that the actor has it.

    Raises Forbidden, and BadInput for an open period or where there is no such paper.
    """
    (paper,) = hand_out_all(engine, actor, asked, [asked.kind])
    return paper


def hand_out_all(
    engine: Engine, actor: Actor, asked: RequestedPaper, kinds: Sequence[str]
) -> list[Paper]:
    """The same of several kinds about one survey, from one reading; all of them or none."""
    for name in kinds:
        if name not in KINDS:
            raise bad("no_such_paper", found=Written(name))
    _refuse_long(asked.approval)
    with reading(engine) as session:
        read = [_read(session, actor, replace(asked, kind=name), KINDS[name]) for name in kinds]
        names = [{"period": period.code, "of": code} for period, code, _ in read]
    contents = [drawing.draw() for _, _, drawing in read]
    papers = []
    with writing(engine) as session:
        for name, content, of, (*_, drawing) in zip(kinds, contents, names, read, strict=True):
            digest, kind = sha256(content).hexdigest(), KINDS[name]
            log(session, actor, "hand_out_paper", paper=name, **of, sha256=digest)
            file_name = f"{kind.name}-{of['of']}-{of['period']}.{kind.ending}"
            papers.append(Paper(file_name, kind.media_type, content, drawing.lacks))
    return papers


def _refuse_long(approval: Signatory | None) -> None:
    texts = [text for text in vars(approval).values() if isinstance(text, str)] if approval else []
    longest = max(map(len, texts), default=0)
    if longest > LONGEST_LINE:
        raise bad("long_approval", found=longest, most=LONGEST_LINE)


def _read(
    session: Session, actor: Actor, asked: RequestedPaper, kind: PaperKind
) -> tuple[Period, str, Drawing]:
    """The period, whose paper it is, by code, and how to draw it. Raises Forbidden or BadInput."""
    period, unit = period_of(session, actor, asked)
    whose = unit or period.institution
    if not kind.early:
        closed_period(session, period.institution_id, period.id)
    if unit and kind.unit:
        return period, whose.code, kind.unit(session, actor, asked, unit, period)
    if kind.institution and not unit:
        return period, whose.code, kind.institution(session, actor, asked, period)
    raise bad("no_such_paper", found=Written(asked.kind))


def period_of(session: Session, actor: Actor, asked: RequestedPaper) -> tuple[Period, Unit | None]:
    """Of which period and unit a paper is, None: of the institution's own. Raises Forbidden."""
    period = session.get(Period, asked.period)
    unit = None if asked.unit is None else require_unit(session, actor, asked.unit)
    if period is None or (unit and unit.institution_id != period.institution_id):
        raise Forbidden(f"period {asked.period}")
    if unit is None:
        require_coordinator(session, actor, period.institution_id)
    return period, unit


def _contents(
    draw: Callable[[DisclosedContents, Language], bytes], poster: bool = False
) -> tuple[ReadUnit, ReadInstitution]:
    """How a paper that is drawn from contents is read, of a unit and of an institution.

    ``poster``: it has nothing to say of a survey that nobody answered, and is refused.
    """

    def finished(contents: DisclosedContents, asked: RequestedPaper) -> Drawing:
        if poster and not contents.index.n:
            raise bad("nobody_to_announce", name=contents.name)
        signed = replace(contents, approval=asked.approval, link=asked.link)
        return Drawing(partial(draw, signed, asked.language))

    def of_unit(
        session: Session, actor: Actor, asked: RequestedPaper, unit: Unit, period: Period
    ) -> Drawing:
        read = session.info.setdefault(UNIT_CONTENTS, {})
        key = actor, unit.id, period.id, asked.language
        if key not in read:  # Word and PDF of a unit are drawn from one reading
            read[key] = unit_contents(session, actor, unit.id, period.id, asked.language)
        return finished(read[key], asked)

    def of_institution(
        session: Session, actor: Actor, asked: RequestedPaper, period: Period
    ) -> Drawing:
        place = period.institution_id
        told = institution_contents(session, actor, place, period.id, asked.language)
        return finished(told, asked)

    return of_unit, of_institution


def _worksheet(
    session: Session, actor: Actor, asked: RequestedPaper, unit: Unit, period: Period
) -> Drawing:
    results = unit_results(session, actor, unit.id, period.id)
    held = held_answers(session, results.instrument, period.id, unit.id)
    rows = disclose_rows(held, results.instrument, results.scheme)
    draw = partial(
        worksheet_xlsx,
        rows,
        results.instrument,
        results.scheme,
        WorksheetHead(results.name, _head(period, [results]), results.averaged),
        asked.language,
    )
    return Drawing(draw, rows.why if isinstance(rows, WithheldRows) else None)


def _recapitulation(
    session: Session, actor: Actor, asked: RequestedPaper, period: Period
) -> Drawing:
    results = institution_results(session, actor, period.institution_id, period.id)
    averaged = period.headline == "averaged"
    lines = [RecapitulationLine(one.name, headline(one), one.visits, averaged) for one in results]
    head = _head(period, results)
    return Drawing(partial(recapitulation_xlsx, lines, used_scheme(period), head, asked.language))


def _head(period: Period, results: list[UnitResults]) -> Head:
    return Head(
        institution=results[0].names.of(period.institution),
        period=period.name,
        excluded=sum(one.excluded for one in results),
        withdrawn=sum(one.withdrawn for one in results),
        software=SOFTWARE,
        demonstration=period.institution.demonstration,
    )


def _unit_data(
    session: Session, actor: Actor, asked: RequestedPaper, unit: Unit, period: Period
) -> Drawing:
    return _open_data(session, period, names_then(session, period).of(unit), [unit.id])


def _institution_data(
    session: Session, actor: Actor, asked: RequestedPaper, period: Period
) -> Drawing:
    units = [unit.id for unit in units_of(session, period)]
    name = names_then(session, period).of(period.institution)
    return _open_data(session, period, name, units)


def _open_data(session: Session, period: Period, name: str, units: list[int]) -> Drawing:
    study = Study(
        name=name,
        period=period.name,
        starts=period.starts,
        ends=period.ends,
        instrument=asked_instrument(period),
        scheme=used_scheme(period),
        demonstration=period.institution.demonstration,
    )
    responses = read_responses(session, study.instrument, period.id, units)
    if responses.empty:
        raise bad("no_responses", name=name)
    return Drawing(partial(open_data, responses, study))


def _questionnaire(
    session: Session, actor: Actor, asked: RequestedPaper, unit: Unit, period: Period
) -> Drawing:
    numbers, names = serials(_prefix(unit.code), *asked.sheets), names_then(session, period)
    about = Questionnaire(
        unit=names.of(unit),
        institution=names.of(unit.institution),
        period=period.name,
        instrument=asked_instrument(period),
        services=[
            names.of(service)
            for service in unit.services
            if service.closed_on is None or service.closed_on > period.starts
        ],
        demonstration=unit.institution.demonstration,
    )
    return Drawing(lambda: questionnaire_html(about, numbers, asked.language).encode())


def _prefix(code: str) -> str:
    """The capital letters and digits by which the sheets of a unit begin.

    >>> _prefix("puskesmas-langgur")
    'PUSKESMA'
    """
    return re.sub("[^A-Z0-9]", "", code.upper())[:LONGEST_PREFIX] or "SKM"


def _poster(
    draw: Callable[[DisclosedContents, Shape, Language], bytes], shape: Shape
) -> tuple[ReadUnit, ReadInstitution]:
    return _contents(lambda contents, language: draw(contents, shape, language), poster=True)


KINDS = {
    "report_pdf": PaperKind("laporan", "pdf", "application/pdf", *_contents(report_pdf)),
    "report_docx": PaperKind("laporan", "docx", DOCX, *_contents(report_docx)),
    "worksheet": PaperKind("lembar-pengolahan", "xlsx", XLSX, unit=_worksheet),
    "recapitulation": PaperKind("rekapitulasi", "xlsx", XLSX, institution=_recapitulation),
    "announcement_pdf": PaperKind(
        "pengumuman", "pdf", "application/pdf", *_poster(announcement_pdf, "a4")
    ),
    "announcement_png": PaperKind(
        "pengumuman", "png", "image/png", *_poster(announcement_png, "a4")
    ),
    "announcement_square": PaperKind(
        "pengumuman-persegi", "png", "image/png", *_poster(announcement_png, "square")
    ),
    "open_data": PaperKind("data-terbuka", "zip", "application/zip", _unit_data, _institution_data),
    "questionnaire": PaperKind("kuesioner", "html", "text/html", unit=_questionnaire, early=True),
}
