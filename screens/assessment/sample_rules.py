"""The rule of a round's sample, shown alike to proposing institutions and choosing analysts."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analysis.rulebook.sampling import Sampling
from analysis.rulebook.scheme import Sourced
from screens.shell import language, number, say


def show_rule(rules: Sampling, year: int, institution: str, chosen: Mapping[str, int]) -> None:
    """How many units of which kind the rule asks of this kind of institution, and are there."""
    units = rules.rule(year).units_of(institution)
    if not units:
        st.caption(say("sampling.no_rule"))
        return
    lines = [
        say(
            "sampling.of_kind",
            kind=rules.kinds[kind][language()],
            chosen=number(chosen.get(kind, 0), 0),
            wanted=number(wanted.value, 0),
        )
        for kind, wanted in units.items()
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))
    values: list[Sourced[Any]] = [rules.rule(year).institutions, *units.values()]
    sources = {rules.sources[one.source] for one in values}
    told = ", ".join(sorted(source.cited(language()) for source in sources))
    standings = sorted({say(f"league.{one.standing}") for one in values})
    if len(standings) > 1:
        standings = [say("sampling.partly", standing=one) for one in standings]
    st.caption(say("sampling.rule_source", sources=told, standings=", ".join(standings)))
    for mark in rules.focus(year).values():
        st.caption(say("sampling.focus", mark=mark.name[language()], year=year))
