"""What a publication says of how sure an institution's or a unit's rank and band are."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedScores,
    PublishedUnit,
)
from analysis.robustness.rules import parse_robustness
from analysis.rulebook.scheme import Band, Scheme

Certified = PublishedInstitution | PublishedUnit


@dataclass(frozen=True)
class ToldCertainty:
    """A rank with the set that holds it at ``level`` of a hundred; the probability of ``band``."""

    rank: int
    rank_set: tuple[int, int]
    level: int
    band: Band | None
    probability: Decimal | None


def certainty_level(document: PublishedScores) -> int | None:
    """The level of the document's sets, of a hundred; None where it states none."""
    stated = document.robustness
    if stated is None:
        return None
    return round(100 * parse_robustness(stated.rules.text, stated.rules.id).level.value)


def told_certainty(
    document: PublishedScores, scheme: Scheme, one: Certified
) -> ToldCertainty | None:
    """How sure its rank and band are, as the document states it; None where it does not."""
    level, sure = certainty_level(document), one.how_sure
    if level is None or sure is None or sure.rank_set is None or one.rank is None:
        return None
    low, high = sure.rank_set
    return ToldCertainty(one.rank, (low, high), level, _band(scheme, one), own_share(scheme, one))


def own_share(scheme: Scheme, one: Certified) -> Decimal | None:
    """The probability of the band that it is in: of its zone, where the scheme has zones."""
    shares: Mapping[str, Decimal] = (one.how_sure.probability if one.how_sure else None) or {}
    band = None if one.score_exact is None else scheme.band(one.score_exact)
    return None if band is None else shares.get(band_key(band))


def band_key(band: Band) -> str:
    """By what the probabilities of a document name a band."""
    return band.zone or band.grade or band.label.id


def _band(scheme: Scheme, one: Certified) -> Band | None:
    if one.score_exact is None:
        return None
    if isinstance(one, PublishedUnit):
        return scheme.band_of_unit(one.score_exact)
    return scheme.band(one.score_exact)
