"""Which elements of the satisfaction survey a comment is about, as dated data."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

from pydantic import Field

from analysis.rules import Rule, check, parse_yaml, read_rules
from analysis.triage.concepts import Hit
from analysis.triage.spelling import FOLDER


class Topics(Rule):
    """The element of each form, and the concepts that speak of each element."""

    forms: dict[str, str]
    phrases_beside_a_form: int = Field(ge=1)
    concepts: dict[str, list[str]]


@cache
def topics() -> Topics:
    """The lists of topics.yaml. Raises BadInput where a rule of the file is broken."""
    file = FOLDER / "topics.yaml"
    return check(Topics, parse_yaml(read_rules(file), file.name), file.name)


@cache
def _element_of() -> dict[str, str]:
    return {concept: element for element, some in topics().concepts.items() for concept in some}


def elements_of(label: str, found: Sequence[Hit]) -> tuple[str, ...]:
    """The keys of the elements of which a comment of the label speaks, in the survey's order."""
    rules = topics()
    own = rules.forms.get(label)
    places = {(hit.concept, hit.start) for hit in found}
    spoken_of = Counter(_element_of().get(concept) for concept, _ in places)
    least = rules.phrases_beside_a_form if own else 1
    return tuple(
        element for element in rules.concepts if element == own or spoken_of[element] >= least
    )
