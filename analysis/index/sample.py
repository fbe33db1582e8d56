"""How many respondents are enough."""

from analysis.exact import half_up
from analysis.rulebook.scheme import MinimumSample


def minimum_sample(visits: int, rule: MinimumSample) -> int:
    """The Krejcie and Morgan (1970) sample for a number of visits, rounded to nearest.

    S = c N P Q / (d^2 (N - 1) + c P Q), c chi-square, d margin, P proportion, Q = 1 - P.
    """
    spread = rule.chi_square * rule.proportion * (1 - rule.proportion)
    return int(half_up(spread * visits / (rule.margin**2 * (visits - 1) + spread), 0))
