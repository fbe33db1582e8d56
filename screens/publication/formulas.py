"""The arithmetic of a score as people read it: numbers as published, in the visitor's writing."""

from fractions import Fraction

import streamlit as st

from analysis.publication.explained import AnsweredItem, ExplainedNode
from analysis.rulebook.scheme import Node
from screens.shell import number


def show_formula(text: str) -> None:
    """A formula on a line of its own; a caret in it is none of Markdown's."""
    st.markdown(f":material/calculate: {text.replace('^', chr(92) + '^')}")


def short(value: Fraction) -> str:
    """A number with two decimals, or with none where it is whole."""
    return number(value, 0 if value.denominator == 1 else 2)


def mean_of(step: ExplainedNode) -> str:
    """The mean of a step's parts, without its result."""
    values = [number(part.value) for part in step.parts]
    weights = [short(part.weight) for part in step.parts]
    total = short(sum((part.weight for part in step.parts), Fraction(0)))
    if len(values) == 1:
        return values[0]
    if step.mean == "arithmetic" and step.equal:
        return f"({' + '.join(values)}) / {len(values)}"
    if step.mean == "arithmetic":
        pairs = zip(weights, values, strict=True)
        return f"({' + '.join(f'{weight} × {value}' for weight, value in pairs)}) / {total}"
    pairs = zip(values, weights, strict=True)
    if step.mean == "geometric":
        product = " × ".join(f"{value}^{weight}" for value, weight in pairs)
        return f"({product})^(1/{total})"
    inverse = " + ".join(f"{weight}/{value}" for value, weight in pairs)
    return f"{total} / ({inverse})"


def normalised(node: Node, raw: Fraction, value: Fraction) -> str:
    """How a raw value comes onto the scheme's scale."""
    rule = node.normalise.value
    (low, high), (start, end) = rule.between, rule.onto
    if node.inverted:
        start, end = end, start
    shown, x = number(value), number(raw)
    if (low, high) == (start, end):
        return shown
    slope = _ratio(end - start, high - low)
    if low == start == 0:
        return f"{x} × {slope} = {shown}"
    begin = f"{short(start)} + " if start else ""
    return f"{begin}({x} − {short(low)}) × {slope} = {shown}"


def _ratio(above: Fraction, below: Fraction) -> str:
    """As a number where two decimals say all of it."""
    whole = (100 * above / below).denominator == 1
    return short(above / below) if whole else f"{short(above)} / {short(below)}"


def mean_answer(one: AnsweredItem) -> str:
    """The mean of an item's answers from their counts."""
    terms = " + ".join(f"{value}×{number(times, 0)}" for value, times in one.counts.items())
    mean = "–" if one.mean is None else number(one.mean)
    return f"({terms}) / {number(sum(one.counts.values()), 0)} = {mean}"
