"""Sentences that a report says more than once."""

from locales.refusals import sentence
from reports.words import PaperWords


def headline(words: PaperWords) -> str:
    """The index, or why there is none."""
    contents, index = words.contents, words.contents.index
    whose = {"name": contents.name, "period": contents.period}
    if words.too_few:
        return words.said_too_few
    if index.index is None:
        reason = sentence(words.language, index.no_index) if index.no_index else ""
        return words.say("report.no_index", **whose, reason=reason)
    return words.say(
        "report.index_units" if contents.headline == "units" else "report.index",
        **whose,
        index=words.index(index.index),
        grade=index.band.grade if index.band else "",
        label=index.band.label[words.language] if index.band else "",
        n=words.number(index.n),
    )


def extremes(words: PaperWords) -> list[str]:
    """The highest and the lowest element; nothing where no mean may be shown."""
    means = {key: mean for key, mean in words.contents.index.means.items() if mean is not None}
    if not means:
        return []
    most, least = max(means.values()), min(means.values())
    if most == least:
        return [words.say("report.all_alike", most=words.mean(most))]
    best, weakest = (
        "; ".join(words.element(node.key) for node in words.elements if means.get(node.key) == end)
        for end in (most, least)
    )
    return [
        words.say(
            "report.extremes",
            best=best,
            most=words.mean(most),
            weakest=weakest,
            least=words.mean(least),
        )
    ]


def sample(words: PaperWords) -> str:
    """How many took part, and whether they are enough."""
    contents = words.contents
    n, visits, minimum = contents.index.n, contents.visits, contents.minimum
    if words.too_few:
        return words.said_too_few
    if visits is None or minimum is None:
        return words.say("report.sample_unknown", n=words.number(n))
    numbers = {
        "n": words.number(n),
        "visits": words.number(visits),
        "minimum": words.number(minimum),
    }
    if n >= minimum:
        return words.say("report.sample_enough", **numbers)
    return words.say("report.sample_short", **numbers, lacking=words.number(minimum - n))
