"""What a screen offers: a file or a picture waits at an address, for the person it was offered to.

Streamlit's own addresses of files answer whoever knows them. These ask who asks, each time.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

import streamlit as st

from accounts.actors import Actor
from accounts.gate import still
from models import Session

BELOW = "/unduh"
KEPT = "offers_kept"
# Of one visit, so that none fills the memory; the longest waiting goes first.
MOST = 300

# Makes the content for who asks now, as the database has them, and refuses where theirs has ended.
Make = Callable[[Session, Actor], bytes]


@dataclass(frozen=True, eq=False)
class Offer:
    """``of``: to whom it was offered; ``shown``: a picture of a page, no file to take away."""

    file_name: str
    media_type: str
    of: Actor
    make: Make
    shown: bool = False

    def content(self, session: Session, asking: Actor | None) -> bytes:
        """What is given to who asks now. Raises Forbidden, and BadInput as ``make`` does."""
        return self.make(session, still(asking, self.of))


@dataclass(frozen=True, eq=False)
class PublicOffer:
    """What everybody may take away."""

    file_name: str
    media_type: str
    make: Callable[[Session], bytes]
    shown: bool = False

    def content(self, session: Session, asking: Actor | None) -> bytes:
        """The same for whoever asks. Raises BadInput as ``make`` does."""
        return self.make(session)


AnyOffer = Offer | PublicOffer

# Each lives as long as the visit that keeps it.
_offers: WeakValueDictionary[str, AnyOffer] = WeakValueDictionary()


def put_out(key: str, offer: AnyOffer) -> str:
    """The address at which the offer waits; the same one for the same ``key`` of a visit."""
    kept: dict[str, tuple[str, AnyOffer]] = st.session_state.setdefault(KEPT, {})
    number, _ = kept.pop(key, (secrets.token_urlsafe(24), None))
    kept[key] = number, offer
    _offers[number] = offer
    while len(kept) > MOST:
        del kept[next(iter(kept))]
    return f"{BELOW}/{number}"


def offered(number: str) -> AnyOffer | None:
    """The offer of that number, while its visit lasts."""
    return _offers.get(number)


def ready(content: bytes) -> Callable[[Session], bytes]:
    """Public content that is made already."""
    return lambda session: content


def kept_for(content: bytes, scope: Callable[[Session, Actor], object]) -> Make:
    """Content that is made already, where ``scope`` still holds; that raises Forbidden."""

    def make(session: Session, asking: Actor) -> bytes:
        scope(session, asking)
        return content

    return make
