"""Sealed publications: a document and its predecessor, signed, as anyone can check them.

Sealed are the canonical bytes (RFC 8785) of document and predecessor, with Ed25519 (RFC 8032),
and of the last event of the instance's trace, which publications of before don't name. Their
SHA-256 is the publication's hash, which the next publication names.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature

from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.publication.evidence import FORMAT, Content, read_evidence
from analysis.publication.keys import fingerprint, pem, read_pem
from analysis.publication.publication import derive

# What the first publication names as the one before it.
FIRST = "0" * 64
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
SIGNATURE = re.compile(r"[0-9a-f]{128}", re.ASCII)
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Bundle:
    """The parts of a publication's file as they stand there, of any kind; none is trusted yet."""

    document: Content
    previous: Any
    key: Any
    signature: Any
    trace: Any = None

    @property
    def sha256(self) -> str:
        """The publication's hash, in words where it can have none."""
        try:
            return sha256(sealed_bytes(self.document, self.previous, self.trace)).hexdigest()
        except (ValueError, RecursionError):
            return "none: no canonical JSON"


PARTS = {part.name for part in fields(Bundle)}
TRACE = {"event", "hash"}


@dataclass(frozen=True)
class Fault:
    """A number that does not follow: where it stands, what is stated, what was recomputed."""

    path: str
    stated: str
    recomputed: str


@dataclass(frozen=True)
class SealVerdict:
    """What an examination found.

    ``broken``: why the seal does not hold, None where it does; ``key``: the SHA-256 of the PEM
    file; ``own_key``: whether it was checked by a key that the reader brought; ``chained``:
    whether the publication given as its predecessor is it, None where none was given;
    ``faults``: what does not follow, or is no statement at all; ``withheld``: units whose counts
    are too small to be given, so that their indices are taken as stated.
    """

    sha256: str
    key: str
    own_key: bool
    broken: Problem | None
    previous: str
    chained: bool | None
    faults: Sequence[Fault | Problem]
    withheld: list[str]

    @property
    def holds(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.broken is None and self.chained is not False and not self.faults


def sealed_bytes(document: Content, previous: Any, trace: Any = None) -> bytes:
    """What is signed, and hashed: a document, the hash of the publication before it, the trace."""
    return rfc8785.dumps({"document": document, "previous": previous} | _named(trace))


def bundle_bytes(
    document: Content, previous: Any, key: Any, signature: Any, trace: Any = None
) -> bytes:
    """The file that people take away; ``key`` is PEM, ``signature`` hexadecimal.

    ``trace``: number and hash of the last event of the trace when it was sealed, None: unnamed.
    """
    parts = {"document": document, "previous": previous, "key": key, "signature": signature}
    return rfc8785.dumps(parts | _named(trace))


def _named(trace: Any) -> dict[str, Any]:
    return {} if trace is None else {"trace": trace}


def examine(content: bytes, key: bytes | None = None, previous: bytes | None = None) -> SealVerdict:
    """Checks the seal, the link to the one before, and every number of a publication.

    ``key``: a PEM file by which to check in place of the key in the file itself;
    ``previous``: the file of the publication before. Raises BadInput for a file that is none.
    """
    bundle = read_bundle(content, "publication")
    faults, withheld = check_numbers(bundle.document)
    return SealVerdict(
        sha256=bundle.sha256,
        key=fingerprint(str(bundle.key)),
        own_key=key is not None,
        broken=_broken(content, bundle, key),
        previous=str(bundle.previous),
        chained=None
        if previous is None
        else bundle.previous == read_bundle(previous, "previous").sha256,
        faults=faults,
        withheld=withheld,
    )


def read_bundle(content: bytes, file: str) -> Bundle:
    """The parts of a publication's file; ``file`` is said in errors. Raises BadInput."""
    parts = strict_json(content, file)
    if not isinstance(parts, dict) or {*parts, "trace"} != PARTS:
        keys = [Written(key) for key in sorted(parts)] if isinstance(parts, dict) else []
        raise bad("other_parts", Place(file), found=keys, parts=sorted(PARTS - {"trace"}))
    document = parts["document"]
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = str(document.get("format")) if isinstance(document, dict) else ""
        raise bad("other_format", Place(file), found=Written(found), format=FORMAT)
    return Bundle(**parts)


def strict_json(content: bytes, file: str) -> Any:
    """What a file of JSON holds, in which no name stands twice. Raises BadInput."""
    try:
        return json.loads(content, object_pairs_hook=_each_once)
    except _NameTwice as error:
        raise bad("key_twice", Place(file), key=Written(error.name)) from error
    except (ValueError, RecursionError) as error:
        raise bad("no_json", Place(file)) from error


class _NameTwice(ValueError):
    def __init__(self, name: str) -> None:
        self.name = name


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ in which of two values of a name they take: what one verifies, another reads
    otherwise."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _NameTwice(name)
        found[name] = value
    return found


def check_numbers(document: Content) -> tuple[Sequence[Fault | Problem], list[str]]:
    """All that does not follow from what the document states, and units with counts withheld."""
    try:
        evidence = read_evidence(document)
        recomputed = derive(evidence)
    except BadInput as error:
        return error.problems, []
    hidden = [one.code for one in evidence.units if one.survey and one.survey.answers is None]
    return list(_differences(document, recomputed.content(), "")), hidden


def _broken(content: bytes, bundle: Bundle, own: bytes | None) -> Problem | None:
    try:
        if bundle_bytes(**vars(bundle)) != content:
            return Problem("written_otherwise")
        signed = sealed_bytes(bundle.document, bundle.previous, bundle.trace)
    except (ValueError, RecursionError):
        return Problem("no_canonical_json")
    if unlinked := _unlinked(bundle):
        return unlinked
    stated = read_pem(str(bundle.key).encode("utf-8", "replace"))
    if stated is None or pem(stated) != bundle.key:
        return Problem("no_key_in_file")
    if own is not None:
        brought = read_pem(own)
        if brought is None:
            raise bad("no_public_key")
        if pem(brought) != bundle.key:
            return Problem("other_key")
    if not _is(SIGNATURE, bundle.signature):
        return Problem("no_signature")
    try:
        stated.verify(bytes.fromhex(bundle.signature), signed)
    except InvalidSignature:
        return Problem("other_signature")
    return None


def _unlinked(bundle: Bundle) -> Problem | None:
    """Why a publication names nothing that could be before it; None where it does."""
    if not _is(HASH, bundle.previous):
        return Problem("no_hash_before")
    if bundle.trace is not None and not _is_head(bundle.trace):
        return Problem("no_trace_head")
    return None


def _is_head(trace: object) -> bool:
    return (
        isinstance(trace, dict)
        and set(trace) == TRACE
        and type(trace["event"]) is int
        and trace["event"] >= 0
        and _is(HASH, trace["hash"])
    )


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _differences(stated: object, recomputed: object, path: str) -> Iterator[Fault]:
    if isinstance(stated, dict) and isinstance(recomputed, dict):
        for key in sorted({*stated, *recomputed}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(stated.get(key, _Nothing), recomputed.get(key, _Nothing), inner)
    elif isinstance(stated, list) and isinstance(recomputed, list):
        for at, (one, other) in enumerate(zip(stated, recomputed, strict=True)):
            yield from _differences(one, other, f"{path}[{_name(one, at)}]")
    elif type(stated) is not type(recomputed) or stated != recomputed:
        yield Fault(path, _shown(stated), _shown(recomputed))


class _Nothing:
    """In place of what is absent."""


def _name(one: object, at: int) -> str:
    code = one.get("code") if isinstance(one, dict) else None
    return code if isinstance(code, str) else str(at)


def _shown(value: object) -> str:
    if value is _Nothing:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
