"""Rules of getting in, as dated data: lengths, tries, spans, words that make no password."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing

FOLDER = Path(__file__).parent
FILE, WORDS = FOLDER / "log_in.yaml", FOLDER / "guessable.yaml"

Few = Annotated[int, Field(ge=1, le=100_000)]


class PasswordRules(Rule):
    """How long a password is, and how many digits the number of guesses has that it withstands."""

    shortest: Few
    longest: Few
    guesses_digits: Few


class LogInSpans(Rule):
    """How long a log-in lasts, and how long one waits for the second factor's code.

    ``apart_minutes``: by which clocks differ; what lies further ahead is taken as never.
    """

    hours: Few
    code_minutes: Few
    apart_minutes: Few

    @property
    def lasts(self) -> timedelta:
        """From the password, or the code where one is asked, until one has to log in again."""
        return timedelta(hours=self.hours)

    @property
    def for_the_code(self) -> timedelta:
        """From the right password until the code."""
        return timedelta(minutes=self.code_minutes)

    @property
    def apart(self) -> timedelta:
        """What a moment may lie ahead."""
        return timedelta(minutes=self.apart_minutes)


class TryBound(Rule):
    """How many wrong ones there may be in a span before the next has to wait."""

    most: Few
    minutes: Few

    @property
    def within(self) -> timedelta:
        """The span."""
        return timedelta(minutes=self.minutes)


class TryBounds(Rule):
    """The bounds on wrong passwords and codes."""

    name_there: TryBound
    address: TryBound
    code: TryBound
    codes_a_day: TryBound


class CheckBounds(Rule):
    """How many are checked at once, passwords or words of a provider, and how many wait for it."""

    at_once: Few
    waiting: Few
    of_one_address: Few
    back_seconds: Few


class DeviceRules(Rule):
    """How long a device stays known, and to how many people."""

    days: Few
    people: Few


class SecondFactorRules(Rule):
    """Whose roles ask for a second factor, and how its codes are read."""

    required_of: frozenset[str]
    recovery_codes: Few
    steps_around: Annotated[int, Field(ge=0, le=10)]


class ProviderRules(Rule):
    """How a provider of identities is asked, and how long a log-in by it may be on its way."""

    minutes: Few
    seconds: Few
    kept_minutes: Few
    asked: CheckBounds

    @property
    def lasts(self) -> timedelta:
        """From leaving for the provider until coming back, and from then until the confirmation."""
        return timedelta(minutes=self.minutes)


class LogInRules(Rule):
    """All rules of getting in."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    passwords: PasswordRules
    log_ins: LogInSpans
    tries: TryBounds
    failures_kept_days: Few
    checks: CheckBounds
    devices: DeviceRules
    second_factor: SecondFactorRules
    provider: ProviderRules
    two_people_days: Few

    @property
    def two_people_span(self) -> timedelta:
        """From when an administrator set an account until it counts as its owner's alone."""
        return timedelta(days=self.two_people_days)


class GuessableWords(Rule):
    """Words of which passwords are built here, the likeliest first."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    words: tuple[str, ...]


@cache
def log_in_rules() -> LogInRules:
    """The rules that come with the program."""
    return check(LogInRules, parse_yaml(read_rules(FILE), FILE.name), FILE.name)


@cache
def guessable_words() -> GuessableWords:
    """The words that come with the program."""
    return check(GuessableWords, parse_yaml(read_rules(WORDS), WORDS.name), WORDS.name)
