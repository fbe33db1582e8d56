"""How long 100,000 comments take: ``python -m bench.comments``."""

from collections.abc import Callable
from random import Random
from time import perf_counter, process_time

from analysis.redaction import redact
from analysis.triage.corpus import corpus
from analysis.triage.model import fit, seed_model
from analysis.triage.reading import triage
from bench.compared import Compared

COMMENTS = 100_000
MOST_SECONDS = 60.0
# So drawn, hardly any stands in the seed corpus.
SEED, EACH_FRAME = 7, 20


def main() -> None:
    """Prints what the fit, the redaction and the reading take, once each."""
    drawn = corpus(SEED, EACH_FRAME)
    texts = [comment.text for comment in Random(SEED).sample(drawn, COMMENTS)]
    characters = sum(map(len, texts)) / len(texts)
    model = seed_model()
    parts: dict[str, Callable[[], object]] = {
        "fit from the seed corpus": lambda: fit(corpus()),
        "redacted": lambda: [redact(text) for text in texts],
        "read": lambda: triage(texts, model),
    }
    print(f"{len(texts)} comments of {characters:.0f} characters on average")
    for name, part in parts.items():
        start, busy = perf_counter(), process_time()
        part()
        print(
            f"{name}: {perf_counter() - start:.1f} s ({process_time() - busy:.1f} s of processor)"
        )


def compared() -> Compared:
    """The seconds of redaction and reading, once each."""
    drawn = corpus(SEED, EACH_FRAME)
    texts = [comment.text for comment in Random(SEED).sample(drawn, COMMENTS)]
    model, seconds = seed_model(), dict[str, list[float]]()
    ways: dict[str, Callable[[], object]] = {
        "redacted": lambda: [redact(text) for text in texts],
        "read": lambda: triage(texts, model),
    }
    for name, way in ways.items():
        start = perf_counter()
        way()
        seconds[name] = [perf_counter() - start]
    both = "redacted and read"
    seconds[both] = [sum(one for (one,) in seconds.values())]
    return Compared(f"{len(texts):,} comments", seconds, most={both: MOST_SECONDS})


if __name__ == "__main__":
    main()
