"""What a publication's ranks become where a reader weighs the dimensions otherwise."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.publication.explained import scheme_of
from analysis.publication.how_sure import ranked_document
from analysis.publication.published_scores import read_scores
from analysis.robustness.sliders import DrawnParts, drawn_parts, moved_table, own_weights
from analysis.rulebook.scheme import Node
from desk.publication.published import Entry

DRAWS, KEPT = 1000, 4


def dimensions(entry: Entry) -> list[tuple[Node, float]]:
    """The dimensions, each with its share of the weights in hundredths; none without errors."""
    parts = _parts(entry.publication.document)
    if parts is None:
        return []
    shares = 100 * own_weights(parts.units)
    return list(zip(parts.units.scheme.children, shares.tolist(), strict=True))


def weighed(entry: Entry, weights: Sequence[float]) -> pd.DataFrame:
    """A line an institution, best first: its code, its own rank, and score and rank under these
    weights, with the ranks between which 95 of 100 draws of the data's errors lie.
    """
    parts = _parts(entry.publication.document)
    if parts is None or sum(weights) <= 0:
        return pd.DataFrame()
    own = moved_table(parts, own_weights(parts.units))
    moved = moved_table(parts, np.array(weights, float))
    columns: Mapping[str, object] = {
        "code": list(parts.units.names),
        "own_rank": own.ranks,
        "rank": moved.ranks,
        "score": moved.scores,
        "low": moved.ranges[:, 0],
        "high": moved.ranges[:, 1],
    }
    return pd.DataFrame(columns).sort_values(["rank", "code"], ignore_index=True)


@lru_cache(KEPT)
def _parts(document: str) -> DrawnParts | None:
    """The dimensions of a document with their errors drawn; None where it states no seed."""
    scores = read_scores(document)
    if scores.robustness is None:
        return None
    units, cells = ranked_document(scores, scores.robustness, scheme_of(scores))
    if any(child.key not in units.scores.nodes for child in units.scheme.children):
        return None
    return drawn_parts(units, cells, DRAWS, scores.robustness.seed)
