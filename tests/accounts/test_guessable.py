"""Which passwords are refused, and that each refusal says why."""

import pytest

from accounts.passwords import random_password, require_strong
from accounts.rules import guessable_words, log_in_rules
from analysis.errors import BadInput
from tests.door import OWN


def refused(password: str) -> str | None:
    """The code of the refusal of a password of Siti Aminah; None where it is taken."""
    try:
        require_strong(password, "siti.aminah", "Siti Aminah, S.Sos.")
    except BadInput as error:
        return error.problems[0].code
    return None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "password_short"),
        ("x" * 129, "password_long"),
        ("password1234", "password_known"),
        ("unbelievable", "password_known"),
        ("qwertyuiop12", "password_guessable"),
        ("aaaaaaaaaaaaaaaa", "password_guessable"),
        ("123456789012345", "password_guessable"),
        ("rahasia12345", "password_guessable"),
        ("Disdukcapil2026", "password_guessable"),
        ("OmbudsmanRI2026", "password_guessable"),
        ("selamatpagi123", "password_guessable"),
        ("kucing AMINAH tidur", "password_of_owner"),
        ("siti tidur di atas atap", "password_of_owner"),
        (OWN, None),
        ("atap genteng pisang biru", None),
        ("x7!Kq-92mLp_", None),
    ],
)
def test_what_others_would_guess_is_refused_with_the_reason(password: str, why: str | None) -> None:
    assert refused(password) == why


def test_what_is_made_for_somebody_is_taken() -> None:
    assert {refused(random_password()) for _ in range(50)} == {None}


def test_a_short_part_of_a_name_is_no_reason() -> None:
    require_strong("padi kuning di ladang", "adi", "Adi Rai")


def test_the_words_are_small_letters_and_each_stands_once() -> None:
    words = guessable_words().words
    assert len(set(words)) == len(words) > 100
    assert all(word == word.lower().strip() and len(word) >= 3 for word in words)
    assert log_in_rules().valid == guessable_words().valid
