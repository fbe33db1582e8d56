"""The provider of identities that an instance trusts (OpenID Connect), named by the environment.

OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, all or none; OIDC_NAME: as people call it.
"""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ISSUER, CLIENT, SECRET, NAME = (
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
)
NEEDED = (ISSUER, CLIENT, SECRET)
LONGEST_NAME, LONGEST = 60, 200
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


class UnfitProvider(Exception):
    """The environment names a provider by halves, or one that nobody can trust."""


@dataclass(frozen=True)
class ProviderSettings:
    """Whom the instance trusts to say who somebody is, and as whom it asks."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


def provider_settings() -> ProviderSettings | None:
    """The provider of this instance; None where it has none. Raises UnfitProvider."""
    given = {key: os.environ.get(key, "").strip() for key in (*NEEDED, NAME)}
    if not any(given.values()):
        return None
    if missing := [key for key in NEEDED if not given[key]]:
        raise UnfitProvider(f"{' and '.join(missing)} must be set too, or none of OIDC_*.")
    if long := [key for key in (ISSUER, CLIENT) if len(given[key]) > LONGEST]:
        raise UnfitProvider(f"{long[0]} has more than {LONGEST} characters.")
    if not is_safe(given[ISSUER]) or urlsplit(given[ISSUER]).query:
        raise UnfitProvider(f"{ISSUER} is {given[ISSUER]}, expected https://...")
    name = given[NAME] or str(urlsplit(given[ISSUER]).hostname)
    if not (len(name) <= LONGEST_NAME and name.isprintable()):
        raise UnfitProvider(f"{NAME} has more than {LONGEST_NAME} characters, or other than those.")
    return ProviderSettings(given[ISSUER], given[CLIENT], given[SECRET], name)


def provider_name() -> str:
    """What people call the provider; empty where there is none."""
    settings = provider_settings()
    return settings.name if settings else ""


def is_safe(address: object) -> bool:
    """Whether it is an address that nobody on the way can read or change.

    >>> is_safe("https://sso.example.id"), is_safe("http://sso.example.id"), is_safe("http://[::1]:1")
    (True, False, True)
    >>> is_safe("https://budi@sso.example.id"), is_safe("https://[a"), is_safe(None)
    (False, False, False)
    """
    if not (isinstance(address, str) and address.isascii() and address.isprintable()):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    whole = bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment
    plain = parts.scheme == "http" and parts.hostname in OWN_MACHINE
    return whole and (parts.scheme == "https" or plain)
