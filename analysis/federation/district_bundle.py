"""A district's bundle: the surveys of an institution in a year as counts, signed, without a row.

Format 1, described in docs/federation.md. Signed are the canonical bytes (RFC 8785) of the
bundle alone, with Ed25519 (RFC 8032), by the key that also seals the instance's publications.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from cryptography.exceptions import InvalidSignature
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from analysis.canonical import canonical
from analysis.errors import BadInput, Place, Written, bad
from analysis.federation.limits import load_federation
from analysis.publication.evidence import Content, Hash, place_of
from analysis.publication.keys import fingerprint, read_pem
from analysis.publication.sealed import FIRST, SIGNATURE, strict_json
from analysis.rules import broken, problem_of

FORMAT: Final = "suara-layanan district bundle"
VERSION: Final = 1
PARTS = ("bundle", "key", "signature")
# Each value but the first follows one of these; those inside of texts only add to the count.
STRUCTURE = re.compile(rb"[\[{,]")


def _in_one_line(text: str) -> str:
    if not text.isprintable():
        raise broken("name_unprintable", found=Written(text))
    return text


SentNumber = Annotated[int, Field(ge=0, le=10**9)]
SentWay = Literal["import", "open_link", "visit"]
SentCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
SentLine = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_in_one_line)]
SentDay = Annotated[date, Field(strict=False)]
SentMoment = Annotated[AwareDatetime, Field(strict=False)]


class SentPart(BaseModel):
    """Base of what a bundle holds: nothing else may stand there."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class NamedRules(SentPart):
    """An instrument or a scheme, by its id and the hash of its text."""

    id: SentCode
    hash: Hash


class SentPeriod(SentPart):
    """A closed survey period."""

    code: SentCode
    name: SentLine
    starts: SentDay
    ends: SentDay
    headline: Literal["pooled", "averaged"]
    instrument: Hash
    scheme: Hash
    opened: SentMoment
    closed: SentMoment


class SentResponses(SentPart):
    """What became of the responses of a unit in a period; ``counted``: by way, none of 0.

    ``visits``: how many visits there were, None where nobody noted it.
    """

    period: SentCode
    received: SentNumber
    withdrawn: SentNumber
    counted: dict[SentWay, Annotated[SentNumber, Field(ge=1)]]
    visits: Annotated[SentNumber, Field(ge=1)] | None


class SentExperiences(SentPart):
    """What the respondents experienced, as ``analysis.index.experience`` counts it."""

    answered: SentNumber
    none: SentNumber
    declined: SentNumber
    forms: dict[str, SentNumber]


class CountedWays(SentPart):
    """A unit's answers that came by the ways ``of``, all periods of the survey together.

    ``answered``: by element; ``items``: by item, how often each allowed value was given, in
    ascending order; ``squares``: the second moment of the index, the sum of the squared linear
    errors of its respondents (``analysis.uncertainty.moments``); ``experienced``: None where one
    to four told; ``few_in_source``: whether one to four answered an item in one source alone.
    """

    of: list[SentWay]
    respondents: SentNumber
    answered: dict[str, SentNumber]
    items: dict[str, list[SentNumber]]
    squares: Annotated[float, Field(ge=0, le=10**12, allow_inf_nan=False)]
    experienced: SentExperiences | None
    few_in_source: bool


class SentUnit(SentPart):
    """A unit: ``respondents`` in all; ``ways``: first all together; none where they are few."""

    code: SentCode
    respondents: SentNumber
    responses: list[SentResponses]
    ways: Annotated[list[CountedWays], Field(max_length=4)]


class SentSurvey(SentPart):
    """What one instrument asked in a year: its periods, the latest first, whose rules hold."""

    instrument: NamedRules
    scheme: NamedRules
    periods: Annotated[list[SentPeriod], Field(min_length=1, max_length=60)]
    units: list[SentUnit]


class RegisteredUnit(SentPart):
    """A unit of the institution with the codes of its services, in the district's register."""

    code: SentCode
    services: list[SentCode]


class DistrictBundle(SentPart):
    """The surveys of an institution in a year. ``number``: the how many-eth of both.

    ``previous``: the hash of the one before; ``reason``: why it takes that one's place.
    """

    format: Literal["suara-layanan district bundle"]
    version: Literal[1]
    software: SentLine
    institution: SentCode
    year: Annotated[int, Field(ge=2000, le=2999)]
    number: Annotated[int, Field(ge=1, le=10**6)]
    previous: Hash
    reason: Annotated[str, Field(max_length=2000)]
    made: SentMoment
    registered: Annotated[list[RegisteredUnit], Field(alias="units")]
    surveys: Annotated[list[SentSurvey], Field(max_length=20)]

    def content(self) -> Content:
        """What its JSON holds."""
        return self.model_dump(mode="json", by_alias=True)


@dataclass(frozen=True)
class BundleFile:
    """The parts of a bundle's file; nothing of them is believed yet."""

    document: Content
    key: str
    signature: str

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key that it names, as ``sha256sum`` gives it of the PEM file."""
        return fingerprint(self.key)

    @property
    def hash(self) -> str:
        """By which the bundle is known, and the next one names it."""
        return sha256(signed_bytes(self.document)).hexdigest()


def signed_bytes(document: Content) -> bytes:
    """What is signed, and hashed."""
    return canonical({"bundle": document})


def file_bytes(document: Content, key: str, signature: str) -> bytes:
    """The file that travels; ``key`` is PEM, ``signature`` hexadecimal."""
    return canonical({"bundle": document, "key": key, "signature": signature})


def read_file(content: bytes, name: str) -> BundleFile:
    """The parts of a file. Raises BadInput for what is none, is too large, or of another version.

    The number of its values is bounded before it is read, so that no small file fills the memory.
    """
    limits, place = load_federation(), Place(name)
    if len(content) > limits.most_bytes:
        raise bad("bundle_too_large", place, found=len(content), most=limits.most_bytes)
    values = sum(1 for _ in STRUCTURE.finditer(content))
    if values > limits.most_values:
        raise bad("bundle_too_many", place, found=values, most=limits.most_values)
    parts = strict_json(content, name)
    if not (isinstance(parts, dict) and set(parts) == set(PARTS)):
        keys = [Written(key) for key in sorted(parts)] if isinstance(parts, dict) else []
        raise bad("other_parts", place, found=keys, parts=PARTS)
    document = parts["bundle"]
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = str(document.get("format")) if isinstance(document, dict) else ""
        raise bad("other_format", place, found=Written(found), format=FORMAT)
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise bad("bundle_version", place, found=Written(str(version)), known=VERSION)
    file = BundleFile(document, str(parts["key"]), str(parts["signature"]))
    try:
        as_sealed = file_bytes(document, file.key, file.signature) == content
    except (ValueError, RecursionError) as error:
        raise bad("bundle_no_canonical", place) from error
    if not as_sealed:
        raise bad("bundle_no_canonical", place)
    return file


def require_signed(file: BundleFile, trusted: str) -> None:
    """Raises BadInput where the bundle is not signed with the key of that PEM file."""
    key = read_pem(trusted.encode())
    if key is None or file.key != trusted:
        raise bad("bundle_other_key", found=file.fingerprint[:12], known=fingerprint(trusted)[:12])
    if not SIGNATURE.fullmatch(file.signature):
        raise bad("bundle_signature")
    try:
        key.verify(bytes.fromhex(file.signature), signed_bytes(file.document))
    except InvalidSignature as error:
        raise bad("bundle_signature") from error


def read_bundle(document: Mapping[str, Any]) -> DistrictBundle:
    """The bundle that a document states. Raises BadInput naming each path that has no such value.

    What stands there must be what it is read as: no other way to write it is taken.
    """
    try:
        found = DistrictBundle.model_validate(document)
    except ValidationError as error:
        raise BadInput([problem_of(one, place_of) for one in error.errors()]) from error
    if found.content() != document:
        raise bad("bundle_no_canonical")
    first = found.number == 1
    if first != (found.previous == FIRST):
        raise bad("bundle_chain", number=found.number)
    return found
