"""Inferred and assumed values, marked beside every number that uses them: † and ‡."""

import pandas as pd
import streamlit as st

from analysis.rulebook.scheme import Scheme
from analysis.standing import MARKS, Standing
from screens.shell import language, say

SPACE = "\u00a0"


def marked(scheme: Scheme, text: str) -> str:
    """A score, a grade or a zone under the scheme, with the scheme's marks."""
    return f"{text}{SPACE}{scheme.marks}" if scheme.marks else text


def marked_scores(scheme: Scheme, shown: pd.Series) -> pd.Series:
    """Scores as they are published ("85.81") in the visitor's writing, each marked; None stays."""
    text = shown.str.replace(".", ",") if language() == "id" else shown
    return text + f"{SPACE}{scheme.marks}" if scheme.marks else text


def standing(one: Standing) -> str:
    """The word for a standing, with its mark."""
    return f"{say(f'league.{one}')} {MARKS[one]}".strip()


def show_meaning(*schemes: Scheme) -> None:
    """What the marks beside the scores of these schemes mean."""
    present = {standing for scheme in schemes for standing in scheme.standings}
    doubtful = [one for one, mark in MARKS.items() if mark and one in present]
    if doubtful:
        st.caption(" ".join(say(f"marks.{one}", mark=MARKS[one]) for one in doubtful))
