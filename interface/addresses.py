"""What can be asked at which address, as a table: routes and description are made from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from desk.public.addresses import API
from desk.public.announced import (
    AnnouncementFilter,
    announced_indices,
    announced_of,
    announcement_record,
    find_announced,
)
from desk.public.publications import (
    approved_at,
    newest_publication,
    publication_records,
    published_rows,
    sealed_publication,
)
from desk.public.records import (
    AnnouncedIndex,
    AnnouncementRecord,
    Digest256,
    InstrumentDocument,
    InstrumentRecord,
    Leaving,
    PublicationRecord,
    PublicPath,
    PublishedRow,
    SchemeDocument,
    SchemeRecord,
)
from desk.public.rules import (
    instrument_document,
    instrument_records,
    scheme_document,
    scheme_records,
)
from interface.queries import AnnouncementQuery, ListQuery, NoQuery

Row = TypeVar("Row", bound=BaseModel)


class PartOfList(Leaving, Generic[Row]):
    """A list, or a part of it; ``total``: of the whole; ``next``: where it goes on."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """ListOfAnnouncedIndex."""
        return f"ListOf{params[0].__name__}"

    items: list[Row]
    total: int
    next: PublicPath | None = None


class SealedPublication(Leaving):
    """The signed file, byte for byte: check it with ``python -m analysis verify FILE``."""

    document: dict[str, object]
    previous: Digest256
    key: Annotated[str, Field(description="The public key, PEM")]
    signature: Annotated[str, Field(description="Ed25519, hexadecimal")]


@dataclass(frozen=True)
class Asked:
    """What was asked: of which record, with which parameters."""

    key: str
    query: NoQuery

    @property
    def uuid(self) -> UUID | None:
        """The key as an id; None where it is none."""
        try:
            return UUID(self.key)
        except ValueError:
            return None


@dataclass(frozen=True)
class Found:
    """What was found: as JSON, and of lists the rows of the CSV.

    ``modified``: when it last changed, None where only its bytes tell; ``lasting``: it never will.
    """

    content: BaseModel | bytes
    rows: Sequence[BaseModel] = ()
    following: str | None = None
    modified: datetime | None = None
    lasting: bool = False


@dataclass(frozen=True)
class ApiAddress:
    """An address below /api/v1; ``row``: of a list; ``key``: what its {key} is, if it has one."""

    name: str
    path: str
    about: str
    find: Callable[[Session, Asked], Found | None]
    answer: type[BaseModel]
    row: type[BaseModel] | None = None
    query: type[NoQuery] = NoQuery
    key: str = ""


def _announcements(session: Session, asked: Asked) -> Found:
    query = asked.query
    assert isinstance(query, AnnouncementQuery)
    wanted = AnnouncementFilter(query.institution, query.unit, query.year)
    first = (query.page - 1) * query.size
    part = find_announced(session, wanted, first, query.size)
    rows = list(announced_indices(session, part.found))
    following = None
    if first + len(rows) < part.total and rows:
        again = query.model_dump(exclude_none=True) | {"page": query.page + 1}
        following = f"{API}/announcements?{urlencode(again)}"
    content = PartOfList[AnnouncedIndex](items=rows, total=part.total, next=following)
    return Found(content, rows, following, part.newest)


def _announcement(session: Session, asked: Asked) -> Found | None:
    found = announced_of(session, asked.uuid) if asked.uuid else None
    return Found(announcement_record(session, found)) if found else None


def _publications(session: Session, _asked: Asked) -> Found:
    rows = publication_records(session)
    return _whole(PartOfList[PublicationRecord], rows, newest_publication(session))


def _institutions(session: Session, asked: Asked) -> Found | None:
    rows = published_rows(session, asked.uuid) if asked.uuid else None
    if rows is None or asked.uuid is None:
        return None
    return _whole(PartOfList[PublishedRow], list(rows), approved_at(session, asked.uuid))


def _sealed(session: Session, asked: Asked) -> Found | None:
    sealed = sealed_publication(session, asked.uuid) if asked.uuid else None
    if sealed is None or asked.uuid is None:
        return None
    return Found(sealed, modified=approved_at(session, asked.uuid), lasting=True)


def _schemes(_session: Session, _asked: Asked) -> Found:
    return _whole(PartOfList[SchemeRecord], scheme_records())


def _scheme(_session: Session, asked: Asked) -> Found | None:
    document = scheme_document(asked.key)
    return Found(document) if document else None


def _instruments(_session: Session, _asked: Asked) -> Found:
    return _whole(PartOfList[InstrumentRecord], instrument_records())


def _instrument(_session: Session, asked: Asked) -> Found | None:
    document = instrument_document(asked.key)
    return Found(document) if document else None


def _whole(kind: type[PartOfList[Row]], rows: list[Row], modified: datetime | None = None) -> Found:
    return Found(kind(items=rows, total=len(rows)), rows, modified=modified)


ADDRESSES = (
    ApiAddress(
        "announcements",
        "/announcements",
        "Indices that units and institutions announced themselves, newest survey first",
        _announcements,
        PartOfList[AnnouncedIndex],
        AnnouncedIndex,
        AnnouncementQuery,
    ),
    ApiAddress(
        "announcement",
        "/announcements/{key}",
        "An announced index with its elements, services, respondents, and what was done since",
        _announcement,
        AnnouncementRecord,
        key="uuid",
    ),
    ApiAddress(
        "publications",
        "/publications",
        "The Ombudsman's publications, newest first",
        _publications,
        PartOfList[PublicationRecord],
        PublicationRecord,
        ListQuery,
    ),
    ApiAddress(
        "publication",
        "/publications/{key}",
        "A publication as it was sealed, byte for byte",
        _sealed,
        SealedPublication,
        key="uuid",
    ),
    ApiAddress(
        "published_institutions",
        "/publications/{key}/institutions",
        "The institutions of a publication with score, zone and rank",
        _institutions,
        PartOfList[PublishedRow],
        PublishedRow,
        ListQuery,
        key="uuid",
    ),
    ApiAddress(
        "schemes",
        "/schemes",
        "The rules by which answers become an index or a score",
        _schemes,
        PartOfList[SchemeRecord],
        SchemeRecord,
        ListQuery,
    ),
    ApiAddress(
        "scheme",
        "/schemes/{key}",
        "A scheme with its bands and its file",
        _scheme,
        SchemeDocument,
        key="id",
    ),
    ApiAddress(
        "instruments",
        "/instruments",
        "The questionnaires",
        _instruments,
        PartOfList[InstrumentRecord],
        InstrumentRecord,
        ListQuery,
    ),
    ApiAddress(
        "instrument",
        "/instruments/{key}",
        "A questionnaire with its questions and its file",
        _instrument,
        InstrumentDocument,
        key="id",
    ),
)
