"""Why a submission is refused, in the words of the form."""

from analysis.instrument import Instrument
from locales import Language, say
from survey.checks import Refusal


def sentence(language: Language, refusal: Refusal, instrument: Instrument) -> str:
    """The sentence for a refusal, in which fields are called as the form asks for them."""
    asked = {item.key: item.text[language] for item in instrument.items}
    asked |= {field.key: field.text[language] for field in instrument.respondent.fields}
    asked["provenance"] = say(language, "rate.who")
    return say(
        language,
        f"refused.{refusal.why}",
        field=asked.get(refusal.field, refusal.field),
        found=refusal.found,
        expected=refusal.expected,
    )
