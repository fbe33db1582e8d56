"""How comments are grouped, beside simpler ways: ``python -m bench.groupings FILE.jsonl``.

On the comments of a file whose topics are noted (see ``bench.field_comments``), and on the frames
of voices that neither the reader of concerns nor the model of labels had seen, fourfold.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
from sklearn.cluster import AgglomerativeClustering, KMeans

from analysis.arrays import Floats
from analysis.redaction import redact
from analysis.triage.concerns import (
    NONE,
    ConcernExample,
    ConcernReader,
    learn_concerns,
    told_concerns,
)
from analysis.triage.corpus import LABELS, SEED, corpus
from analysis.triage.model import Model, fit, seed_model
from analysis.triage.settings import settings
from analysis.triage.spelling import tokens
from analysis.triage.voices import VOICES

NOTES = Path(__file__).parent / "data" / "comments-dev-notes.tsv"
# What is noted of comments that share no topic with each other.
APART = frozenset({"none", "neighbour", NONE})
FOLDS = 4
CLUSTERS, FARTHEST = 40, 0.9


def main() -> None:
    """Prints precision and recall of pairs for each way."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    topics = noted_topics()
    rows = [row for row in rows if row["id"] in topics]
    words = [tokens(redact(row["text"]).text) for row in rows]
    told, model = told_concerns(), seed_model()
    ways = _ways(words, model, told)
    for name, keys in ways.items():
        _tell(name, keys, [topics[row["id"]] for row in rows])
    for fold in range(FOLDS):
        _tell_left_out(VOICES[fold::FOLDS], told)


def noted_topics() -> dict[str, str]:
    """The topic of each comment of the development set."""
    lines = (line.split("\t") for line in NOTES.read_text("utf-8").splitlines())
    return {key: topic for key, _, _, topic in lines}


def pair_scores(groups: Iterable[Sequence[int]], topics: Sequence[str]) -> tuple[float, float]:
    """Of the pairs in the groups, the share of one topic; of those of a topic, the share found.

    >>> pair_scores([[0, 1, 2]], ["water", "water", "light", "water"])
    (0.3333333333333333, 0.3333333333333333)
    """
    said = {pair for members in groups for pair in combinations(sorted(members), 2)}
    wanted = {
        (one, other)
        for one, other in combinations(range(len(topics)), 2)
        if topics[one] == topics[other] not in APART
    }
    right = len(said & wanted)
    return right / max(1, len(said)), right / max(1, len(wanted))


def _ways(
    words: Sequence[Sequence[str]], model: Model, told: Sequence[ConcernExample]
) -> Mapping[str, Sequence[Hashable]]:
    """For each way of grouping the key of each comment's group; None: of none."""
    matrix = model.features.matrix(words)[0]
    labels = model.probabilities(matrix)
    even = np.full_like(labels, 1 / len(LABELS))
    near = AgglomerativeClustering(
        n_clusters=None, distance_threshold=FARTHEST, metric="cosine", linkage="average"
    )
    means = KMeans(CLUSTERS, random_state=SEED, n_init=4)
    frames = [one for one in told if one.label]
    return {
        "one group of all": [0] * len(words),
        "the label": list(labels.argmax(axis=1)),
        f"k-means, {CLUSTERS}": list(means.fit_predict(matrix)),
        "average linkage": list(near.fit_predict(matrix.toarray())),
        "concerns of frames alone": _keys(learn_concerns(frames), words, labels),
        "concerns without labels": _keys(learn_concerns(told), words, even),
        "concerns": _keys(learn_concerns(told), words, labels),
    }


def _keys(
    reader: ConcernReader, words: Sequence[Sequence[str]], labels: Floats
) -> list[str | None]:
    chances = reader.chances(words, labels)
    likeliest = [reader.names[at] for at in chances.argmax(axis=1)]
    sure = chances.max(axis=1) >= settings().concern_from
    return [
        name if known and name != NONE else None
        for name, known in zip(likeliest, sure, strict=True)
    ]


def _tell_left_out(voices: Sequence[str], told: Sequence[ConcernExample]) -> None:
    """The frames of some voices, read by what the others taught."""
    model = fit([one for one in corpus() if one.hand not in voices])
    reader = learn_concerns([one for one in told if one.hand not in voices])
    unseen = [one for one in told if one.hand in voices]
    words = [tokens(one.text) for one in unseen]
    labels = model.probabilities(model.features.matrix(words)[0])
    _tell(
        f"unseen: {', '.join(voices)}",
        _keys(reader, words, labels),
        [one.concern for one in unseen],
    )


def _tell(name: str, keys: Sequence[Hashable], topics: Sequence[str]) -> None:
    together = defaultdict[Hashable, list[int]](list)
    for at, key in enumerate(keys):
        if key is not None:
            together[key].append(at)
    many = [members for members in together.values() if len(members) > 1]
    precision, recall = pair_scores(many, topics)
    pairs = sum(comb(len(members), 2) for members in many)
    print(
        f"{name}: {len(many)} groups of {sum(map(len, many))} of {len(keys)} comments, "
        f"{pairs} pairs: precision {precision:.2f}, recall {recall:.2f}"
    )


if __name__ == "__main__":
    main()
