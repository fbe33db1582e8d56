"""Results that institutions made public of their own surveys, open to everyone."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

import pandas as pd
import streamlit as st

from analysis.rulebook.scheme import Scheme
from desk.papers.announcing import (
    COUNTS,
    AnnouncedResult,
    public_announcements,
    read_announcement,
)
from desk.public.pages import AnnouncedPage, announced_page
from desk.public.records import PublicStep
from models import Announcement
from reports.headline_picture import (
    EarlierIndex,
    HeadlinePicture,
    SampleSize,
    described,
    headline_svg,
)
from reports.style import ACCENT, INK, ticks
from screens import charts
from screens.choices import warn_of_demonstration
from screens.handing import NamedFile, hand_out_to_all
from screens.looks import look_in
from screens.offers import ready
from screens.plain import plain, show_table
from screens.shell import address_in_the_browser, day, language, number, say, today
from screens.unit import respondents
from screens.unit.follow_up import COLOURS

RESULT, UNIT = "hasil", "unit"  # in the address


def screen() -> None:
    """The archive, filtered, and one announcement of it; ?hasil=ID is a permanent link.

    ?unit=CODE leads to what the unit announced of its latest survey.
    """
    st.title(say("shell.page_ikm"))
    st.markdown(say("announced.lead"))
    with look_in() as session:
        found = {one.id: one for one in public_announcements(session)}
        documents = {key: read_announcement(one) for key, one in found.items()}
        if not found:
            st.info(say("announced.none"), icon=":material/info:")
            return
        asked = _asked(documents)
        chosen = _choose(_filtered(documents, asked), asked)
        if _newest(found, chosen) != chosen:
            st.info(say("announced.superseded"), icon=":material/update:")
        show(announced_page(session, found[chosen]), "announced")
        _take_away(found[chosen])


def show(page: AnnouncedPage, key: str) -> None:
    """An announcement as everyone sees it."""
    document, scheme = page.document, page.scheme
    warn_of_demonstration(document["institution"]["demonstration"])
    st.subheader(plain(_name(document)), anchor=False)
    st.markdown(_period(document))
    _headline(page)
    if document["unit"]:
        _done(page)
        _who_answered(page)
        _elements(document, scheme, key)
        _services(document, scheme)
    else:
        _units(document, scheme, key)


def title(document: AnnouncedResult) -> str:
    """What an announcement is called: whose it is, and of which period."""
    return f"{_name(document)} · {document['period']['name']}"


def _asked(documents: dict[UUID, AnnouncedResult]) -> UUID | None:
    """The announcement that the address names, itself or by its unit."""
    asked, unit = st.query_params.get(RESULT), st.query_params.get(UNIT)
    if asked:
        found = next((key for key in documents if str(key) == asked), None)
    elif unit:
        found = _latest(documents, unit)
    else:
        return None
    if found is None:
        told = "announced.unknown" if asked else "announced.none_of_unit"
        st.warning(say(told), icon=":material/search_off:")
    return found


def _latest(documents: dict[UUID, AnnouncedResult], unit: str) -> UUID | None:
    """What the unit announced of its latest survey; of one survey they come newest first."""
    own = [key for key, one in documents.items() if (one["unit"] or {}).get("code") == unit]
    return max(own, key=lambda key: documents[key]["period"]["ends"], default=None)


def _filtered(
    documents: dict[UUID, AnnouncedResult], asked: UUID | None
) -> dict[UUID, AnnouncedResult]:
    """The announcements of an institution and a year; all where nothing is chosen."""
    names = {one["institution"]["code"]: one["institution"]["name"] for one in documents.values()}
    left, right = st.columns(2)
    institution = left.selectbox(
        say("words.institution"),
        sorted(names, key=names.__getitem__),
        index=None,
        format_func=names.__getitem__,
        placeholder=say("words.all"),
        key="announced_institution",
    )
    of_institution = {
        key: one
        for key, one in documents.items()
        if institution in (None, one["institution"]["code"])
    }
    year = right.selectbox(
        say("words.year"),
        sorted({_year(one) for one in of_institution.values()}, reverse=True),
        index=None,
        placeholder=say("words.all"),
        key="announced_year",
    )
    return {key: one for key, one in of_institution.items() if year in (None, _year(one))}


def _choose(documents: dict[UUID, AnnouncedResult], asked: UUID | None) -> UUID:
    keys = list(documents)
    return st.selectbox(
        say("announced.result"),
        keys,
        index=keys.index(asked) if asked in documents else 0,
        format_func=lambda key: f"{title(documents[key])} · {number(documents[key]['index'])}",
        key="announced_result",
    )


def _newest(found: dict[UUID, Announcement], chosen: UUID) -> UUID:
    """The newest announcement of the same survey; they come newest first."""
    same = found[chosen].period_id, found[chosen].unit_id
    return next(key for key, one in found.items() if (one.period_id, one.unit_id) == same)


def _year(document: AnnouncedResult) -> str:
    return str(document["period"]["ends"][:4])


def _name(document: AnnouncedResult) -> str:
    return str((document["unit"] or document["institution"])["name"])


def _period(document: AnnouncedResult) -> str:
    period = document["period"]
    days = [day(pd.Timestamp(period[key]).date()) for key in ("starts", "ends")]
    where = f"{plain(document['institution']['name'])}  \n" if document["unit"] else ""
    span = say("yearly.from_to", low=days[0], high=days[1])
    return f"{where}{plain(period['name'])} · {span}"


def _headline(page: AnnouncedPage) -> None:
    document, scheme = page.document, page.scheme
    with st.container(border=True):
        st.markdown(_sentence(document, scheme))
        picture = _picture(page)
        charts.draw_svg(headline_svg(picture, language()), described(picture, language()))
        if document["grade"]:
            label = document["label"][language()]
            st.markdown(say("announced.grade", grade=document["grade"], label=label))
        if document["unit"]:
            st.markdown(_how_sure(document))
        rule = document["headline"] if document["unit"] else "institution"
        st.caption(say(f"announced.rule_{rule}"))


def _picture(page: AnnouncedPage) -> HeadlinePicture:
    document, before = page.document, page.before
    sure = document.get("certainty") or {}
    edges = [float(edge) for edge in sure.get("interval") or ()]
    sampled = document["unit"] and document["minimum"]
    return HeadlinePicture(
        page.scheme,
        Fraction(document["index_exact"]),
        (edges[0], edges[1]) if edges else None,
        float(sure.get("level") or 0),
        EarlierIndex(before.index, before.period) if before and before.index else None,
        SampleSize(document["n"], document["minimum"]) if sampled else None,
    )


def _sentence(document: AnnouncedResult, scheme: Scheme) -> str:
    """The index in one sentence."""
    label = document["label"]
    return say(
        "announced.first" if label else "announced.first_without_label",
        name=plain(_name(document)),
        index=number(document["index"]),
        most=number(scheme.span[1], 0),
        label=label[language()] if label else "",
    )


def _how_sure(document: AnnouncedResult) -> str:
    """The interval, how sure the grade is, and on what assumption."""
    sure = document.get("certainty") or {}
    if not sure.get("interval"):
        return say("announced.not_stated")
    low, high = (number(edge) for edge in sure["interval"])
    level = number(100 * Fraction(sure["level"]), 0)
    told = say("announced.between", low=low, high=high, level=level)
    if sure["sentence"]:
        return f"{told} {sure['sentence'][language()]}"
    return f"{told} {say('announced.assumed', assumption=sure['assumption'][language()])}"


def _done(page: AnnouncedPage) -> None:
    """What citizens said of each element in the plan, and what was done about it."""
    st.markdown(f"#### {say('announced.done')}")
    if not page.steps:
        st.caption(say("announced.nothing_done"))
    names = {node.key: node.name[language()] for node in page.scheme.children}
    last = (page.scheme.children[0].span or (1, 4))[1]
    for element in dict.fromkeys(step.element for step in page.steps):
        name, mean = plain(names.get(element, element)), page.document["means"].get(element)
        told = {"element": name, "mean": mean and number(Fraction(mean)), "last": number(last, 0)}
        st.markdown(say("announced.you_said" if mean else "announced.you_said_of", **told))
        _steps([step for step in page.steps if step.element == element])
    if page.before and page.before.steps:
        with st.expander(say("announced.before", period=plain(page.before.period))):
            _steps(page.before.steps)


def _steps(steps: Sequence[PublicStep]) -> None:
    for step in steps:
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(say(f"follow_up.status_{step.status}"), color=COLOURS[step.status])
                st.caption(_due(step, today()))
            st.text(step.programme)
            if step.account:
                st.text(step.account)


def _due(step: PublicStep, today: date) -> str:
    late = step.due < today and step.status in ("planned", "under_way")
    return say("announced.overdue" if late else "announced.due", due=day(step.due))


def _who_answered(page: AnnouncedPage) -> None:
    document = page.document
    st.markdown(f"#### {say('respondents.title')}")
    st.markdown(say("announced.respondents", n=number(document["n"], 0)) + " " + _counts(document))
    if document["minimum"]:
        shown = {key: number(document[key], 0) for key in ("minimum", "visits")}
        st.caption(say("dashboard.minimum", **shown))
    if page.groups:
        respondents.show_groups(page.groups, page.instrument)


def _counts(document: AnnouncedResult) -> str:
    return say("announced.counts", **{key: number(document[key], 0) for key in COUNTS})


def _elements(document: AnnouncedResult, scheme: Scheme, key: str) -> None:
    st.markdown(f"#### {say('dashboard.elements')}")
    rows = [
        {
            "code": f"U{node.number.list}" if node.number else "",
            "name": node.name[language()],
            "value": float(Fraction(mean)) if mean else None,
            "text": number(Fraction(mean)) if mean else say("dashboard.hidden"),
        }
        for node in scheme.children
        if node.key in document["means"]
        for mean in [document["means"][node.key]]
    ]
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return
    weakest = min(known, key=lambda row: float(row["value"] or 0))
    first, last = (int(edge) for edge in scheme.children[0].span or (1, 4))
    told = {"weakest": weakest["name"], "mean": weakest["text"], "last": last}
    sentence = say("dashboard.elements_sentence", **told)
    colours = [ACCENT if row is weakest else INK for row in rows]
    frame = pd.DataFrame(rows)
    table = frame[["code", "name", "text"]].set_axis(
        [say(f"dashboard.{column}") for column in ("code", "element", "mean")], axis=1
    )
    chart = charts.bars(
        frame, ticks(first, last), say("announced.mean_axis", first=first, last=last), colours
    )
    charts.show(chart, sentence, table, f"{key}_elements")


def _services(document: AnnouncedResult, scheme: Scheme) -> None:
    if not document["services"]:
        return
    st.markdown(f"#### {say('dashboard.services')}")
    rows = [
        (
            one["name"] or say("dashboard.no_service"),
            number(one["n"], 0) if one["n"] else say("dashboard.hidden"),
            number(one["index"]) if one["index"] else say("dashboard.hidden"),
        )
        for one in document["services"]
    ]
    headings = [say("dashboard.service"), say("dashboard.respondents"), scheme.short]
    show_table(pd.DataFrame(rows, columns=headings))
    for rule, exact in (
        ("pooled", document["pooled"]["index_exact"]),
        ("averaged", document["averaged"]),
    ):
        if exact and rule != document["headline"]:
            st.caption(say(f"announced.beside_{rule}", index=number(Fraction(exact))))


def _units(document: AnnouncedResult, scheme: Scheme, key: str) -> None:
    st.markdown(f"#### {say('announced.units')}")
    scored = sorted(
        (unit for unit in document["units"] if unit["index"]),
        key=lambda unit: Fraction(unit["index_exact"]),
        reverse=True,
    )
    frame = pd.DataFrame(
        {
            "name": [unit["name"] for unit in scored],
            "value": [float(unit["index"]) for unit in scored],
            "text": [f"{number(unit['index'])} {unit['grade'] or ''}" for unit in scored],
        }
    )
    hidden = say("dashboard.hidden")
    rows = [
        (
            unit["name"],
            f"{number(unit['index'])} {unit['grade'] or ''}" if unit["index"] else hidden,
            number(unit["n"], 0) if unit["n"] else hidden,
            # Older documents hold these of units under five too.
            *(number(unit[column], 0) if unit["index"] else hidden for column in COUNTS),
        )
        for unit in document["units"]
    ]
    headings = [say("words.unit"), scheme.short, say("dashboard.respondents")]
    headings += [say(f"announced.{column}") for column in COUNTS]
    sentence = say(
        "announced.units_sentence",
        scored=number(len(scored), 0),
        units=number(len(document["units"]), 0),
    )
    chart = charts.bars(frame, ticks(*scheme.span), scheme.short)
    charts.show(chart, sentence, pd.DataFrame(rows, columns=headings), f"{key}_units")


def _take_away(announcement: Announcement) -> None:
    if announcement.approved_at:
        st.caption(say("announced.published", date=day(announcement.approved_at)))
    st.markdown(say("announced.link"))
    link = f"{address_in_the_browser()}/ikm?hasil={announcement.id}"
    st.code(link, language=None, wrap_lines=True)
    file = NamedFile(f"ikm-{announcement.id}.json", "application/json")
    document = ready(announcement.document.encode())
    hand_out_to_all(say("announced.download"), file, document, "announced_download")
    st.caption(say("results.hash", hash=announcement.document_hash))
