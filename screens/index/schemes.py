"""The schemes, open to everyone: a tree with its weights, and the source of every value."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st

from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.scheme import (
    Band,
    CertificateRule,
    MinimumSample,
    Normalisation,
    OpinionWords,
    Scheme,
    Sourced,
    Suffix,
    Withholding,
    load_scheme,
    scheme_ids,
)
from analysis.standing import MARKS, Standing
from desk.index.perception import is_scored_here
from locales import show_range
from reports.cells import csv_of
from reports.style import INK, TEXT
from screens import charts, marks
from screens.handing import CSV, NamedFile, hand_out_to_all
from screens.index import tree
from screens.offers import ready
from screens.plain import show_table
from screens.shell import day, language, number, percent, say

COLOURS: dict[Standing, tuple[str, str]] = {
    "stated": (INK, "white"),
    "inferred": ("#a9d3d6", TEXT),
    "assumed": ("#f3d9ac", TEXT),
}
OF_MEANS, OF_INDICATORS = ("mean", "total"), ("normalise", "direction")
OF_ALL = ("weight",)
OF_ROOT = (
    *("decimals", "mean", "total", "direction", "suffix", "opinion", "withholding"),
    *("certificate", "minimum_sample", "headline", "comparable_with"),
)


def screen() -> None:
    """Asks which scheme; shows it as a tree, its bands, and every value with its source."""
    st.title(say("shell.page_skema"))
    st.markdown(say("schemes.lead"))
    first = load_defaults().scheme_shown
    scheme = choose(scheme_ids(), say("scores.scheme"), "schemes_scheme", first)
    _introduce(scheme)
    _draw(scheme)
    _bands(scheme)
    _values(scheme)


def choose(ids: list[str], label: str, key: str, first: str) -> Scheme:
    """One of these schemes; ?skema=ID in the address chooses it too."""
    schemes = {name: load_scheme(name) for name in ids}
    asked = st.query_params.get("skema")
    start = asked if asked in schemes else first
    chosen = st.selectbox(
        label,
        ids,
        index=ids.index(start) if start in schemes else 0,
        format_func=lambda name: schemes[name].title[language()],
        key=key,
    )
    return schemes[chosen]


def ask_scheme(key: str) -> Scheme:
    """One of the schemes that blend judgements with surveys."""
    composite = [name for name in scheme_ids() if is_scored_here(load_scheme(name))]
    return choose(composite, say("scores.scheme"), key, load_defaults().scheme_of_scores)


def ask_stand_in(scheme: Scheme, key: str) -> bool:
    """Whether a unit's own survey stands in for the Ombudsman's interviews, if it asks for any.

    ?sendiri=1 in the address ticks it.
    """
    evidence = {node.evidence for node in scheme.indicators()}
    ticked = st.query_params.get("sendiri") == "1"
    return "perceived_maladministration" in evidence and st.checkbox(
        say("scores.stand_in"), ticked, key=key, help=say("scores.stand_in_help")
    )


def _introduce(scheme: Scheme) -> None:
    ends = scheme.valid.end
    until = day(ends) if ends else say("schemes.still")
    st.markdown(
        say(
            "schemes.facts",
            owner=say(f"schemes.owner_{scheme.owner}"),
            start=day(scheme.valid.start),
            end=until,
        )
    )
    if scheme.note:
        st.caption(scheme.note[language()])
    marks.show_meaning(scheme)


def _draw(scheme: Scheme) -> None:
    st.header(say("schemes.tree"))
    heaviest = max(tree.places(scheme), key=lambda one: (one.depth == 0, one.share))
    sentence = say(
        "schemes.sentence",
        parts=number(len(scheme.children), 0),
        items=number(len(scheme.indicators()), 0),
        heaviest=heaviest.node.name[language()],
        share=number(100 * heaviest.share),
    )
    with st.container(horizontal=True):
        for standing in COLOURS:
            if standing in {node.weight.standing for node in scheme.nodes()}:
                _swatch(standing)
    chart = tree.picture(scheme, _look, lambda node: node.name[language()])
    charts.show(chart, sentence, _outline(scheme), "schemes_tree")


def _swatch(standing: Standing) -> None:
    """A box in the colour of a standing, with its word."""
    colour, _ = COLOURS[standing]
    box = (
        f'<span style="display:inline-block;width:.9em;height:.9em;border-radius:2px;'
        f'background:{colour};vertical-align:-.1em"></span>'
    )
    words = say("schemes.weight_is", standing=marks.standing(standing))
    st.html(f"<small>{box} {words}</small>", width="content")


def _look(one: tree.NodePlace) -> tree.Look:
    standing = one.node.weight.standing
    colour, letters = COLOURS[standing]
    text = f"{percent(one.share, 2)} {MARKS[standing]}".strip()
    return tree.Look(text, colour, letters)


def _outline(scheme: Scheme) -> pd.DataFrame:
    """The tree as an indented list: weight, share of the whole, standing and source."""
    rows = [
        (
            "\u2003" * one.depth + one.node.name[language()],
            _weight(one.node.weight.value),
            percent(one.share, 2),
            marks.standing(one.node.weight.standing),
            _source(scheme, one.node.weight),
        )
        for one in tree.places(scheme)
    ]
    headings = ("part", "weight", "share", "standing", "source")
    return pd.DataFrame(rows, columns=[say(f"schemes.{key}") for key in headings])


def _bands(scheme: Scheme) -> None:
    if not scheme.bands:
        return
    st.header(say("schemes.bands"))
    rows = [
        (
            edges(band, scheme),
            band.grade or "–",
            say(f"league.{band.zone}") if band.zone else "–",
            band.label[language()],
            band.of_unit[language()] if band.of_unit else "–",
        )
        for band in sorted(scheme.bands.value, key=lambda band: band.start, reverse=True)
    ]
    headings = [say(f"schemes.{key}") for key in ("edges", "grade", "zone", "label", "of_unit")]
    table = pd.DataFrame(rows, columns=headings)
    if all(band.of_unit is None for band in scheme.bands.value):
        table = table.drop(columns=headings[-1])
    show_table(table)
    told = marks.standing(scheme.bands.standing), _source(scheme, scheme.bands)
    st.caption(say("schemes.bands_are", standing=told[0], source=told[1]))


def edges(band: Band, scheme: Scheme) -> str:
    """From where to where a band reaches, as the scheme writes its scores."""
    places = 0 if scheme.unrounded else scheme.decimals.value
    start, end = (number(edge, places) for edge in (band.start, band.end))
    start = f"> {start}" if band.above is not None else start
    return show_range(start, f"< {end}" if band.below is not None else end)


def _values(scheme: Scheme) -> None:
    st.header(say("schemes.values"))
    rows = list(_every_value(scheme))
    headings = ("part", "what", "value", "standing", "source")
    shown = [
        (
            name,
            say(f"schemes.of_{what}"),
            _told(what, one.value),
            marks.standing(one.standing),
            _source(scheme, one),
        )
        for name, _, what, one in rows
    ]
    table = pd.DataFrame(shown, columns=[say(f"schemes.{key}") for key in headings])
    counts = dict.fromkeys(COLOURS, 0)
    for _, _, _, one in rows:
        counts[one.standing] += 1
    told = {standing: number(found, 0) for standing, found in counts.items()}
    st.markdown(say("schemes.counted", values=number(len(rows), 0), **told))
    with st.expander(say("schemes.all_values")):
        show_table(table)
    with st.container(horizontal=True):
        files = {
            "csv": (CSV, csv_of(_for_machines(scheme, rows))),
            "yaml": ("application/yaml", scheme.yaml.encode()),
        }
        for ending, (kind, content) in files.items():
            file, key = NamedFile(f"{scheme.id}.{ending}", kind), f"schemes_{ending}"
            hand_out_to_all(say(f"schemes.as_{ending}"), file, ready(content), key)
    st.caption(say("schemes.hash", hash=scheme.hash))


def _every_value(scheme: Scheme) -> Iterator[tuple[str, str, str, Sourced[Any]]]:
    """Name, key and kind of every value that the scheme uses; bands have a table of their own."""
    whole = say("schemes.whole")
    for what in OF_ROOT:
        if (value := getattr(scheme, what)) is not None:
            yield whole, "score", what, value
    if scheme.bands:
        yield whole, "score", "bands", scheme.bands
    for node in scheme.nodes():
        for what in (*OF_ALL, *(OF_MEANS if node.children else OF_INDICATORS)):
            if (value := getattr(node, what)) is not None:
                yield node.name[language()], node.key, what, value


def _told(what: str, value: Any) -> str:
    """A value in words."""
    if what in ("mean", "direction", "headline"):
        return say(f"schemes.is_{value}")
    if isinstance(value, Normalisation):
        return _normalised(value)
    if isinstance(value, Fraction | int):
        return _weight(Fraction(value))
    return _rule(value)


def _rule(value: Any) -> str:
    if isinstance(value, Suffix):
        return f"{value.label[language()]} ({value.means[language()]})"
    if isinstance(value, CertificateRule):
        return say(
            "schemes.certificate_from", name=value.name[language()], start=number(value.start)
        )
    if isinstance(value, OpinionWords):
        return f"{value.open[language()]} · {value.none[language()]}"
    if isinstance(value, Withholding):
        end = value.years.end
        end_year = str(end.year) if end else say("schemes.still")
        return say("schemes.withheld_in", start=value.years.start.year, end=end_year)
    if isinstance(value, MinimumSample):
        return "Krejcie & Morgan"
    return ", ".join(value) if isinstance(value[0], str) else say("schemes.see_bands")


def _normalised(rule: Normalisation) -> str:
    if rule.kind == "min_max":
        return say("schemes.is_min_max")
    start, end = (show_range(_weight(one[0]), _weight(one[1])) for one in (rule.between, rule.onto))
    return say("schemes.mapped", start=start, end=end)


def _weight(value: Fraction) -> str:
    return number(value, 0 if value.denominator == 1 else 2)


def _source(scheme: Scheme, value: Sourced[Any]) -> str:
    return scheme.sources[value.source].cited(language())


def _for_machines(scheme: Scheme, rows: list[tuple[str, str, str, Sourced[Any]]]) -> pd.DataFrame:
    """The same for files: keys instead of names, numbers with points."""
    return pd.DataFrame(
        [
            {
                "scheme": scheme.id,
                "sha256": scheme.hash,
                "node": key,
                "name": name,
                "what": what,
                "value": float(one.value)
                if isinstance(one.value, Fraction)
                else _told(what, one.value),
                "standing": one.standing,
                "source": scheme.sources[one.source].title.en,
                "year": scheme.sources[one.source].year,
            }
            for name, key, what, one in rows
        ]
    )
