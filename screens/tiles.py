"""The provinces as a map of tiles of equal size: each province counts alike, and none is lost."""

import altair as alt
import pandas as pd
import streamlit as st

from analysis.league import NATION
from analysis.provinces import Province, load_provinces
from analysis.scheme import Scheme
from reports.style import INK, TEXT, ZONES
from screens import charts, marks
from screens.plain import plain
from screens.shell import language, number, say

EMPTY = "#e4e7e8"
LETTERS = {ZONES["green"]: "white", ZONES["red"]: "white", INK: "white"}
WIDE = "width > 700"  # below, a tile has room for two letters only
SIZE = 62


def show_map(areas: pd.DataFrame, league: pd.DataFrame, scheme: Scheme, key: str) -> None:
    """The map, how the nation stands, and the provinces as a table.

    ``areas`` and ``league``: as ``analysis.league`` gives them.
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
    rows = [
        _tile(one, next((code for code, tile in tiles.items() if tile == one), None), areas, texts)
        for one in known.provinces
    ]
    best = provinces[provinces["rank"] == 1]["code"].map(names).tolist()
    sentence = say(
        "tiles.sentence",
        best=", ".join(best) or "–",
        placed=number(sum(row["code"] is not None for row in rows), 0),
        all=number(len(rows), 0),
    )
    charts.show(_picture(pd.DataFrame(rows)), sentence, _for_people(table), key)
    if lost := [names[code] for code, tile in tiles.items() if tile is None]:
        st.caption(say("tiles.lost", names=", ".join(map(plain, lost))))
    st.caption(say("tiles.source", source=f"{known.source.title}", year=known.source.year))


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
        "name": "\n".join(_lines(one.name)),
        "text": score or "–",
        "colour": colour,
        "ink": LETTERS.get(colour, TEXT),
        "tip": f"{one.name}: {score or say('tiles.none')}",
    }


def _lines(name: str) -> list[str]:
    """A name in two lines at most."""
    words = name.replace("Kepulauan", "Kep.").replace("Nusa Tenggara", "Nusa Teng.").split()
    if len(words) < 2:
        return words
    cut = 1 if len(words) == 2 else 2
    return [" ".join(words[:cut]), " ".join(words[cut:])]


def _picture(frame: pd.DataFrame) -> charts.Chart:
    columns, rows = int(frame["column"].max()) + 1, int(frame["row"].max()) + 1
    frame = frame.assign(
        right=frame["column"] + 0.94,
        bottom=frame["row"] + 0.92,
        middle=frame["column"] + 0.47,
        centre=frame["row"] + 0.46,
    )
    down = alt.Scale(domain=(rows, 0), nice=False)
    across = alt.Scale(domain=(0, columns), nice=False)
    base = alt.Chart(frame)
    boxes = base.mark_rect(aria=False, cornerRadius=5).encode(
        x=alt.X("column:Q", axis=None, scale=across),
        x2="right:Q",
        y=alt.Y("row:Q", axis=None, scale=down),
        y2="bottom:Q",
        color=alt.Color("colour:N", scale=None),
        tooltip="tip:N",
    )
    texts = [
        base.mark_text(
            aria=False,
            baseline="middle",
            dy=dy,
            fontSize=size,
            opacity=alt.ExprRef(when),
            fontWeight=weight,
            lineBreak="\n",
            lineHeight=12,
        ).encode(
            x=alt.X("middle:Q", axis=None, scale=across),
            y=alt.Y("centre:Q", axis=None, scale=down),
            text=f"{column}:N",
            color=alt.Color("ink:N", scale=None),
        )
        for column, dy, size, weight, when in (
            ("letters", 0, 11, "bold", f"{WIDE} ? 0 : 1"),
            ("name", -16, 10, "normal", f"{WIDE} ? 1 : 0"),
            ("text", 15, 12, "bold", f"{WIDE} ? 1 : 0"),
        )
    ]
    return alt.layer(boxes, *texts).properties(height=rows * SIZE)
