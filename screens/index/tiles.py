"""The provinces as a map of tiles of equal size: each province counts alike, and none is lost."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.index.league import NATION
from analysis.rulebook.provinces import Province, load_provinces
from analysis.rulebook.scheme import Scheme
from reports.style import INK, TEXT, ZONES
from screens import charts, marks
from screens.plain import plain
from screens.shell import language, number, say

EMPTY = "#e4e7e8"
LETTERS = {ZONES["green"]: "white", ZONES["red"]: "white", INK: "white"}
WIDE = "width > 700"  # below, a tile has room for two letters only
SIZE = 64
WIDTH, BODY, STRIP = 0.94, 0.76, (0.8, 0.88)  # parts of a tile


def show_map(areas: pd.DataFrame, league: pd.DataFrame, scheme: Scheme, key: str) -> None:
    """The map, how the nation stands, and the provinces as a table.

    ``areas`` and ``league``: as ``analysis.index.league`` gives them.
    """
    governments = league[league["kind"] == "province"].set_index("code")["name"]
    provinces, nation = areas[areas["code"] != NATION], areas[areas["code"] == NATION]
    names = {code: str(governments.get(code, code)) for code in provinces["code"]}
    known = load_provinces()
    tiles = {code: known.find(code, name) for code, name in names.items()}
    table = _table(areas, scheme, names)
    texts = dict(zip(areas["code"], table["text"], strict=True))
    (whole,) = nation.to_dict("records")
    st.markdown(
        say(
            "tiles.nation",
            score=texts[NATION] or "–",
            scored=number(whole["scored"], 0),
            all=number(whole["institutions"], 0),
        )
    )
    st.caption(say("tiles.mean"))
    codes = {tile.code: code for code, tile in tiles.items() if tile}
    rows = [_tile(one, codes.get(one.code), areas, texts) for one in known.provinces]
    strips = _strips(league, {row["code"]: row for row in rows if row["code"]})
    best = provinces[provinces["rank"] == 1]["code"].map(names).tolist()
    sentence = say(
        "tiles.sentence",
        best=", ".join(best) or "–",
        placed=number(sum(row["code"] is not None for row in rows), 0),
        all=number(len(rows), 0),
    )
    charts.show(_picture(pd.DataFrame(rows), strips), sentence, _for_people(table), key)
    if lost := [names[code] for code, tile in tiles.items() if tile is None]:
        st.caption(say("tiles.lost", names=", ".join(map(plain, lost))))
    st.caption(say("tiles.source", source=known.source.title[language()], year=known.source.year))


def _table(areas: pd.DataFrame, scheme: Scheme, names: dict[str, str]) -> pd.DataFrame:
    """A line an area, best first and the nation last, with the texts that are shown."""
    zones = {zone: say(f"league.{zone}") for zone in ZONES}
    text = marks.marked_scores(scheme, areas["shown"].astype(object))
    label = areas["label"].map(lambda one: one[language()], na_action="ignore")
    return areas.assign(
        name=areas["code"].map(names | {NATION: say("tiles.whole_nation")}),
        text=text.where(text.notna(), None),
        told=areas["zone"].map(zones, na_action="ignore").fillna(label),
        counted=areas["scored"].astype(str) + " / " + areas["institutions"].astype(str),
    )


def _for_people(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values("rank", na_position="last")
    columns = ["rank", "name", "text", "told", "counted"]
    shown = ordered[columns].astype(object).where(ordered[columns].notna(), "–").astype(str)
    headings = ("rank", "province", "score", "zone", "institutions")
    return shown.set_axis([say(f"tiles.{key}") for key in headings], axis=1)


def _tile(
    one: Province, code: str | None, areas: pd.DataFrame, texts: dict[str, str | None]
) -> dict[str, object]:
    found = areas[areas["code"] == code].to_dict("records") if code else []
    zone = found[0]["zone"] if found else None
    score = texts[str(code)] if found else None
    colour = EMPTY if score is None else ZONES.get(str(zone), INK)
    return {
        "code": code,
        "column": one.column,
        "row": one.row,
        "letters": one.letters,
        "short": one.short,
        "text": score or "–",
        "colour": colour,
        "ink": LETTERS.get(colour, TEXT),
        "tip": f"{one.name}: {score or say('tiles.none')}",
    }


def _strips(league: pd.DataFrame, tiles: Mapping[object, Mapping[str, Any]]) -> pd.DataFrame:
    """Under each tile how many of its institutions are in which zone, side by side."""
    rows = []
    scored = league[league["zone"].notna() & league["province"].isin(list(tiles))]
    for code, part in scored.groupby("province"):
        tile, left = tiles[code], 0.0
        for zone, colour in ZONES.items():
            share = float((part["zone"] == zone).mean()) * WIDTH
            top = tile["row"] + STRIP[0]
            start = tile["column"] + left
            rows.append((start, start + share, top, tile["row"] + STRIP[1], colour))
            left += share
    return pd.DataFrame(rows, columns=["column", "right", "row", "bottom", "colour"])


def _picture(frame: pd.DataFrame, strips: pd.DataFrame) -> charts.Chart:
    columns, rows = int(frame["column"].max()) + 1, int(frame["row"].max()) + 1
    frame = frame.assign(
        right=frame["column"] + WIDTH,
        bottom=frame["row"] + BODY,
        middle=frame["column"] + WIDTH / 2,
        centre=frame["row"] + BODY / 2,
    )
    x = alt.X("column:Q", axis=None, scale=alt.Scale(domain=(0, columns), nice=False))
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=(rows, 0), nice=False))
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(frame)
    boxes = base.mark_rect(aria=False, cornerRadius=5)
    boxes = boxes.encode(
        x=x,
        x2=alt.X2("right:Q"),
        y=y,
        y2=alt.Y2("bottom:Q"),
        color=colour,
        tooltip=alt.Tooltip("tip:N"),
    )
    under = alt.Chart(strips).mark_rect(aria=False)
    under = under.encode(x=x, x2=alt.X2("right:Q"), y=y, y2=alt.Y2("bottom:Q"), color=colour)
    texts = [
        base.mark_text(
            aria=False,
            baseline="middle",
            dy=dy,
            fontSize=size,
            opacity=alt.ExprRef(when),
            fontWeight="bold" if bold else "normal",
        ).encode(
            x=alt.X("middle:Q"),
            y=alt.Y("centre:Q"),
            text=f"{column}:N",
            color=alt.Color("ink:N", scale=None),
        )
        for column, dy, size, bold, when in (
            ("letters", 0, 11, True, f"{WIDE} ? 0 : 1"),
            ("short", -9, 11, False, f"{WIDE} ? 1 : 0"),
            ("text", 9, 12, True, f"{WIDE} ? 1 : 0"),
        )
    ]
    return alt.layer(boxes, under, *texts).properties(height=rows * SIZE)
