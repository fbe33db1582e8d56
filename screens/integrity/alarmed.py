"""All units with something to be checked: ordered, filtered, each with the way to its page."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import ceil

import streamlit as st

from analysis.disclosure import SMALLEST_GROUP
from desk.integrity.alarmed import AlarmedGroup, AlarmedUnit, Decided, alarmed_units
from screens.integrity.screening import alarm_names
from screens.looks import look
from screens.shell import address, day, number, say, signed, signed_in

MOST_ROWS = 50
FEWEST_TO_FILTER = 3
BAR = 150  # pixels, of the strongest
ORDERS: Mapping[str, Callable[[AlarmedUnit], object]] = {
    "strongest": lambda one: (not one.waits, -one.strength),
    "number": lambda one: -max((group.number for group in one.groups), default=0),
    "newest": lambda one: -one.period.ends.toordinal(),
    "unit": lambda one: 0,
}
# Whoever is not told by how much a group lifts its unit sees how large it is.
UNTOLD = "strongest"
COLUMNS = ("unit", "what", "strength", "decided")


def screen() -> None:
    """The units with alarms as one table."""
    st.title(say("shell.page_perlu-diperiksa"))
    actor = signed_in()
    st.markdown(say("alarmed.lead" if actor.analyst else "alarmed.lead_staff"))
    with look() as (session, _):
        found = alarmed_units(session, actor)
    if not found:
        st.success(say("alarmed.none"), icon=":material/check_circle:")
        return
    orders = [key for key in ORDERS if actor.analyst or key != UNTOLD]
    chosen = _filtered(found, orders)
    told = {"found": number(len(chosen), 0), "all": number(len(found), 0)}
    st.caption(say("alarmed.found", **told))
    if not chosen:
        st.info(say("alarmed.nothing_left"), icon=":material/filter_alt_off:")
        return
    pages = ceil(len(chosen) / MOST_ROWS)
    page = st.pagination(pages, key="alarmed_page") if pages > 1 else 1
    most = max(one.strength for one in found)
    headings = {key: say(f"alarmed.{key}") for key in COLUMNS}
    if not actor.analyst:
        headings["strength"] = say("alarmed.size")
    _show(chosen[MOST_ROWS * (page - 1) : MOST_ROWS * page], headings, most)
    st.caption(say("alarmed.lift_note" if actor.analyst else "screening.hint_note"))


def _filtered(found: Sequence[AlarmedUnit], orders: Sequence[str]) -> list[AlarmedUnit]:
    """Those of an institution, of a kind and state, in the order asked for."""
    if len(found) < FEWEST_TO_FILTER:
        return list(found)
    first, second, third, fourth = st.columns((5, 4, 4, 4))
    order = first.selectbox(
        say("overview.order"),
        orders,
        format_func=lambda key: say(f"alarmed.order_{key}"),
        key="alarmed_order",
    )
    names = sorted({one.unit.institution.name for one in found}, key=str.casefold)
    institutions = second.multiselect(
        say("words.institution"), names, placeholder=say("words.all"), key="alarmed_institutions"
    )
    kinds = sorted({alarm for one in found for group in one.groups for alarm in group.alarms})
    wanted = third.multiselect(
        say("alarmed.kind"),
        kinds,
        format_func=lambda alarm: say(f"screening.alarm_{alarm}"),
        placeholder=say("words.all"),
        key="alarmed_kinds",
    )
    state = fourth.selectbox(
        say("alarmed.state"),
        ("all", "waits", "settled"),
        format_func=lambda key: say(f"alarmed.state_{key}"),
        key="alarmed_state",
    )
    chosen = [
        one
        for one in found
        if (not institutions or one.unit.institution.name in institutions)
        and (not wanted or any(set(group.alarms) & set(wanted) for group in one.groups))
        and (state == "all" or one.waits == (state == "waits"))
    ]
    return sorted(chosen, key=lambda one: (ORDERS[order](one), one.unit.name.casefold()))


def _show(lines: Sequence[AlarmedUnit], headings: Mapping[str, str], most: float) -> None:
    """The lines as a table that a screen reader reads; a card each on a telephone."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings.values())
    rows = "".join(_row(line, headings, most) for line in lines)
    st.html(f'<table class="overview"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _row(line: AlarmedUnit, headings: Mapping[str, str], most: float) -> str:
    where = escape(address("saring", unit=line.unit.code, period=line.period.code))
    place = _small(f"{line.unit.institution.name} · {line.period.name}")
    cells = {
        "what": "".join(map(_group, line.groups)) or escape(say("alarmed.settled")),
        "strength": _strength(line, most),
        "decided": "".join(map(_decided, line.decided)) or escape(say("alarmed.undecided")),
    }
    told = "".join(
        f'<td data-heading="{escape(headings[key])}"><div>{cell}</div></td>'
        for key, cell in cells.items()
    )
    name = f'<a href="{where}">{escape(line.unit.name)}</a>{place}'
    return f'<tr><th scope="row">{name}</th>{told}</tr>'


def _group(group: AlarmedGroup) -> str:
    told = "alarmed.group" if group.lift is not None else "alarmed.group_at_least"
    return f"<b>{escape(alarm_names(group.alarms))}</b>" + _small(
        say(told, number=number(group.number, 0))
    )


def _strength(line: AlarmedUnit, most: float) -> str:
    """A bar as long as the part of the strongest, beside the figure that it is of."""
    lifts = [group.lift for group in line.groups if group.lift is not None and group.left != 0]
    said = f"<b>{escape(say('alarmed.lifts', points=signed(max(lifts))))}</b>" if lifts else ""
    if line.strength <= 0:
        return said or "–"
    width = max(2, round(BAR * line.strength / most))
    return f'{said}<span class="strength" style="width:{width}px" aria-hidden="true"></span>'


def _decided(one: Decided) -> str:
    few = say("overview.few", smallest=SMALLEST_GROUP)
    people = few if one.number is None else number(one.number, 0)
    reason = _small(one.reason) if one.reason else ""
    return escape(say("alarmed.excluded", number=people, day=day(one.at))) + reason


def _small(text: str) -> str:
    return f'<small class="told">{escape(text)}</small>'
