"""Screening of a unit's responses: the whole report for analysts, a hint for its own people."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from math import floor, log10

import pandas as pd
import streamlit as st

from analysis.disclosure import SMALLEST_GROUP
from analysis.rulebook.certainty import load_certainty
from analysis.screening.groups import RaisedGroup
from analysis.screening.rules import Alarm, load_rules
from desk.integrity.alarms_read import note_alarms_read
from desk.integrity.screening import (
    FlaggedExclusion,
    Hint,
    Report,
    ScreeningDocument,
    exclude_flagged,
    hints_of,
    keep_screening,
    report_of,
)
from screens import charts
from screens.acts import act, fresh, tell_done
from screens.choices import OPEN_FIRST, choose_survey
from screens.looks import look
from screens.plain import show_table
from screens.shell import day, engine, language, number, percent, say, signed, signed_in

OPENS, CLOSES = 28, 67  # the quarter-hours drawn at least
MOST_CELLS = 60


def screen() -> None:
    """Asks for unit and period, then shows what the actor may see of their screening."""
    st.title(say("shell.page_saring"))
    actor = signed_in()
    st.markdown(say("screening.lead" if actor.analyst else "screening.lead_staff"))
    tell_done()
    with look() as (session, _):
        chosen = choose_survey(session, actor, "screening", OPEN_FIRST)
        if chosen is None:
            return
        unit, period = chosen
    kept = keep_screening(engine(), actor, unit.id, period.id)
    note_alarms_read(engine(), actor, unit.id, period.id)
    if not kept:
        st.info(say("words.busy"), icon=":material/hourglass_top:")
    with look() as (session, _):
        if not actor.analyst:
            _hints(hints_of(session, actor, unit.id, period.id), kept)
            return
        report = report_of(session, actor, unit.id, period.id)
    if report is not None:
        _show(report)
    elif kept:
        told = "screening.never" if period.closed_at else "screening.too_few"
        st.info(say(told, smallest=SMALLEST_GROUP), icon=":material/hourglass_top:")


def _hints(hints: Sequence[Hint], kept: bool) -> None:
    if not hints:
        if kept:
            st.success(say("screening.no_hint"), icon=":material/check_circle:")
        return
    for hint in hints:
        with st.container(border=True):
            st.markdown(f"**{alarm_names(hint.alarms)}**")
            advice = " ".join(say(f"screening.advice_{alarm}") for alarm in hint.alarms)
            st.markdown(say("screening.hint", number=number(hint.at_least, 0), advice=advice))
    st.caption(say("screening.hint_note"))


def _show(report: Report) -> None:
    told = "screening.final" if report.final else "screening.running"
    st.caption(say(told, day=day(report.made_at), smallest=SMALLEST_GROUP))
    _numbers(report.document)
    st.header(say("screening.alarms"))
    if not report.document["flags"]:
        st.success(say("screening.no_alarm"), icon=":material/check_circle:")
    for group in report.groups:
        with st.container(border=True):
            _group(report, group)
    if report.document["flags"]:
        st.caption(say("screening.points_note"))
        _indices(report.document)
    if report.document["rhythm"]:
        _rhythm(report.document["rhythm"])
    _patterns(report.document)
    _notices(report.document)
    st.caption(say("screening.limits", rules=load_rules().id))


def _numbers(document: ScreeningDocument) -> None:
    for column, name in zip(st.columns(3), ("number", "flagged", "unusual"), strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(say(f"screening.{name}"), _people(document[name]))
            if name == "unusual":
                share = number(100 * load_rules().joint.unusual.value, 0)
                st.caption(say("screening.unusual_note", share=share))


def _people(count: int | None) -> str:
    """A number of responses; one to four are never told."""
    return f"< {SMALLEST_GROUP}" if count is None else number(count, 0)


def alarm_names(alarms: Sequence[Alarm]) -> str:
    """The rules that a group meets, by name."""
    return " · ".join(say(f"screening.alarm_{alarm}") for alarm in alarms)


def _group(report: Report, group: RaisedGroup) -> None:
    """One group on one card, with what each rule says of it."""
    st.markdown(f"**{alarm_names(group.alarms)}**")
    flags = {flag["alarm"]: flag for flag in report.document["flags"]}
    for alarm in group.alarms:
        _why(flags[alarm])
    lift = group.lift(report.document["number"] or len(group.responses))
    if lift > 0:
        st.caption(say("screening.lift", points=number(lift)))
    left = {alarm: report.still(alarm) for alarm in group.alarms}
    counting = [alarm for alarm in group.alarms if left[alarm] != 0]
    if not counting:
        st.caption(say("screening.excluded_all"))
        return
    partly = [alarm for alarm in counting if left[alarm] != flags[alarm]["number"]]
    if partly:
        st.caption(say("screening.excluded_some", number=_people(left[partly[-1]])))
    _ask_exclusion(report, {alarm: _people(left[alarm]) for alarm in counting})


def _why(flag: ScreeningDocument) -> None:
    told = {"number": number(flag["number"], 0), "points": signed(flag["points"]).lstrip("+")}
    st.markdown(say(f"screening.why_{flag['alarm']}", **told))
    if flag["p"] is not None:
        st.caption(say("screening.rare", times=number(_times(flag["p"]), 0)))


def _times(p: float) -> int:
    """1 in how many the chance is at most, as a power of ten up to a million."""
    return int(10 ** min(6, floor(-log10(p)))) if p > 0 else 10**6


def _ask_exclusion(report: Report, people: Mapping[Alarm, str]) -> None:
    """Excludes the responses of one of the group's rules; at first, of the one with the fewest."""
    place = report.unit.id, report.period.id
    key = fresh(f"screening_exclude_{'_'.join(map(str, (*place, *people)))}")
    with st.expander(say("screening.exclude")):
        alarm = next(iter(people))
        if len(people) > 1:
            alarm = st.radio(
                say("screening.which"),
                list(people),
                format_func=lambda one: say(
                    "screening.those_of", rule=say(f"screening.alarm_{one}"), number=people[one]
                ),
                key=f"{key}_which",
            )
        with st.form(key, border=False, enter_to_submit=False):
            st.markdown(say("screening.exclude_means", number=people[alarm]))
            reason = st.text_area(say("screening.reason"), key=f"{key}_reason")
            sent = st.form_submit_button(
                say("screening.confirm", number=people[alarm]), type="primary"
            )
    if sent:
        act(
            say("screening.done"),
            lambda session, actor: exclude_flagged(
                session, actor, *place, FlaggedExclusion(alarm, report.made_at, reason)
            ),
        )


def _indices(document: ScreeningDocument) -> None:
    st.header(say("screening.indices"))
    whole, kept = document["with"], document["without"]
    if whole is None or kept is None or document["difference"] is None:
        st.info(say("screening.indices_hidden"), icon=":material/visibility_off:")
        return
    for column, (name, one) in zip(
        st.columns(2), (("with", whole), ("without", kept)), strict=True
    ):
        with column.container(border=True):
            st.metric(say(f"screening.{name}"), f"{number(one['index'])} · {one['grade'] or '–'}")
    low, high = document["interval"] or (None, None)
    told = {
        "difference": signed(document["difference"]),
        "with_all": number(whole["index"]),
        "without": number(kept["index"]),
    }
    if low is None or high is None:
        st.markdown(say("screening.indices_plain", **told))
        return
    level = number(100 * load_certainty().level, 0)
    ends = {"low": signed(low), "high": signed(high), "level": level}
    row = {
        "name": say("screening.changed"),
        "value": document["difference"],
        "low": low,
        "high": high,
        "text": told["difference"],
        "changed": not low <= 0 <= high,
    }
    frame = pd.DataFrame([row])
    table = pd.DataFrame(
        [(row["name"], row["text"], ends["low"], ends["high"])],
        columns=["", say("screening.difference"), "min", "max"],
    )
    sentence = say("screening.indices_sentence", **told, **ends)
    axis = say("screening.difference")
    charts.show(charts.differences(frame, axis), sentence, table, "screening_indices")
    st.caption(say("screening.indices_note"))


def _rhythm(rhythm: ScreeningDocument) -> None:
    st.header(say("screening.rhythm"))
    if rhythm["cells"]:
        _heatmap(rhythm["cells"])
    else:
        st.info(say("screening.rhythm_empty", smallest=SMALLEST_GROUP), icon=":material/schedule:")
    if rhythm["hours"]:
        _hours(dict(rhythm["hours"]))


def _heatmap(cells: Sequence[tuple[str, int, int]]) -> None:
    """The fullest quarter-hours, on the days that have them."""
    known = {(date.fromisoformat(name), quarter): count for name, quarter, count in cells}
    fullest = sorted({one for one, _ in sorted(known, key=known.__getitem__)[-MOST_CELLS:]})
    times = [quarter for _, quarter in known]
    drawn = range(min(OPENS, *times), max(CLOSES, *times) + 1)
    rows = [
        {
            "day": _short(one),
            "time": _time(quarter),
            "number": known.get((one, quarter)),
            "tip": f"{day(one)} {_time(quarter)}: {_told(known.get((one, quarter)))}",
        }
        for one, quarter in product(fullest, drawn)
    ]
    (busiest, quarter), most = max(known.items(), key=lambda cell: cell[1])
    sentence = say(
        "screening.rhythm_sentence",
        number=number(most, 0),
        day=day(busiest),
        time=_time(quarter),
        smallest=SMALLEST_GROUP,
    )
    listed = [(day(one), _time(at), number(count, 0)) for (one, at), count in known.items()]
    headings = [say(f"screening.{key}") for key in ("day", "time", "people")]
    chart = charts.heatmap(pd.DataFrame(rows), say("screening.time"), say("screening.day"))
    table = pd.DataFrame(listed, columns=headings)
    charts.show(chart, sentence, table, "screening_rhythm")


def _told(count: int | None) -> str:
    return say("dashboard.hidden") if count is None else number(count, 0)


def _hours(numbers: Mapping[int, int]) -> None:
    drawn = range(min(OPENS // 4, *numbers), max(CLOSES // 4, *numbers) + 1)
    rows = [
        {
            "name": _time(4 * hour),
            "value": numbers.get(hour, 0),
            "text": _told(numbers.get(hour)),
        }
        for hour in drawn
    ]
    busiest = max(numbers, key=numbers.__getitem__)
    told = {"time": _time(4 * busiest), "number": number(numbers[busiest], 0)}
    sentence = say("screening.rhythm_times", **told, smallest=SMALLEST_GROUP)
    frame = pd.DataFrame(rows)
    headings = [say("screening.time"), say("screening.people")]
    table = frame[["name", "text"]].set_axis(headings, axis=1)
    charts.show(charts.columns(frame, *headings), sentence, table, "screening_hours")


def _time(quarter: int) -> str:
    """The start of a quarter-hour of the day: 16.45 in Indonesian, 16:45 in English."""
    return f"{quarter // 4:02}{'.' if language() == 'id' else ':'}{quarter % 4 * 15:02}"


def _short(one: date) -> str:
    return f"{one.day:02}/{one.month:02}"


def _patterns(document: ScreeningDocument) -> None:
    st.header(say("screening.patterns"))
    patterns = document["patterns"]
    if not patterns:
        st.info(say("screening.patterns_empty", smallest=SMALLEST_GROUP), icon=":material/grid_on:")
        return
    rows = [
        {
            "name": " ".join(str(answer or "–") for answer in one["answers"]),
            "value": one["number"],
            "text": number(one["number"], 0),
        }
        for one in patterns
    ]
    frame = pd.DataFrame(rows)
    most = patterns[0]["number"]
    share = number(100 * most / document["number"], 0)
    sentence = say("screening.patterns_sentence", number=number(most, 0), share=share)
    table = frame[["name", "text"]].set_axis(
        [say("screening.pattern"), say("screening.people")], axis=1
    )
    chart = charts.bars(frame, (0, most), say("screening.people"))
    charts.show(chart, sentence, table, "screening_patterns")


def _notices(document: ScreeningDocument) -> None:
    st.header(say("screening.notices"))
    st.markdown(say("screening.notices_lead"))
    rows = [
        (
            say(f"screening.share_{name}"),
            "–" if share is None else percent(share),
            say("screening.noted") if name in document["notices"] else "",
        )
        for name in type(load_rules().notices).model_fields
        for share in [document["shares"][name]]
    ]
    headings = [say(f"screening.{key}") for key in ("notice", "value", "marked")]
    show_table(pd.DataFrame(rows, columns=headings))
