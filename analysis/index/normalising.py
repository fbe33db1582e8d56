"""From raw values to the scheme's scale: each way with its formula, its bounds and its source.

All take a column of one value a unit, None where it is missing, and give one likewise. What
depends on who is present is taken from the values ``among`` them. Exact, but for roots and
logarithms, which have 50 digits. Source, where nothing else is said: OECD and JRC, Handbook on
Constructing Composite Indicators (2008), chapter 5.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from analysis.errors import Place, bad
from analysis.rulebook.scheme import Node, Normalisation

Column = Sequence[Fraction | None]
Values = Sequence[Fraction]
DIGITS = 50
# Powers beyond it would have thousands of digits.
MOST_EXACT = 10

Scaled = Callable[[Fraction], Fraction]


def scaling(node: Node, among: Values, place: Place) -> Scaled:
    """What brings a raw value of the indicator onto the scheme's scale. Raises BadInput where the
    values among which it stands give the scale no meaning.
    """
    return SCALES[node.normalise.value.kind](node.normalise.value, among, node.inverted, place)


def ends(rule: Normalisation, among: Values) -> tuple[Fraction, Fraction] | None:
    """The raw values between which a scale is defined; None where it is for any."""
    if rule.kind in ("identity", "ladder", "goalposts", "logarithm"):
        return rule.between
    if rule.kind == "min_max" and rule.base is not None and among:
        return min(among), max(among)
    return None


def _linear(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """x -> to_0 + (x - from_0) / (from_1 - from_0) (to_1 - to_0), mirrored where less is better."""
    low, high = rule.between
    return _between(rule, low, high, inverted)


def _min_max(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """As ``_linear`` from the smallest value present to the largest, which must be two."""
    low, high = (min(among), max(among)) if among else rule.between
    if low == high:
        raise bad("no_spread", place, found=low)
    return _between(rule, low, high, inverted)


def _between(rule: Normalisation, low: Fraction, high: Fraction, inverted: bool) -> Scaled:
    start, end = rule.onto[::-1] if inverted else rule.onto
    slope = (end - start) / (high - low)
    return lambda value: start + (value - low) * slope


def _logarithm(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """As ``_linear`` of ln x between ln from_0 and ln from_1; for values above 0.

    Source: UNDP, Human Development Report, technical note 1 (income).
    """
    low, high = map(logarithm, rule.between)
    scaled = _between(rule, low, high, inverted)
    return lambda value: scaled(logarithm(value))


def _z_score(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """x -> centre + spread (x - mean) / s, s the standard deviation over n - 1; unbounded.

    Of two different values at least.
    """
    if len(set(among)) < 2:
        raise bad("no_spread_of_scores", place, found=len(set(among)))
    mean = sum(among, Fraction(0)) / len(among)
    variance = sum(((value - mean) ** 2 for value in among), Fraction(0)) / (len(among) - 1)
    slope = rule.spread / root(variance) * (-1 if inverted else 1)
    return lambda value: rule.centre + (value - mean) * slope


def _rank(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """x -> 1 + how many are worse, so that the best has the highest; ties share the lower."""
    return lambda value: Fraction(1 + _worse(value, among, inverted))


def _percentile_rank(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """x -> to_0 + (to_1 - to_0) x share of the others that are worse; of two units at least."""
    start, end = rule.onto
    others = len(among) - 1
    if others < 1:
        raise bad("no_spread_of_scores", place, found=len(among))
    return lambda value: start + (end - start) * Fraction(_worse(value, among, inverted), others)


def _distance_to_leader(rule: Normalisation, among: Values, inverted: bool, place: Place) -> Scaled:
    """x -> to_1 x / max, or to_1 min / x where less is better; for values above 0."""
    if not among or min(among) <= 0:
        raise bad("leader_of_nothing", place, found=min(among, default=Fraction(0)))
    top = rule.onto[1]
    if inverted:
        leader = min(among)
        return lambda value: top * leader / value
    leader = max(among)
    return lambda value: top * value / leader


def _worse(value: Fraction, among: Values, inverted: bool) -> int:
    return sum(other > value if inverted else other < value for other in among)


def logarithm(value: Fraction) -> Fraction:
    """The natural logarithm in 50 digits. Raises ValueError for a value that is not above 0."""
    if value <= 0:
        raise ValueError(f"{value} has no logarithm")
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction(Decimal(value.numerator).ln() - Decimal(value.denominator).ln())


def root(value: Fraction) -> Fraction:
    """The square root in 50 digits.

    >>> root(Fraction(9, 4))
    Fraction(3, 2)
    """
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def power(value: Fraction, exponent: Fraction) -> Fraction:
    """A value above 0 to a power, exactly where that is whole and small, else in 50 digits.

    >>> power(Fraction(2, 3), Fraction(-2))
    Fraction(9, 4)
    """
    if exponent.denominator == 1 and abs(exponent) <= MOST_EXACT:
        return value**exponent.numerator
    with localcontext() as context:
        context.prec = DIGITS
        log = Decimal(value.numerator).ln() - Decimal(value.denominator).ln()
        return Fraction((log * exponent.numerator / exponent.denominator).exp())


SCALES: dict[str, Callable[[Normalisation, Values, bool, Place], Scaled]] = {
    "identity": _linear,
    "ladder": _linear,
    "goalposts": _linear,
    "min_max": _min_max,
    "logarithm": _logarithm,
    "z_score": _z_score,
    "rank": _rank,
    "percentile_rank": _percentile_rank,
    "distance_to_leader": _distance_to_leader,
}
