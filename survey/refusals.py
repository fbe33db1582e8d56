"""Why a submission is refused, in the words of the form."""

from collections.abc import Callable

from analysis.rulebook.instrument import Instrument
from locales import say, show_number
from survey.checks import Refusal


def sentence(
    language: str,
    refusal: Refusal,
    instrument: Instrument,
    written: Callable[[str], str] = str,
) -> str:
    """The sentence for a refusal, in which fields are called as the form asks for them.

    ``written``: how a door writes what it did not word itself, such as what was typed.
    """
    asked = {one.key: one.text[language] for one in instrument.questions}
    asked |= {field.key: field.text[language] for field in instrument.respondent.fields}
    asked["provenance"] = say(language, "rate.who")
    asked["readers"] = say(language, "rate.readers")
    found, expected = written(refusal.found), written(refusal.expected)
    if refusal.why == "comment_too_long":
        found, expected = (
            show_number(language, length, 0) for length in (refusal.found, refusal.expected)
        )
    return say(
        language,
        f"refused.{refusal.why}",
        field=written(asked.get(refusal.field, refusal.field)),
        found=found,
        expected=expected,
    )
