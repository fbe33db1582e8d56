"""The marks that stand where personal data stood."""

from enum import StrEnum
from typing import NamedTuple


class PersonalDataKind(StrEnum):
    """What a mark replaces; its value is the word in the mark."""

    NAME = "NAMA"
    IDENTITY = "NIK"
    PHONE = "TELEPON"
    MAIL = "SUREL"
    HANDLE = "AKUN"
    PLATE = "PELAT"
    ACCOUNT = "REKENING"
    NUMBER = "NOMOR"
    ADDRESS = "ALAMAT"
    LINK = "TAUTAN"
    BIRTH = "LAHIR"


class RedactedSpan(NamedTuple):
    """Personal data at ``start`` up to, not including, ``end`` of the original."""

    start: int
    end: int
    kind: PersonalDataKind


class Redacted(NamedTuple):
    """A text with marks such as ``[NAMA]``, and what they replaced in the original."""

    text: str
    spans: tuple[RedactedSpan, ...]
