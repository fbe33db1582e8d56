"""Responses of one client in one day: by its daily hash, which a kiosk and paper do not have."""

import numpy as np

from analysis.arrays import Integers
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses, numbered


def sizes(responses: ScreenedResponses) -> Integers:
    """(n,) how many of the unit came from the response's client on its day; 1 where unknown."""
    result = np.ones(len(responses), np.int64)
    known = (responses.client != UNKNOWN) & (responses.day != UNKNOWN)
    keys = responses.unit, responses.day, responses.client
    number, count = numbered(*(key[known] for key in keys))
    result[known] = count[number]
    return result


def clusters(responses: ScreenedResponses, least: int) -> Bools:
    """(n,) whether at least ``least`` came from the response's client on its day.

    An office's own network looks like one device: what the cluster says must decide.
    """
    many: Bools = sizes(responses) >= least
    return many
