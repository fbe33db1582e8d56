"""Certificates (piagam): who is entitled to one by a public, current publication, and the paper."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actors import Actor, runs_unit, visible_units
from analysis.errors import Written, bad
from analysis.publication.certainty import Certified, told_certainty
from analysis.publication.evidence import CertificateIssuer
from analysis.publication.published_scores import (
    PublishedScores,
    PublishedUnit,
)
from analysis.rulebook.scheme import Band, Scheme
from desk.assessment.products import FACT, places_with_open
from desk.assessment.years import require_in_force
from desk.publication.published import Entry, entries, permanent_link
from desk.publication.publishing import read_document
from locales import Language, say
from reports.notices.certificate import Certificate, certificate_pdf

# A list of the document, and a code in it.
HolderKind = Literal["institutions", "units"]
KINDS: tuple[HolderKind, ...] = ("institutions", "units")
Holder = tuple[HolderKind, str]


def holders(document: PublishedScores, scheme: Scheme, institution: str) -> dict[Holder, str]:
    """The names of an institution and of its units, of those whose score the scheme certifies."""
    found: dict[Holder, str] = {}
    part = document.of_institution(institution)
    for kind in KINDS:
        for one in _list(part, kind):
            if _certified(one, scheme):
                found[kind, one.code] = one.name
    return found


def entitled(
    session: Session, entry: Entry, document: PublishedScores, institution: str
) -> dict[Holder, str]:
    """Those holders from whom no certificate is withheld now."""
    waiting = _waiting(session, entry, document)
    return {
        holder: name
        for holder, name in holders(document, entry.scheme, institution).items()
        if not _is_withheld(waiting, institution, holder)
    }


def giving(session: Session) -> list[Entry]:
    """The publications of which certificates are given, newest first."""
    found = entries(session).values()
    return [
        one for one in found if one.scheme.certificate and not one.replaced and not one.simulation
    ]


def own_holders(session: Session, actor: Actor) -> list[tuple[Entry, Holder, str]]:
    """What the actor's institutions and units are entitled to, newest publication first.

    A coordinator sees those of the institution, an official those of the unit.
    """
    units = [unit for unit in session.scalars(visible_units(actor)) if runs_unit(actor, unit)]
    own = {
        "units": {unit.code for unit in units},
        "institutions": {
            unit.institution.code for unit in units if unit.institution_id in actor.institutions
        },
    }
    found: list[tuple[Entry, Holder, str]] = []
    for entry in giving(session) if units else ():
        document = read_document(entry.publication)
        if document.issuer is None:
            continue
        for place in dict.fromkeys(unit.institution.code for unit in units):
            found += [
                (entry, (kind, code), name)
                for (kind, code), name in entitled(session, entry, document, place).items()
                if code in own[kind]
            ]
    return found


def hand_out(
    session: Session, publication_id: UUID, holder: Holder, base: str, language: Language
) -> tuple[str, bytes]:
    """File name and content of a certificate. What it states is public, so is the certificate.

    Raises BadInput for a publication that is not public or was replaced, whose scheme is not in
    force in its year, or that names nobody who issues certificates; for a holder that it has not
    or whose score its scheme does not certify; and while it is withheld.
    """
    entry = entries(session).get(publication_id)
    if entry is None:
        raise bad("no_publication", found=Written(str(publication_id)))
    if entry.replaced:
        raise bad("publication_replaced", number=entry.number)
    require_in_force(entry.scheme, entry.publication.year)
    document = read_document(entry.publication)
    kind, code = holder
    one = next((one for one in _list(document, kind) if one.code == code), None)
    certified = one and _certified(one, entry.scheme)
    if one is None or not certified:
        raise bad("no_certificate", found=Written(code), scheme=entry.scheme.id)
    if document.issuer is None:
        raise bad("certificate_without_issuer", number=entry.number)
    if _is_withheld(_waiting(session, entry, document), _institution_of(one), holder):
        raise bad("certificate_withheld", found=Written(code))
    certificate = _certificate(entry, document, document.issuer, (one, *certified), base)
    paper = certificate_pdf(certificate, language)
    name = say(language, "certificate.file")
    return f"{name}-{entry.publication.year}-{entry.scheme.id}-{code}.pdf", paper


def _certificate(
    entry: Entry,
    document: PublishedScores,
    issuer: CertificateIssuer,
    certified: tuple[Certified, Fraction, Band],
    base: str,
) -> Certificate:
    one, score, band = certified
    of = _institution_of(one)
    place = next(place for place in document.institutions if place.code == of)
    own_survey = ["not_independent"] if document.not_independent else []
    units = [unit for unit in document.units if one.code in (unit.code, unit.institution)]
    waived = ["waived"] if any(unit.waiver for unit in units) else []
    return Certificate(
        name=one.name,
        institution=place.name if one is not place else "",
        scheme=entry.scheme,
        year=entry.publication.year,
        score=score,
        band=band,
        issuer=issuer,
        number=entry.number,
        sha256=entry.seal.hash,
        published=entry.seal.approved_at.date(),
        link=permanent_link(base, entry.publication.id, of),
        remarks=(*own_survey, *waived, *(f"without_{source}" for source in document.without)),
        demonstration=place.demonstration,
        certainty=told_certainty(document, entry.scheme, one),
    )


def _waiting(
    session: Session, entry: Entry, document: PublishedScores
) -> set[tuple[str, str | None]]:
    """Of whom a product is open, where the scheme withholds certificates of the year for that.

    And of whom the document says that every one was followed up, which then no longer holds.
    """
    year, suffix = entry.publication.year, entry.scheme.suffix
    if entry.scheme.withholds(year):
        return places_with_open(session, year)
    if suffix is None or suffix.value.fact != FACT:
        return set()
    cleared = {one.code for one in document.institutions if one.declared}
    return {(code, None) for code, _ in places_with_open(session, year) if code in cleared}


def _is_withheld(
    waiting: Collection[tuple[str, str | None]], institution: str, holder: Holder
) -> bool:
    """Whether it waits: of an institution for any product, of a unit for its own, and for those
    that are about no unit in particular."""
    kind, code = holder
    return any(
        kind == "institutions" or unit in (None, code)
        for place, unit in waiting
        if place == institution
    )


def _institution_of(one: Certified) -> str:
    return one.institution if isinstance(one, PublishedUnit) else one.code


def _list(document: PublishedScores, kind: HolderKind) -> Sequence[Certified]:
    return document.institutions if kind == "institutions" else document.units


def _certified(one: Certified, scheme: Scheme) -> tuple[Fraction, Band] | None:
    """A published score and its band, labelled as published, if the scheme certifies it."""
    band = None if one.score_exact is None else scheme.band(one.score_exact)
    if one.score_exact is None or band is None or not scheme.certifies(band):
        return None
    return one.score_exact, band.model_copy(update={"label": one.label})
