"""Numbers and addresses that belong to one person: identity, phone, mail, plate, account."""

import re
from collections.abc import Iterator

from analysis.redaction.forms import FORMS, either
from analysis.redaction.marks import PersonalDataKind, RedactedSpan

_LISTS = FORMS.numbers
FEWEST_DIGITS = 6
# Signs between digits, as telephones copy them, one for one; what is never drawn parts nothing.
_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2014\u2015\u2212\uff0d", "-"),
        **dict.fromkeys("\u00b7\u200b\u200c\u200d\u202a\u202c\u2060", " "),
    }
)
_SEP = r"[\s.\-–_/]{0,3}"
# A day or two times with their separators read like a phone number or an identity number.
_NO_TIME = (
    r"(?!\d{1,2}\s?[-./ ]\s?\d{1,2}\s?[-./ ]\s?(?:19|20)\d\d\b)"
    r"(?!\d{1,2}[.:]\d\d\s*(?:[-–]|\s)\s*\d{1,2}[.:]\d\d\b)"
    r"(?!(?:19|20)\d\d-\d\d-\d\d\b)"
    r"(?!(?:(?:19|20)\d\d\W{1,3}){2})"
)
# Money, or marks given one by one.
_AMOUNT = re.compile(r"\d(?:[ ,]\d)+|\d{1,3}(?:[.,]\d{3})+(?:,\d\d?|,-)?|\d+0{5,}")
_DOT = r"\s*(?:\.|\(\s*(?:dot|titik)\s*\)|\[\s*(?:dot|titik)\s*\]|\s(?:dot|titik)\s)\s*"
_MAIL = re.compile(
    rf"[\w+-]+(?:(?:\.|\s(?:dot|titik)\s)[\w+-]+)*\s*"
    rf"(?:@|[(\[{{]\s*(?:at|et|@)\s*[)\]}}]|\s(?:at|et)\s)\s*[\w-]+(?:{_DOT}[a-z]{{2,12}}\b)+"
    rf"|[\w.+-]+@\s?{either(_LISTS.mail_hosts)}\w*\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@])@[A-Za-z][\w.]{2,}")
_NAMED_HANDLE = re.compile(
    rf"\b{either(_LISTS.networks)}\b\W{{0,3}}(?:(?:saya|sy|aku|ku|nya)\b\W{{0,3}})?"
    r"(?=[a-z]*[._\d])([a-z][\w]*(?:\.\w+)*)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    rf"(?<![\d.,]){_NO_TIME}(?:"
    rf"\(?(?:\+\s?)?\(?6\s?2\s?\)?{_SEP}(?:\(0\))?0?(?:[\s.\-–_/()]{{0,3}}\d){{8,12}}"
    rf"|[0Oo]{_SEP}8(?:{_SEP}[\dOoxX*]){{7,12}}"
    rf"|\(0\d{{2,3}}\)\s?\d(?:[\s.\-]?\d){{4,8}}"
    r"|0[2-9]\d{1,2}\s?[-–. /]\s?\d(?:[\s.\-]?\d){4,8}"
    r"|0[2-79]\d{7,10}"
    r"|8[1-9]\d(?:[\s.\-]?\d){6,9}"
    rf")(?![\w*]|[.,]\d)",
)
# With a word stuck on.
_STUCK_PHONE = re.compile(r"(?<![\d.,])(?:0|62)8\d{8,11}(?=[^\W\d_])")
_DIGIT = either(_LISTS.digits)
_SPOKEN = re.compile(rf"\b{_DIGIT}(?:[\s,\-]+{_DIGIT}){{6,}}\b", re.IGNORECASE)
_IDENTITY = re.compile(rf"(?<![\w]){_NO_TIME}\d(?:{_SEP}\d){{15}}(?!\d|[.,]\d)")
_CALLED_IDENTITY = re.compile(
    rf"\b{either(_LISTS.identities)}"
    r"(?:\s?(?:saya|sy|nya|no|nomor|:|=|adalah|yaitu|\.|,))*\s?"
    r"(\d[\dxX*.\-\s]{4,24}[\dxX*])",
    re.IGNORECASE,
)
_MONTH = either(_LISTS.months)
_COUNTED = either(_LISTS.counted)
_BIRTH = re.compile(
    rf"\b{either(_LISTS.births)}\b[^\d\n]{{0,30}}?"
    rf"(\d{{1,2}}\s?[-./ ]\s?\d{{1,2}}\s?[-./ ]\s?(?:19|20)?\d\d"
    rf"|\d{{8}}"
    rf"|\d{{1,2}}\s{{0,2}}{_MONTH}(?:\s?(?:19|20)?\d\d)?"
    rf"|(?:{_COUNTED}\s){{1,3}}{_MONTH}(?:\s{_COUNTED})*)\b",
    re.IGNORECASE,
)
# Letters for digits, or stuck in between; at least so many are digits.
_MUDDLED = re.compile(
    rf"\b{either(_LISTS.telephones)}\b\W{{0,3}}(?:saya\W)?([0oO]8[\w.\-]{{7,19}}\w)", re.IGNORECASE
)
_MUDDLED_IDENTITY = re.compile(r"(?<!\w)(?=\d)[\dOoIl]{15,16}(?!\w)")
_LONG = re.compile(r"(?<![\w.,])\d(?:[ .\-–]?\d){8,}(?!\w|[.,]\d)")
_PASSPORT = re.compile(
    rf"\b{either(_LISTS.passports)}\D{{0,12}}([A-Z]{{1,2}}\s?\d{{6,7}})\b", re.IGNORECASE
)
_FRAME = re.compile(
    rf"\b{either(_LISTS.frames)}\b\W{{0,3}}(?:(?:no|nomor|nya|saya)\b\W{{0,3}})?"
    r"(?=\w{0,14}\d{4})([A-Z0-9]{9,17})\b",
    re.IGNORECASE,
)
_BANK = either(_LISTS.banks)
_CALLED_ACCOUNT = re.compile(
    rf"\b{_BANK}\b[^\d\n]{{0,40}}?(?<![\w.,])(\d(?:[ .\-]?\d){{6,19}})(?!\w|[.,]\d)",
    re.IGNORECASE,
)
_NEAR_BANK = re.compile(rf"\b{_BANK}\b", re.IGNORECASE)
_FILE_NUMBER = re.compile(
    rf"\b{either(_LISTS.files)}\W*"
    r"(?:no|nomor|nmr|nomer|saya|nya|\W){0,4}$",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\d{1,2}\s?[-./]\s?\d{1,2}\s?[-./]\s?(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    r"|\b\d\d\.\d\d\s*[-–]\s*\d\d\.\d\d\b"
)
_MONEY_BEFORE = re.compile(rf"{either(_LISTS.money)}\W{{0,3}}$", re.IGNORECASE)
_REGION = either(_LISTS.regions)
_PLATE = re.compile(
    rf"\b{_REGION}(?:[ .\-]{{1,2}}\d{{1,4}}[ .\-]{{0,2}}|\d{{2,4}}[ .\-]{{0,2}})[A-Z]{{1,3}}\b"
)
_LOWER_PLATE = re.compile(
    rf"\b{_REGION}(?:[ .\-]?\d{{3,4}}[ .\-]?|\d{{2,4}})"
    rf"(?!{either(_LISTS.no_plates)}\b)[a-z]{{1,3}}\b",
    re.IGNORECASE,
)
_CALLED_PLATE = re.compile(
    rf"\b{either(_LISTS.vehicles)}\W{{1,3}}(?:no|nomor|nya|\W){{0,4}}"
    rf"({_REGION}[ .\-]?\d{{1,4}}(?:[ .\-]?[A-Z]{{1,3}})?)\b"
    rf"(?![ .]?{either(_LISTS.no_plates_after)})",
    re.IGNORECASE,
)


def find_numbers(text: str) -> Iterator[RedactedSpan]:
    """Whatever in ``text`` is one person's number, mail address, handle or plate."""
    text = text.translate(_PLAIN_SIGNS)
    lower = text.lower()
    if any(at in lower for at in ("@", " at ", "(at", "[at", " et ")):
        yield from _all(_MAIL, PersonalDataKind.MAIL, text)
        yield from _all(_HANDLE, PersonalDataKind.HANDLE, text)
    if any(digit in lower for digit in _LISTS.phone_digits):
        yield from _all(_SPOKEN, PersonalDataKind.PHONE, text)
    yield from _called(_NAMED_HANDLE, PersonalDataKind.HANDLE, text)
    yield from _called(_BIRTH, PersonalDataKind.BIRTH, text)
    digits = sum(map(str.isdigit, text))
    if digits:
        yield from _plates(text)
    if digits >= FEWEST_DIGITS:
        yield from _digits(text)


def _plates(text: str) -> Iterator[RedactedSpan]:
    yield from _all(_PLATE, PersonalDataKind.PLATE, text)
    yield from _all(_LOWER_PLATE, PersonalDataKind.PLATE, text)
    yield from _called(_CALLED_PLATE, PersonalDataKind.PLATE, text)


def _digits(text: str) -> Iterator[RedactedSpan]:
    yield from _all(_IDENTITY, PersonalDataKind.IDENTITY, text)
    yield from _called(_CALLED_IDENTITY, PersonalDataKind.IDENTITY, text)
    yield from _called(_PASSPORT, PersonalDataKind.NUMBER, text)
    yield from _called(_FRAME, PersonalDataKind.NUMBER, text)
    yield from _all(_MUDDLED_IDENTITY, PersonalDataKind.IDENTITY, text)
    for found in _MUDDLED.finditer(text):
        if sum(map(str.isdigit, found[1])) > FEWEST_DIGITS:
            yield RedactedSpan(*found.span(1), PersonalDataKind.PHONE)
    yield from _all(_STUCK_PHONE, PersonalDataKind.PHONE, text)
    for found in _PHONE.finditer(text):
        if not _harmless(text, found):
            yield RedactedSpan(found.start(), found.end(), PersonalDataKind.PHONE)
    for found in _CALLED_ACCOUNT.finditer(text):
        if not _AMOUNT.fullmatch(found[1]) and not _harmless(text, found, 1):
            yield RedactedSpan(*found.span(1), PersonalDataKind.ACCOUNT)
    for found in _LONG.finditer(text):
        if not _AMOUNT.fullmatch(found[0]) and not _harmless(text, found):
            around = text[max(0, found.start() - 40) : found.end() + 15]
            kind = (
                PersonalDataKind.ACCOUNT if _NEAR_BANK.search(around) else PersonalDataKind.NUMBER
            )
            yield RedactedSpan(found.start(), found.end(), kind)


def _all(pattern: re.Pattern[str], kind: PersonalDataKind, text: str) -> Iterator[RedactedSpan]:
    for found in pattern.finditer(text):
        yield RedactedSpan(found.start(), found.end(), kind)


def _called(pattern: re.Pattern[str], kind: PersonalDataKind, text: str) -> Iterator[RedactedSpan]:
    for found in pattern.finditer(text):
        yield RedactedSpan(*found.span(1), kind)


def _harmless(text: str, found: re.Match[str], group: int = 0) -> bool:
    """Whether the digits are an amount, times, days or the number of a file."""
    start = found.start(group)
    before = text[max(0, start - 40) : start]
    return bool(
        _MONEY_BEFORE.search(before) or _FILE_NUMBER.search(before) or _TIMES.search(found[group])
    )
