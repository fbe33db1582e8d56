"""What a browser carries for us on the way by the provider: signed, for some minutes."""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.keyed import keyed
from accounts.rules import log_in_rules
from locales import LANGUAGES, Language

LONGEST = 2_000  # of what comes back


@dataclass(frozen=True)
class Begun:
    """A log-in by the provider that this browser has begun; all it takes follows from the mark.

    The provider is told the state, the nonce and the challenge, which tell nobody the mark.
    """

    secret: bytes
    mark: str
    language: Language
    since: datetime

    @property
    def state(self) -> str:
        """By which the answer is known as one to this browser."""
        return keyed(self.secret, "provider state", self.mark)

    @property
    def nonce(self) -> str:
        """By which the provider's word is known as said for this log-in."""
        return keyed(self.secret, "provider nonce", self.mark)

    @property
    def verifier(self) -> str:
        """By which the code is of use to who began, and to nobody else (RFC 7636)."""
        return keyed(self.secret, "provider verifier", self.mark)

    @property
    def cookie(self) -> str:
        """What the browser carries."""
        return _signed(self.secret, "begun", [_seconds(self.since), self.mark, self.language])


def begin(secret: bytes, language: Language, moment: datetime) -> Begun:
    """A new log-in by the provider."""
    return Begun(secret, secrets.token_urlsafe(32), language, moment)


def read_begun(secret: bytes, cookie: str, moment: datetime) -> Begun | None:
    """The log-in that a browser has begun; None after its minutes, and of what is not ours."""
    match _read(secret, "begun", cookie, moment):
        case [int(since), str(mark), str(language)] if language in LANGUAGES:
            return Begun(secret, mark, language, datetime.fromtimestamp(since, UTC))
    return None


@dataclass(frozen=True)
class Identity:
    """Who somebody is to a provider: its name for them, and how they are shown to themselves."""

    issuer: str
    subject: str
    shown: str


def carry_identity(secret: bytes, identity: Identity, log_in: str, moment: datetime) -> str:
    """An identity that was just proven, until its owner confirms the link, in this log-in alone."""
    content = [_seconds(moment), identity.issuer, identity.subject, identity.shown]
    return _signed(secret, f"proven {log_in}", content)


def read_identity(secret: bytes, cookie: str, log_in: str, moment: datetime) -> Identity | None:
    """The identity that was proven in this log-in of late."""
    match _read(secret, f"proven {log_in}", cookie, moment):
        case [int(), str(issuer), str(subject), str(shown)]:
            return Identity(issuer, subject, shown)
    return None


def _signed(secret: bytes, what: str, content: list[object]) -> str:
    text = urlsafe_b64encode(json.dumps(content, ensure_ascii=False).encode()).decode()
    return f"{text}.{keyed(secret, f'carried {what}', text)}"


def _read(secret: bytes, what: str, cookie: str, moment: datetime) -> object:
    text, _, signature = cookie[:LONGEST].partition(".")
    right = keyed(secret, f"carried {what}", text)
    if not hmac.compare_digest(signature.encode(errors="replace"), right.encode()):
        return None
    content = json.loads(urlsafe_b64decode(text))
    since = datetime.fromtimestamp(content[0], UTC)
    recent = moment - log_in_rules().provider.lasts < since <= moment + log_in_rules().log_ins.apart
    return content if recent else None


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
