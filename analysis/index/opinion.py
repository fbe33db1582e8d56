"""The opinion: an institution's quality, and whether it did what the Ombudsman told it."""

from dataclasses import dataclass

from analysis.rulebook.scheme import Scheme
from analysis.rules import Text


@dataclass(frozen=True)
class Compliance:
    """How many of the Ombudsman's products an institution has, and how many it followed up."""

    issued: int
    followed_up: int

    @property
    def whole(self) -> bool:
        """Whether every one was followed up; with none there is nothing to be said."""
        return 0 < self.issued == self.followed_up


def fact_holds(declared: bool, compliance: Compliance | None) -> bool:
    """Whether the fact of the suffix holds: as the products say, without any as was declared."""
    return declared if compliance is None or compliance.issued == 0 else compliance.whole


def compliance_words(scheme: Scheme, declared: bool, compliance: Compliance | None) -> Text | None:
    """What the opinion says beside the quality; None where the scheme says nothing of it.

    >>> from analysis.rulebook.scheme import load_scheme
    >>> opinion = load_scheme("opini-2025")
    >>> [compliance_words(opinion, False, one)["en"] for one in (Compliance(2, 2), None)]
    ['No Maladministration', 'No product of the Ombudsman is on record']
    """
    if scheme.suffix and fact_holds(declared, compliance):
        return scheme.suffix.value.label
    if scheme.opinion is None:
        return None
    words = scheme.opinion.value
    return words.open if compliance and compliance.issued else words.none
