"""The papers of a survey, made when asked for: each with what it is and for whom."""

from dataclasses import replace

import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.papers.papers import KINDS, LONGEST_LINE, Paper, RequestedPaper, period_of
from desk.papers.papers import hand_out as make_paper
from desk.places import periods_within
from desk.unit.results import unit_results
from locales import LANGUAGES, Language
from models import Period, Session
from reports.contents import Signatory
from reports.notices.questionnaire import LAST, MOST_AT_ONCE
from reports.poster import only_on_this_computer
from screens.acts import tell_done
from screens.choices import (
    CLOSED_FIRST,
    INSTITUTION,
    choose_institution,
    choose_period,
    choose_survey,
    warn_of_demonstration,
)
from screens.handing import PNG, NamedFile, hand_out, show_picture
from screens.looks import look
from screens.offers import Make, kept_for
from screens.papers import bundles, collecting
from screens.problems import refusal_told, show_problems
from screens.publication import certificates
from screens.shell import address_in_the_browser, engine, language, say, today
from screens.unit import reconciliation

MADE = "papers_made"
PUBLIC_PAGE = "/ikm"
SIGNED = ("report_pdf", "report_docx")
USUAL_SHEETS = 20
PREVIEW_WIDTH = 260


def screen() -> None:
    """Asks whose papers and of which period; shows those that there are."""
    st.title(say("shell.page_dokumen"))
    st.markdown(say("papers.lead"))
    tell_done()
    with look() as (session, actor):
        whole = _choose_scope(actor)
        chosen = _of_institution(session, actor) if whole else _of_unit(session, actor)
    if chosen is not None:
        unit, period = chosen
        collecting.ask(actor, unit, period)
        asked = RequestedPaper("", period.id, unit, _choose_language(), link=_link())
        _papers(actor, asked, period)
        if unit is None and period.closed_at is not None:
            bundles.ask(asked, period.institution_id)
        if unit is not None and period.closed_at is not None:
            _compare(unit, period)
    with look() as (session, actor):
        certificates.show_own(session, actor)
    bundles.show_jobs()


def _choose_scope(actor: Actor) -> bool:
    """Whether the papers of a whole institution are wanted; asked of coordinators only.

    At first what the address names.
    """
    if not actor.institutions:
        return False
    chosen = st.segmented_control(
        say("papers.of"),
        ["unit", "institution"],
        format_func=lambda scope: say(f"papers.of_{scope}"),
        default="institution" if INSTITUTION in st.query_params else "unit",
        required=True,
        key="papers_of",
    )
    return chosen == "institution"


def _of_unit(session: Session, actor: Actor) -> tuple[int | None, Period] | None:
    chosen = choose_survey(session, actor, "papers", CLOSED_FIRST)
    return (chosen[0].id, chosen[1]) if chosen else None


def _of_institution(session: Session, actor: Actor) -> tuple[int | None, Period] | None:
    left, right = st.columns(2)
    with left:
        institution = choose_institution(session, actor, "papers")
    if institution is None:
        return None
    periods = periods_within(session, actor, institution.id)
    with right:
        period = choose_period(periods, "papers", CLOSED_FIRST)
    warn_of_demonstration(institution.demonstration)
    return (None, period) if period else None


def _choose_language() -> Language:
    return st.segmented_control(
        say("papers.language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        default=language(),
        required=True,
        key="papers_language",
    )


def _link() -> str | None:
    """Where the public finds results; None where nobody else can reach the address."""
    address = f"{address_in_the_browser()}{PUBLIC_PAGE}"
    return None if only_on_this_computer(address) else address


def _papers(actor: Actor, asked: RequestedPaper, period: Period) -> None:
    """A row a paper; of an open period only what may be made of it."""
    closed = period.closed_at is not None
    if not closed:
        st.info(say("papers.open"), icon=":material/lock_clock:")
    kinds = [
        key
        for key, kind in KINDS.items()
        if (kind.early or closed) and (kind.institution if asked.unit is None else kind.unit)
    ]
    approval = _ask_approval() if set(SIGNED) & set(kinds) else None
    made = _made_for(asked)
    for kind in kinds:
        with st.container(border=True):
            left, right = st.columns((3, 1), vertical_alignment="center")
            left.markdown(f"**{say(f'papers.{kind}')}**  \n{say(f'papers.{kind}_what')}")
            wanted = replace(asked, kind=kind)
            if kind in SIGNED:
                wanted = replace(wanted, approval=approval)
            if kind == "questionnaire":
                with left:
                    wanted = replace(wanted, sheets=_ask_sheets())
            with right:
                _offer(actor, wanted, made)
            if wanted in made:
                _show_made(wanted, made[wanted])


def _show_made(asked: RequestedPaper, paper: Paper) -> None:
    """What is to be seen of a paper before it is taken away."""
    if paper.lacks:
        st.info(refusal_told(paper.lacks), icon=":material/info:")
    if paper.media_type == PNG:
        file, key = NamedFile(paper.file_name, PNG), f"papers_preview_{asked.kind}"
        show_picture(file, _for_whom(asked, paper), key, PREVIEW_WIDTH)


def _made_for(asked: RequestedPaper) -> dict[RequestedPaper, Paper]:
    """What was made in this visit of the survey chosen now; the rest is let go."""
    before: dict[RequestedPaper, Paper] = st.session_state.get(MADE, {})
    whose = asked.period, asked.unit
    kept = {one: paper for one, paper in before.items() if (one.period, one.unit) == whose}
    st.session_state[MADE] = kept
    return kept


def _offer(actor: Actor, asked: RequestedPaper, made: dict[RequestedPaper, Paper]) -> None:
    """Makes the paper when told to; then hands it out."""
    place = st.empty()
    if asked not in made:
        if not place.button(
            say("papers.make"),
            key=f"papers_make_{asked.kind}",
            icon=":material/description:",
            width="stretch",
        ):
            return
        try:
            with place, st.spinner(say("papers.making")):
                made[asked] = make_paper(engine(), actor, asked)
        except BadInput as error:
            place.empty()
            show_problems(error)
            return
    paper = made[asked]
    with place:
        file, key = NamedFile(paper.file_name, paper.media_type), f"papers_download_{asked.kind}"
        hand_out(say("papers.take"), file, _for_whom(asked, paper), key, primary=True)


def _for_whom(asked: RequestedPaper, paper: Paper) -> Make:
    return kept_for(paper.content, lambda session, asking: period_of(session, asking, asked))


def _ask_sheets() -> tuple[int, int]:
    left, right = st.columns(2)
    first = left.number_input(say("papers.first"), 1, LAST, 1, key="papers_first")
    number = right.number_input(
        say("papers.sheets"), 1, MOST_AT_ONCE, USUAL_SHEETS, key="papers_sheets"
    )
    return int(first), int(first) + int(number) - 1


def _ask_approval() -> Signatory | None:
    """Who signs the report; None until every line but the NIP is filled in."""
    with st.expander(say("papers.approval")):
        st.caption(say("papers.approval_note"))
        lines = {
            name: side.text_input(
                say(f"papers.{name}"), max_chars=LONGEST_LINE, key=f"papers_{name}"
            ).strip()
            for row in (("office", "name"), ("nip", "place"))
            for name, side in zip(row, st.columns(2), strict=True)
        }
        on = st.date_input(say("papers.signed_on"), today(), format="DD/MM/YYYY", key="papers_on")
        needed = [lines[name] for name in ("office", "name", "place")]
        if any(lines.values()) and not all(needed):
            st.warning(say("papers.approval_incomplete"), icon=":material/edit:")
    return Signatory(**lines, on=on) if all(needed) else None


def _compare(unit: int, period: Period) -> None:
    with look() as (session, actor):
        results = unit_results(session, actor, unit, period.id)
    if results.index is not None:
        reconciliation.show(results.index, results.averaged)
