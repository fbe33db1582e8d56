"""How long 100,000 comments take: ``python -m bench.comments``."""

from collections.abc import Callable
from time import perf_counter

from analysis.redaction import redact
from analysis.triage.corpus import corpus
from analysis.triage.model import fit, seed_model
from analysis.triage.reading import triage

COMMENTS = 100_000
# So drawn, a fifth of the comments tell two matters, and none stands in the seed corpus.
SEED, EACH_FRAME = 7, 105


def main() -> None:
    """Prints what the fit, the redaction and the reading take, once each."""
    texts = [comment.text for comment in corpus(SEED, EACH_FRAME)][:COMMENTS]
    characters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} comments of {characters:.0f} characters on average")
    print(f"fit from the seed corpus: {seconds(lambda: fit(corpus())):.1f} s")
    model = seed_model()
    print(f"redacted: {seconds(lambda: [redact(text) for text in texts]):.1f} s")
    print(f"read: {seconds(lambda: triage(texts, model)):.1f} s")


def seconds(part: Callable[[], object]) -> float:
    """What one call takes."""
    start = perf_counter()
    part()
    return perf_counter() - start


if __name__ == "__main__":
    main()
