"""Keyed lines of a paper form, one a part of the form, read into the answers of a sheet.

Each entry is one character: the number or the letter of the choice, in the order in which the
questionnaire asks; "-" for what stands empty on the paper.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from string import ascii_lowercase

from analysis.errors import Place, Problem
from analysis.rulebook.instrument import Instrument
from desk.office.keying import UNKNOWN, Sheet, read_entry
from survey.checks import SubmissionRefused, answer_not_allowed, shown, unknown_option

EMPTY = "-"
BETWEEN = str.maketrans("", "", " ,;\t\u00a0")


@dataclass(frozen=True)
class Typed:
    """The lines keyed for one sheet: answers, service, experience, respondent, comment."""

    answers: str = ""
    service: str = ""
    experience: str = ""
    respondent: str = ""
    comment: str = ""


@dataclass(frozen=True)
class FormLetters:
    """What the letters of a unit's form stand for, in order: each part's keys."""

    instrument: Instrument
    services: Sequence[str]

    @property
    def experience(self) -> list[str]:
        """The forms of the questionnaire, then "none" and "declined"."""
        return [*self.instrument.experience.forms, "none", "declined"]

    @property
    def respondent(self) -> dict[str, list[str]]:
        """The options of each field about the respondent."""
        return {field.key: list(field.options) for field in self.instrument.respondent.fields}


def read_typed(typed: Typed, codes: FormLetters) -> Sheet:
    """The sheet that was keyed. Raises Refused, naming every entry that is no answer.

    An empty line about the respondent means that all its fields are empty.
    """
    refusals: list[Problem] = []
    answers = _answers(typed.answers, codes.instrument, refusals)
    service = _chosen(typed.service, codes.services, _other_service(codes), refusals)
    experience = _chosen(typed.experience, codes.experience, _unknown_form, refusals)
    respondent = _respondent(typed.respondent, codes, refusals)
    if len(service) > 1:
        refusals.append(_other_service(codes)(typed.service))
    if refusals:
        raise SubmissionRefused(refusals)
    return Sheet(
        answers=answers,
        service=service[0] if service else None,
        experience=experience,
        respondent=respondent,
        comment=typed.comment,
    )


def type_again(sheet: Sheet, codes: FormLetters) -> Typed:
    """The lines that mean the sheet: ``read_typed(type_again(sheet)) == sheet``."""
    questions = codes.instrument.questions
    answers = [sheet.answers.get(question.key) for question in questions]
    about = [
        _letter(sheet.respondent.get(field), options) for field, options in codes.respondent.items()
    ]
    return Typed(
        answers="".join(EMPTY if value is None else str(value) for value in answers),
        service=_letter(sheet.service, codes.services) if sheet.service else "",
        experience="".join(_letter(form, codes.experience) for form in sheet.experience),
        respondent="".join(about) if sheet.respondent else "",
        comment=sheet.comment,
    )


def _answers(
    typed: str, instrument: Instrument, refusals: list[Problem]
) -> Mapping[str, int | None]:
    entries = typed.translate(BETWEEN)
    if len(entries) != len(instrument.allowed):
        found, expected = len(entries), len(instrument.allowed)
        place = Place(key="answers")
        refusals.append(Problem("answers_typed", place, found=found, expected=expected))
        return {}
    answers: dict[str, int | None] = {}
    for entry, question in zip(entries, instrument.questions, strict=True):
        try:
            answers[question.key] = read_entry(entry, instrument.allowed[question.key])
        except ValueError:
            refusals.append(answer_not_allowed(question, entry, sorted(question.answers)))
    return answers


def _chosen(
    typed: str, keys: Sequence[str], refuse: Callable[[str], Problem], refusals: list[Problem]
) -> list[str]:
    chosen = []
    for entry in typed.translate(BETWEEN):
        if entry in UNKNOWN:
            continue
        at = _place(entry)
        if at < len(keys):
            chosen.append(keys[at])
        else:
            refusals.append(refuse(entry))
    return chosen


def _respondent(typed: str, codes: FormLetters, refusals: list[Problem]) -> dict[str, str]:
    entries = typed.translate(BETWEEN)
    if not entries:
        return {}
    fields = codes.instrument.respondent.fields
    if len(entries) != len(fields):
        found, expected = len(entries), len(fields)
        place = Place(key="respondent")
        refusals.append(Problem("respondent_typed", place, found=found, expected=expected))
        return {}
    chosen: dict[str, str] = {}
    for entry, field in zip(entries, fields, strict=True):
        refuse = partial(unknown_option, field.key, field.text)
        for option in _chosen(entry, codes.respondent[field.key], refuse, refusals):
            chosen[field.key] = option
    return chosen


def _other_service(codes: FormLetters) -> Callable[[str], Problem]:
    place, expected = Place(key="service"), _last(codes.services)
    return lambda typed: Problem("service_typed", place, found=shown(typed), expected=expected)


def _unknown_form(typed: str) -> Problem:
    return Problem("unknown_form", Place(key="experience"), found=shown(typed))


def _place(entry: str) -> int:
    """The place that a letter or a number stands for, from 0; one beyond all for others."""
    entry = entry.lower()
    if entry in ascii_lowercase:
        return ascii_lowercase.index(entry)
    return int(entry) - 1 if entry in "123456789" else len(ascii_lowercase)


def _letter(key: str | None, keys: Sequence[str]) -> str:
    return ascii_lowercase[keys.index(key)] if key in keys else EMPTY


def _last(keys: Sequence[str]) -> str:
    return f"a–{ascii_lowercase[len(keys) - 1]}" if keys else EMPTY
