"""Thresholds by which statistics are read are data, with their source."""

from typing import Any

import pytest

from analysis.errors import BadInput
from analysis.rulebook.conventions import FILE, Conventions, conventions
from analysis.rules import check, parse_yaml
from tests.refusing import in_english


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1.0, "very high"),
        (0.895, "very high"),  # shown as 0.90
        (0.8949, "adequate"),
        (0.70, "adequate"),
        (0.695, "low"),  # in binary a little less than it looks
        (-3.0, "low"),
    ],
)
def test_what_is_shown_is_read(value: float, word: str) -> None:
    assert conventions().read("alpha", value).word["en"] == word


def test_every_threshold_is_a_convention_with_a_source() -> None:
    for figure in conventions().figures.values():
        for reading in figure.readings[:-1]:
            assert reading.start is not None
            assert reading.start.standing == "assumed"
            assert conventions().sources[reading.start.source].year < 2026


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    content = parse_yaml(FILE.read_text(encoding="utf-8"), FILE.name)
    *above, last = path
    inner: Any = content
    for key in above:
        inner = inner[key]
    inner[last] = to
    return content


BEST = ("figures", "alpha", "readings", 0, "from")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (changed(*BEST, "value", to=0.5), "found readings out of order"),
        (changed(*BEST, to=None), "found readings that miss a value"),
        (changed(*BEST, "source", to="hearsay"), "source: found hearsay, expected one of"),
        (changed("figures", "beta", to={}), "figures.beta"),
    ],
)
def test_conventions_that_break_a_rule_are_refused(content: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(Conventions, content, "broken.yaml")
    assert told in in_english(refused.value)
