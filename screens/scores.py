"""A year's scores on the analyst's desk: zones, ranks, the derivation of each, publishing."""

from fractions import Fraction

import pandas as pd
import streamlit as st

from analysis.composite import Step, derivation
from analysis.institutions import InstitutionScore, UnitScore
from analysis.scheme import Band, Scheme, load_scheme, scheme_ids
from desk.perception import IMPORT, Round, assessed_years, is_scored_here, score_year
from models import reading
from screens import league, publishing
from screens.acts import tell_done
from screens.plain import show_table
from screens.shell import engine, language, number, say, signed_in
from survey.counts import OPEN_LINK


def screen() -> None:
    """Asks for scheme and year; shows scores and how they came about; publishes them."""
    st.title(say("shell.page_indeks"))
    tell_done()
    actor = signed_in()
    left, right = st.columns([3, 1])
    with left:
        scheme = ask_scheme("scores_scheme")
    with reading(engine()) as session:
        years = assessed_years(session, actor)
        if not years:
            st.info(say("scores.nothing"), icon=":material/info:")
            return
        year = right.selectbox(say("words.year"), years, key="scores_year")
        stand_in = ask_stand_in(scheme, "scores_stand_in")
        without = st.multiselect(
            say("scores.without"),
            (OPEN_LINK, IMPORT),
            format_func=lambda source: say(f"scores.without_{source}"),
            placeholder=say("scores.without_nothing"),
            key="scores_without",
        )
        scored = score_year(session, actor, scheme, year, stand_in, without)
        league.introduce(scheme, scored.not_independent, without)
        _show(scored)
        publishing.ask_preparation(session, scored, stand_in)
        publishing.show_waiting(session, actor)


def ask_scheme(key: str) -> Scheme:
    """One of the schemes that blend judgements with surveys."""
    schemes = {name: load_scheme(name) for name in scheme_ids()}
    composite = [name for name, scheme in schemes.items() if is_scored_here(scheme)]
    chosen = st.selectbox(
        say("scores.scheme"),
        composite,
        index=composite.index("perception-2022"),
        format_func=lambda name: schemes[name].title[language()],
        key=key,
    )
    return schemes[chosen]


def ask_stand_in(scheme: Scheme, key: str) -> bool:
    """Whether a unit's own survey stands in for the Ombudsman's interviews, if it asks for any."""
    evidence = {node.evidence for node in scheme.indicators()}
    return "perceived_maladministration" in evidence and st.checkbox(
        say("scores.stand_in"), key=key, help=say("scores.stand_in_help")
    )


def _show(scored: Round) -> None:
    scheme = scored.result.scheme
    institutions, units, explained = st.tabs(
        [say("scores.institutions"), say("scores.units"), say("scores.derivation")]
    )
    names = {unit.institution.code: unit.institution.name for unit in scored.units}
    with institutions:
        rows = [_institution(one, names, scheme) for one in scored.result.institutions]
        league.show_zones(rows)
        league.show_league(rows, scheme, "scores_institutions")
    with units:
        rows = [
            _unit(one, unit.name, scheme)
            for one, unit in zip(scored.result.units, scored.units, strict=True)
        ]
        league.show_league(rows, scheme, "scores_units")
    with explained:
        _explain(scored)


def _score(score: Fraction | None, band: Band | None, scheme: Scheme) -> dict[str, object]:
    return {
        "score": None if score is None else number(scheme.round(score)),
        "score_value": None if score is None else float(score),
        "grade": band and band.grade,
        "zone": band and band.zone,
        "label": band and band.label[language()],
    }


def _institution(one: InstitutionScore, names: dict[str, str], scheme: Scheme) -> dict[str, object]:
    provisional = say("league.provisional", scored=one.scored, units=one.units)
    return {
        "name": names[one.institution],
        **_score(one.score, one.band, scheme),
        "rank": one.rank,
        "rank_in_province": one.rank_in_province,
        "remark": provisional if one.provisional else None,
    }


def _unit(one: UnitScore, name: str, scheme: Scheme) -> dict[str, object]:
    lacking = [node.name[language()] for node in scheme.nodes() if node.key in one.missing]
    return {
        "name": name,
        **_score(one.score, one.band, scheme),
        "rank": one.rank,
        "remark": say("league.missing", missing=", ".join(lacking)) if lacking else None,
    }


def _explain(scored: Round) -> None:
    position = st.selectbox(
        say("words.unit"),
        range(len(scored.units)),
        format_func=lambda at: f"{scored.units[at].name} · {scored.units[at].institution.name}",
        key="scores_explained",
    )
    unit, scheme = scored.result.units[position], scored.result.scheme
    steps = derivation(scored.result.scores, position)
    top = [step for step in steps if step.depth == 0 and step.contribution is not None]
    if unit.score is not None:
        terms = " + ".join(_term(step) for step in top)
        total = number(scheme.round(unit.score))
        st.markdown(say("scores.formula", terms=terms, score=total))
    show_table(_table(scored, position, steps))
    st.caption(say("scores.upwards"))
    survey = scored.surveyed[position]
    st.caption(
        say(
            "scores.survey",
            respondents=number(survey.respondents, 0),
            counted=number(sum(one.counted for one in survey.responses.values()), 0),
            received=number(sum(one.received for one in survey.responses.values()), 0),
        )
    )
    st.caption(say("scores.rule", scheme=scheme.id, hash=scheme.hash[:16]))


def _term(step: Step) -> str:
    return f"{number(step.share, 4)} × {number(step.value)}"


def _table(scored: Round, position: int, steps: list[Step]) -> pd.DataFrame:
    rows = []
    for step in steps:
        raw = scored.columns[step.node.key][position] if not step.node.children else None
        rows.append(
            (
                "\u2003" * step.depth + step.node.name[language()],
                "–" if raw is None else number(raw),
                "–" if step.value is None else number(step.value),
                f"{number(100 * step.share)}\u00a0%",
                "–" if step.contribution is None else number(step.contribution),
                say(f"league.{step.node.weight.standing}"),
            )
        )
    headings = ("node", "raw", "value", "share", "contribution", "standing")
    return pd.DataFrame(rows, columns=[say(f"scores.{key}") for key in headings])
