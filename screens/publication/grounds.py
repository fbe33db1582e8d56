"""What stands below the tree of a score: assessors' judgements, and what citizens answered."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pandas as pd
import streamlit as st

from analysis.publication.evidence import Interviews
from analysis.publication.explained import AnsweredItem, instrument_of, items
from analysis.publication.published_scores import PublishedScores, PublishedUnit
from analysis.rulebook.fieldwork import is_judged
from analysis.rulebook.scheme import Node, Scheme
from analysis.standing import MARKS
from desk.publication.explaining import JudgedItem
from screens.plain import show_table
from screens.publication.formulas import mean_answer, normalised, short, show_formula
from screens.shell import language, number, say

Judgements = Mapping[str, Sequence[JudgedItem]]


def show(
    document: PublishedScores,
    unit: PublishedUnit,
    nodes: Sequence[Node],
    judged: Judgements | None,
) -> None:
    """The judgements of these indicators item by item, or what citizens answered."""
    asked = [node for node in nodes if is_judged(node)]
    if asked:
        _judgements(unit, asked, judged)
    if others := [node for node in nodes if node.evidence == "secondary_data"]:
        _secondary(unit, others)
    for node in nodes:
        if node.evidence == "satisfaction_index":
            _satisfaction(document, unit, node)
        elif held := (unit.interviews or {}).get(node.evidence or ""):
            _interviewed(unit, node, held)
        elif node.evidence == "perceived_maladministration":
            _experienced(unit, node)
        elif node.evidence in ("public_trust", "perceived_standards"):
            st.info(say("explain.no_evidence"), icon=":material/info:")


def _judgements(unit: PublishedUnit, nodes: Sequence[Node], judged: Judgements | None) -> None:
    st.markdown(f"**{say('explain.judgements')}**")
    rows = [
        (
            node.name[language()],
            f"{short(node.weight.value)} {MARKS[node.weight.standing]}".strip(),
            _judged(unit, node, (judged or {}).get(node.key, [])),
        )
        for node in nodes
    ]
    headings = [say(f"explain.{key}") for key in ("item", "weight", "on_scale")]
    show_table(pd.DataFrame(rows, columns=headings))
    if judged is None:
        st.caption(say("explain.judgements_unpublished"))
    elif judged:
        _by_assessor(nodes, judged)


def _judged(unit: PublishedUnit, node: Node, looked: Sequence[JudgedItem]) -> str:
    """The mean of an item's judgements and how it comes onto the scale, filled in."""
    raw, value = unit.inputs.get(node.key), unit.nodes.get(node.key)
    if raw is None or value is None:
        return "–"
    term = _term(looked)
    mean = f"{term} = {number(raw)}; " if "/" in term else ""
    return mean + normalised(node, raw, value)


def _term(looked: Sequence[JudgedItem]) -> str:
    """The mean over the indicator's items, of each over its subjects, of each over assessors."""
    items = {one.item: None for one in looked}
    return _mean([_mean([_rungs(one) for one in looked if one.item == item]) for item in items])


def _rungs(one: JudgedItem) -> str:
    if one.settled is not None:
        return str(one.settled)
    return _mean([str(judged.rung) for judged in one.judged])


def _mean(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' + '.join(terms)}) / {len(terms)}"


def _by_assessor(nodes: Sequence[Node], judged: Judgements) -> None:
    """A line an item and subject, a column an assessor."""
    lines = [(node, one) for node in nodes for one in judged.get(node.key, [])]
    people = {one.assessor_id: one.assessor for _, line in lines for one in line.judged}
    numbered = {
        key: name or say("explain.assessor", number=at)
        for at, (key, name) in enumerate(sorted(people.items()), 1)
    }
    frame = pd.DataFrame(
        [
            (
                node.name[language()],
                one.subject or "–",
                *(_rung_of(one, who) for who in numbered),
                "–" if one.settled is None else str(one.settled),
            )
            for node, one in lines
        ],
        columns=[
            say("explain.item"),
            say("explain.subject"),
            *numbered.values(),
            say("explain.settled"),
        ],
    )
    st.caption(say("explain.by_assessor"))
    show_table(frame.loc[:, (frame != "–").any()])


def _rung_of(one: JudgedItem, assessor: int) -> str:
    return next((str(each.rung) for each in one.judged if each.assessor_id == assessor), "–")


def _secondary(unit: PublishedUnit, nodes: Sequence[Node]) -> None:
    """Other bodies' figures, how they come onto the scale, and where they were read."""
    st.markdown(f"**{say('explain.secondary')}**")
    stated = unit.secondary or {}
    rows = []
    for node in nodes:
        raw, value, held = unit.inputs.get(node.key), unit.nodes[node.key], stated.get(node.key)
        if raw is None or value is None or held is None:
            rows.append((node.name[language()], "–", "–", say("explain.no_secondary")))
            continue
        of = say(f"explain.secondary_of_{held.of}")
        source = f"{held.source} ({held.year})"
        rows.append((node.name[language()], normalised(node, raw, value), of, source))
    keys = ("item", "on_scale", "secondary_of", "secondary_source")
    show_table(pd.DataFrame(rows, columns=[say(f"explain.{key}") for key in keys]))


def _satisfaction(document: PublishedScores, unit: PublishedUnit, node: Node) -> None:
    raw = unit.inputs.get(node.key)
    st.markdown(f"**{say('explain.answers')}**")
    counted = items(document, unit)
    asked = instrument_of(document, unit)
    if not counted or asked is None:
        st.info(say("explain.withheld"), icon=":material/visibility_off:")
    else:
        _counts(counted)
        if raw is not None:
            _show_index(counted, asked[1], raw)
    value = unit.nodes[node.key]
    if raw is not None and value is not None:
        show_formula(normalised(node, raw, value))
    if unit.survey:
        st.caption(say("explain.respondents", n=number(unit.survey.respondents, 0)))


def _counts(counted: Sequence[AnsweredItem]) -> None:
    values = list(counted[0].counts)
    rows = [
        (
            one.element.name[language()],
            *(number(one.counts[value], 0) for value in values),
            mean_answer(one),
        )
        for one in counted
    ]
    headings = [say("dashboard.element"), *map(str, values), say("explain.mean_answer")]
    show_table(pd.DataFrame(rows, columns=headings))


def _show_index(counted: Sequence[AnsweredItem], index: Scheme, raw: Fraction) -> None:
    """The index from its element means; several items of one element are averaged before."""
    means = [
        [one.mean for one in counted if one.element.key == node.key and one.mean is not None]
        for node in index.children
    ]
    shown = [number(sum(known) / len(known)) if known else "–" for known in means]
    rule = index.children[0].normalise.value
    slope = (rule.onto[1] - rule.onto[0]) / (rule.between[1] - rule.between[0])
    show_formula(
        f"{short(slope)} × ({' + '.join(shown)}) / {len(shown)} = **{number(raw)}** ({index.short})"
    )


def _experienced(unit: PublishedUnit, node: Node) -> None:
    st.markdown(f"**{say('explain.experienced')}**")
    told = unit.survey and unit.survey.experienced
    raw = unit.inputs.get(node.key)
    if raw is None:
        st.info(say("explain.no_evidence"), icon=":material/info:")
    elif told:
        none, answered = number(told.none, 0), number(told.answered, 0)
        show_formula(f"100 × {none} / {answered} = **{number(raw)}**")
        st.caption(say("explain.experienced_means", none=none, answered=answered))
    else:
        st.info(say("explain.withheld"), icon=":material/visibility_off:")


def _interviewed(unit: PublishedUnit, node: Node, held: Interviews) -> None:
    """What users told the Ombudsman: their points of the most possible."""
    st.markdown(f"**{say(f'explain.{node.evidence}')}**")
    raw, points, most = unit.inputs[node.key], number(held.points, 0), number(held.most, 0)
    show_formula(f"100 × {points} / {most} = **{number(raw)}**")
    n = number(held.respondents, 0)
    st.caption(say("explain.interviewed", n=n, points=points, most=most))
