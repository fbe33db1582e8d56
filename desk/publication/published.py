"""What is public: the chain of publications, which replaces which, and what others take away."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from analysis.publication.sealed import FIRST
from analysis.rulebook.scheme import Scheme
from desk.publication.publishing import bundle, read_document
from models import Publication, SchemeUsed, Seal
from reports.open_data.published import Published, published_zip
from survey.schemes import kept_scheme


@dataclass(frozen=True)
class Entry:
    """A public publication among all.

    ``number``: its place in the chain, from 1; ``before`` and ``newest``: of the publications
    of its year and scheme the one that it replaced, if any, and the last.
    """

    publication: Publication
    seal: Seal
    scheme: Scheme
    number: int
    before: UUID | None
    newest: UUID

    @property
    def replaced(self) -> bool:
        """Whether a later one says the same year under the same scheme anew."""
        return self.newest != self.publication.id

    @property
    def simulation(self) -> bool:
        """Whether its scheme is not in force in its year, as was not refused before.

        It keeps its address and its place in the chain, is in no public list, and gives no
        certificate.
        """
        return not self.scheme.valid.covers(self.publication.year)


def entries(session: Session) -> Mapping[UUID, Entry]:
    """All public publications by their id, newest first; their documents are read when asked."""
    rows = session.execute(
        select(Publication, Seal, SchemeUsed)
        .join(Seal, Seal.publication_id == Publication.id)
        .join(SchemeUsed, SchemeUsed.hash == Publication.scheme_hash)
        .options(defer(Publication.document), joinedload(Publication.seal))
    ).all()
    following = {seal.previous_hash: (one, seal, used) for one, seal, used in rows}
    found: list[tuple[Publication, Seal, Scheme, UUID | None]] = []
    last: dict[tuple[int, str], UUID] = {}
    end = FIRST
    while end in following:
        publication, seal, used = following[end]
        same = publication.year, used.key
        found.append((publication, seal, kept_scheme(used), last.get(same)))
        last[same], end = publication.id, seal.hash
    return {
        publication.id: Entry(
            publication, seal, scheme, number, before, last[publication.year, scheme.id]
        )
        for number, (publication, seal, scheme, before) in reversed([*enumerate(found, 1)])
    }


def permanent_link(base: str, publication: UUID, institution: str = "") -> str:
    """The address of a publication's page, and there of an institution by its code."""
    chosen = f"&instansi={institution}" if institution else ""
    return f"{base}/hasil?publikasi={publication}{chosen}"


def file_name(entry: Entry, kind: str) -> str:
    """What a file of the publication is called."""
    year, scheme = entry.publication.year, entry.scheme.id
    return f"suara-layanan-{entry.number}-{year}-{scheme}.{kind}"


def sealed_file(session: Session, publication_id: UUID) -> bytes:
    """The file by which anyone verifies a public publication. Raises KeyError for another."""
    entry = entries(session)[publication_id]
    return bundle(entry.publication, entry.seal)


def open_data(session: Session, publication_id: UUID, base: str) -> bytes:
    """The zip that others take away of a public publication. Raises KeyError for another."""
    entry = entries(session)[publication_id]
    publication, seal = entry.publication, entry.seal
    return published_zip(
        Published(
            sealed=bundle(publication, seal),
            document=read_document(publication),
            key=seal.public_key,
            scheme=entry.scheme,
            number=entry.number,
            sha256=seal.hash,
            published=seal.approved_at.date(),
            link=permanent_link(base, publication_id),
        )
    )
