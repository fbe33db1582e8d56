"""The provider of identities, asked as OpenID Connect has it: a code, and a signed word for it.

What it says of roles, names or second factors counts for nothing here; only whose subject it is.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet, import_key
from joserfc.jws import JWSRegistry
from requests import RequestException, Response

from accounts.carried import Begun, Identity
from accounts.provider_settings import ProviderSettings, is_safe
from accounts.rules import log_in_rules
from analysis.characters import entered

DESCRIPTION = "/.well-known/openid-configuration"
# Keys that only the provider has: with a shared one, whoever knows it could sign as the provider.
ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
KINDS_OF_KEYS = ("RSA", "EC")
LARGEST_ANSWER, PIECE = 500_000, 50_000
SUBJECT = re.compile("[ -~]{1,255}")
LONGEST_SHOWN = 100
SHOWN_BY = ("preferred_username", "email", "name")
AT_MOST_EVERY = timedelta(minutes=1)  # keys are asked for anew
KNOWN_ERROR = re.compile(r"[a-z_]{1,40}")
OF_THE_CODE = "invalid_grant"  # all other errors are of the provider or of how it is set

logger = logging.getLogger(__name__)


class ProviderUnreachable(Exception):
    """The provider does not answer, or not as one does."""


class IdentityRefused(Exception):
    """The provider does not stand by the code, or its word cannot be believed."""


class Provider:
    """The provider of an instance; keeps for a while what it tells of itself."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._kept: dict[str, tuple[datetime, Mapping[str, Any]]] = {}

    def address(self, begun: Begun, back: str, moment: datetime) -> str:
        """Where the browser goes to; ``back``: where to it returns. Raises ProviderUnreachable."""
        described = self._described(moment)
        with self._session(back) as session:
            address, _ = session.create_authorization_url(
                described["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
                prompt="login",  # who has logged out here is not in again by one click
                ui_locales=begun.language,
            )
        return str(address)

    def identify(self, code: str, begun: Begun, back: str, moment: datetime) -> Identity:
        """Who came back with the code. Raises ProviderUnreachable and IdentityRefused."""
        described = self._described(moment)
        try:
            with self._session(back, described) as session:
                token = session.fetch_token(
                    described["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                    allow_redirects=False,
                )
        except OAuthError as error:
            known = KNOWN_ERROR.fullmatch(str(error.error))
            logger.error("the provider refused a code: %s", known[0] if known else "for no reason")
            if error.error == OF_THE_CODE:
                raise IdentityRefused from error
            raise ProviderUnreachable from error
        except (RequestException, ValueError) as error:
            raise _unreachable(error) from error
        try:
            return self._believed(token, begun, moment)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            logger.error("the provider's word cannot be believed: %s", type(error).__name__)
            raise IdentityRefused from error

    def _believed(self, token: Mapping[str, Any], begun: Begun, moment: datetime) -> Identity:
        decoded = self._decoded(str(token["id_token"]), moment)
        issuer, client = self.settings.issuer, self.settings.client_id
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"value": client}},
            {"nonce": begun.nonce, "client_id": client, "access_token": token.get("access_token")},
        )
        apart = log_in_rules().log_ins.apart
        claims.validate(now=int(moment.timestamp()), leeway=int(apart.total_seconds()))
        if claims["iat"] < (begun.since - apart).timestamp():
            raise ValueError("said before it was asked")
        subject = claims["sub"]
        if not SUBJECT.fullmatch(subject):
            raise ValueError("no subject")
        return Identity(issuer, subject, _shown(claims))

    def _decoded(self, word: str, moment: datetime) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(word, self._keys(moment), registry=registry)
        except (InvalidKeyIdError, BadSignatureError):
            if not self._forget_keys(moment):
                raise
            return jwt.decode(word, self._keys(moment), registry=registry)

    def _described(self, moment: datetime) -> Mapping[str, Any]:
        described = self._kept_or_asked(f"{self.settings.issuer.rstrip('/')}{DESCRIPTION}", moment)
        endpoints = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        same = described.get("issuer") == self.settings.issuer
        if not (same and all(is_safe(described.get(one)) for one in endpoints)):
            logger.error("the provider describes itself as another, or without safe addresses")
            raise ProviderUnreachable
        return described

    def _keys(self, moment: datetime) -> KeySet:
        told = self._kept_or_asked(self._described(moment)["jwks_uri"], moment).get("keys")
        return KeySet([*_usable(told if isinstance(told, list) else [])])

    def _forget_keys(self, moment: datetime) -> bool:
        """Whether they will be asked for anew: a provider changes its keys now and then."""
        address = self._described(moment)["jwks_uri"]
        with self._lock:
            since = self._kept[address][0] if address in self._kept else moment
            old = moment - since >= AT_MOST_EVERY
            if old:
                del self._kept[address]
        return old

    def _kept_or_asked(self, address: str, moment: datetime) -> Mapping[str, Any]:
        lasts = timedelta(minutes=log_in_rules().provider.kept_minutes)
        with self._lock:
            since, kept = self._kept.get(address, (moment, None))
        if kept is not None and abs(moment - since) < lasts:
            return kept
        asked = self._asked(address)
        with self._lock:
            self._kept[address] = moment, asked
        return asked

    def _asked(self, address: str) -> Mapping[str, Any]:
        try:
            with self._session() as session:
                answer = session.get(address, withhold_token=True, allow_redirects=False)
                answer.raise_for_status()
                told = answer.json()
        except (RequestException, ValueError) as error:
            raise _unreachable(error) from error
        if answer.status_code != 200 or not isinstance(told, dict):
            raise _unreachable(ValueError())
        return told

    def _session(self, back: str = "", described: Mapping[str, Any] | None = None) -> OAuth2Session:
        ways = (described or {}).get("token_endpoint_auth_methods_supported")
        posted = isinstance(ways, list) and "client_secret_basic" not in ways
        session = OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            "client_secret_post" if posted else "client_secret_basic",
            scope="openid profile",
            redirect_uri=back or None,
            code_challenge_method="S256",
            default_timeout=log_in_rules().provider.seconds,
        )
        session.hooks["response"].append(_bounded)
        return session


def _bounded(answer: Response, **_: object) -> None:
    """Reads as much as may come, before the session reads all there is."""
    content = b""
    for piece in answer.iter_content(PIECE):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise RequestException("too large")
    answer._content, answer._content_consumed = content, True


def _usable(keys: list[Any]) -> Iterator[Key]:
    """Those of the keys that a provider's word may be signed with; it may have others too."""
    for key in keys:
        if isinstance(key, dict) and key.get("kty") in KINDS_OF_KEYS:
            with suppress(JoseError, ValueError, TypeError, KeyError):
                yield import_key(key)


def _unreachable(error: Exception) -> ProviderUnreachable:
    logger.error("the provider does not answer: %s", type(error).__name__)
    return ProviderUnreachable()


def _shown(claims: Mapping[str, Any]) -> str:
    told = (claims.get(one) for one in SHOWN_BY)
    name = next((one for one in told if isinstance(one, str) and one.strip()), claims["sub"])
    return entered(" ".join(name.split()))[:LONGEST_SHOWN]
