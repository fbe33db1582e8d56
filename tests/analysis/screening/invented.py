"""Invented units of all sorts, always the same ones: honest, stuffed, few responses, none."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

import numpy as np

from analysis.screening.responses import ScreenedResponses
from analysis.screening.simulator import KINDS, a_unit, dishonest, honest

UNITS = 60
WORDS = "Pelayanan di sini cepat sekali dan semua petugas ramah serta sabar kepada warga"
Invented = tuple[ScreenedResponses, ScreenedResponses, list[str]]


def invented_units() -> Iterator[Invented]:
    """The responses of each unit, those of its period before, and its comments."""
    kinds, few = cycle(KINDS), cycle([0, 1, 4, 5, 6, 12])
    for seed in range(UNITS):
        random = np.random.default_rng([2026, seed])
        unit = a_unit(random, int(random.integers(25, 220)))
        if seed % 2:
            responses, _, earlier = dishonest(unit, next(kinds), 0.25, random)
        else:
            responses, earlier = honest(unit, random), honest(unit, random)
        if seed % 6 == 0:
            responses = first(responses, next(few))
        if seed % 10 == 0:
            earlier = first(earlier, 0)
        told = 6 if seed % 5 == 0 else 0
        yield responses, earlier, [WORDS if at < told else "" for at in range(len(responses))]


def first(responses: ScreenedResponses, n: int) -> ScreenedResponses:
    """The first of a unit's responses."""
    return replace(
        responses,
        answers=responses.answers[:n],
        day=responses.day[:n],
        quarter=responses.quarter[:n],
        fast=responses.fast[:n],
        client=responses.client[:n],
        vouched=responses.vouched[:n],
    )
