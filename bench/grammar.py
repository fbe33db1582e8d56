"""Requests as our pages and programs send them, and what becomes of them in foreign hands."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from string import ascii_letters
from time import time
from urllib.parse import quote, urlencode

from bench.places import SKM, THIS_YEAR
from survey.light import forms
from survey.receipts import mint_key
from survey.seal import seal

FORM_TYPE = "application/x-www-form-urlencoded"
NASTY = (
    *("", " ", "0", "-1", "1e999", "9" * 40, "null", "true", "\0", "\x1b[31m", "\ufeff", "\u202e"),
    *("' or 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "%s%n", "../../etc/passwd", "%00"),
    *(
        "=1+1",
        "a" * 5_000,
        "é" * 200,
        "👩🏽\u200d🔧",
        "[]",
        "{}",
        "NaN",
        "2026-13-45",
        "\r\nX-A: b",
    ),
)
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY")
HEADERS: Mapping[str, Sequence[str]] = {
    "Accept": ("text/html", "text/csv", "application/json;q=0.1", "*/*;q=x", ",,,"),
    "Accept-Encoding": ("gzip", "br", "identity;q=0", "gzip;q=junk"),
    "Accept-Language": ("id", "en-GB,en;q=0.5", "xx", "*" * 300),
    "Content-Type": ("application/json", "multipart/form-data; boundary=", "text/plain", "x"),
    "Cookie": ("lang=en", "sid=junk", "sid=" + "a" * 300, "a=b; lang=xx; sid=", "=;=;"),
    "If-Modified-Since": ("Tue, 01 Dec 2026 00:00:00 GMT", "yesterday", "0"),
    "If-None-Match": ('"x"', "*", "W/", '"' * 20),
    "Origin": ("https://evil.test", "null", "", "http://127.0.0.1"),
    "Range": ("bytes=0-9", "bytes=9-0", "bytes=-99999999999999999999", "pages=1", "bytes=a-b,"),
    "Sec-Fetch-Site": ("cross-site", "same-origin", "junk"),
    "User-Agent": ("", "flood/1", "Mozilla/5.0 " * 40),
    "X-Forwarded-Proto": ("https", "https, http", "junk"),
}
QUERIES = ("lang", "q", "i", "unit", "kode", "d", "page", "limit", "year", "tahun", "format", "n")


@dataclass(frozen=True)
class FuzzedRequest:
    """A request to be sent, with the pattern of the route that it means."""

    route: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """What stands in the first line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass
class Grammar:
    """Draws requests; ``known``: values that routes' parameters really have."""

    chance: random.Random
    known: Mapping[str, Sequence[str]]
    public: bytes

    def request(self, route: str, methods: Sequence[str]) -> FuzzedRequest:
        """A whole request to the route half of the time, else one that was changed."""
        method = self.chance.choice(methods)
        made = FuzzedRequest(route, method, self._path(route), self._query(), self._headers())
        if method == "POST":
            made = self._with_body(made)
        for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2))):
            made = self.chance.choice(CHANGES)(self, made)
        return made

    def nasty(self) -> str:
        """Something that nobody should send."""
        return self.chance.choice((*NASTY, "".join(self.chance.choices(ascii_letters, k=9))))

    def _path(self, route: str) -> str:
        parts = []
        for part in route.split("/"):
            name = part.strip("{}").partition(":")[0]
            values = self.known.get(name, ("x",)) if part.startswith("{") else (part,)
            parts.append(self.chance.choice(values))
        return "/".join(parts)

    def _query(self) -> dict[str, str]:
        return {"lang": self.chance.choice(("id", "en"))} if self.chance.random() < 0.3 else {}

    def _headers(self) -> dict[str, str]:
        return {"X-Forwarded-For": str(IPv4Address(self.chance.getrandbits(32)))}

    def _with_body(self, made: FuzzedRequest) -> FuzzedRequest:
        fields = DOORS.get(made.route, _filled)(self.chance)
        body = urlencode(fields).encode()
        if made.route.endswith("/sealed"):
            return replace(made, body=seal(self.public, body))
        kind = {"Content-Type": FORM_TYPE, "Sec-Fetch-Site": "same-origin"}
        return replace(made, body=body, headers={**made.headers, **kind})


def _filled(chance: random.Random) -> dict[str, str]:
    """A citizen's form with all that can be answered, here and there something nasty."""
    told = {
        forms.KEY: mint_key(),
        forms.PERIOD: str(THIS_YEAR),
        forms.SEEN_AT: str(int(time()) - chance.randrange(20, 900)),
        forms.SERVICE: f"s{chance.randrange(3)}",
        forms.EXPERIENCE: chance.choice([*SKM.experience.forms, "none"]),
        forms.PROVENANCE: chance.choice(("self", "companion")),
        forms.COMMENT: chance.choice(("Petugas ramah.", "Antre lama", *NASTY)),
        **{f"{forms.ITEM}{item}": chance.choice("1234") for item in SKM.allowed},
        **{
            f"{forms.RESPONDENT}{one.key}": chance.choice(list(one.options))
            for one in SKM.respondent.fields
        },
    }
    if chance.random() < 0.3:
        told[chance.choice(list(told))] = chance.choice(NASTY)
    return told


def _log_in(chance: random.Random) -> dict[str, str]:
    return {"username": chance.choice(("admin", *NASTY)), "password": chance.choice(NASTY)}


def _first_day(chance: random.Random) -> dict[str, str]:
    names = ("code", "name", "username", "password", "again")
    return {name: chance.choice(("abcdefghijklmnop", *NASTY)) for name in names}


def _new_password(chance: random.Random) -> dict[str, str]:
    return {name: chance.choice(NASTY) for name in ("password", "new", "again")}


DOORS: Mapping[str, Callable[[random.Random], dict[str, str]]] = {
    "/masuk": _log_in,
    "/mulai": _first_day,
    "/sandi": _new_password,
}


def _other_method(of: Grammar, made: FuzzedRequest) -> FuzzedRequest:
    return replace(made, method=of.chance.choice(METHODS))


def _other_path(of: Grammar, made: FuzzedRequest) -> FuzzedRequest:
    parts = made.path.split("/")
    parts[of.chance.randrange(1, len(parts))] = quote(of.nasty()[:300], safe="")
    return replace(made, path="/".join(parts))


def _more_query(of: Grammar, made: FuzzedRequest) -> FuzzedRequest:
    more = {of.chance.choice((*QUERIES, "".join(of.nasty()[:9]))): of.nasty()[:600]}
    return replace(made, query={**made.query, **more})


def _other_header(of: Grammar, made: FuzzedRequest) -> FuzzedRequest:
    name = of.chance.choice(list(HEADERS))
    return replace(made, headers={**made.headers, name: of.chance.choice(HEADERS[name])})


def _broken_body(of: Grammar, made: FuzzedRequest) -> FuzzedRequest:
    """Bytes cut off, turned over, or put in."""
    body = bytearray(made.body or of.nasty().encode())
    at = of.chance.randrange(len(body) + 1)
    how = of.chance.randrange(3)
    if how == 0:
        del body[at:]
    elif how == 1 and at < len(body):
        body[at] ^= 1 << of.chance.randrange(8)
    else:
        body[at:at] = of.nasty().encode()
    return replace(made, body=bytes(body))


def _doubled_body(_of: Grammar, made: FuzzedRequest) -> FuzzedRequest:
    return replace(made, body=made.body + b"&" + made.body)


CHANGES = (_other_method, _other_path, _more_query, _other_header, _broken_body, _doubled_body)
