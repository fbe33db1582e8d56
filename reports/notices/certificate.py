"""The certificate (piagam) of an institution or a unit, as its published score entitles it to."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from analysis.publication.certainty import ToldCertainty
from analysis.publication.evidence import CertificateIssuer
from analysis.rulebook.scheme import Band, Scheme
from analysis.standing import MARKS
from locales import Language, say, show_date, show_number
from reports.how_sure import certainty_line
from reports.poster import qr_svg
from reports.style import INK, ZONES
from reports.typeset import STANDARDS, midnight, typeset

HASH_PART = 16  # characters, so that people can compare them


@dataclass(frozen=True)
class Certificate:
    """What a certificate states of ``name``; ``institution`` is empty where it is that itself.

    ``issuer``: who issues and signs it, and where, as was told with the publication. ``number``
    and ``sha256``: of the publication, ``published`` when; ``link``: to it.
    ``remarks``: what the evidence lacks, keys of ``league``.
    """

    name: str
    institution: str
    scheme: Scheme
    year: int
    score: Fraction
    band: Band
    issuer: CertificateIssuer
    number: int
    sha256: str
    published: date
    link: str
    remarks: tuple[str, ...]
    demonstration: bool
    certainty: ToldCertainty | None = None


def certificate_pdf(certificate: Certificate, language: Language = "id") -> bytes:
    """The certificate as PDF/A-2a and PDF/UA-1, one page across.

    Raises ValueError where the scheme has no certificate for the band.
    """
    told = _told(certificate, language)
    made = midnight(certificate.published)
    files = {"qr.svg": qr_svg(certificate.link)}
    return typeset("certificate.typ", told, files, pdf_standards=STANDARDS, timestamp=made)


def _told(one: Certificate, language: Language) -> dict[str, Any]:
    def speak(key: str, **values: object) -> str:
        return say(language, f"certificate.{key}", **values)

    scheme, band = one.scheme, one.band
    if scheme.certificate is None or not scheme.certifies(band):
        raise ValueError(f"{scheme.id}: no certificate for {one.score}")
    grade = f"{band.grade} · " if band.grade else ""
    zone = f" · {speak('zone', zone=say(language, f'league.{band.zone}'))}" if band.zone else ""
    score = show_number(language, scheme.round(one.score), scheme.decimals.value)
    marked = f"{score} {scheme.marks}".strip()
    title = scheme.certificate.value.name[language]
    return {
        "language": language,
        "made": [one.published.year, one.published.month, one.published.day],
        "title": title,
        "scheme": scheme.title[language],
        "year": speak("year", year=one.year),
        "given": speak("given"),
        "name": one.name,
        "institution": one.institution,
        "with": speak("with"),
        "score": marked,
        "category": f"{grade}{band.label[language]}{zone}",
        "colour": ZONES.get(band.zone or "", INK),
        "body": one.issuer.body[language],
        "signed": speak("signed", place=one.issuer.place, date=show_date(language, one.published)),
        "office": one.issuer.office[language],
        "signatory": one.issuer.signatory,
        "publication": speak(
            "publication", number=one.number, date=show_date(language, one.published)
        ),
        "hash": [one.sha256[at : at + HASH_PART] for at in range(0, len(one.sha256), HASH_PART)],
        "check": speak("check"),
        "link": one.link,
        "qr": speak("qr", number=one.number),
        "remarks": _remarks(one, language),
        "mark": say(language, "posters.demonstration") if one.demonstration else None,
    }


def _remarks(one: Certificate, language: Language) -> list[str]:
    """How sure rank and zone are, what is not official, and what the evidence lacks."""
    doubtful = [name for name in MARKS if name in one.scheme.standings and MARKS[name]]
    standings = [say(language, f"marks.{name}", mark=MARKS[name]) for name in doubtful]
    sure = [f"{certainty_line(language, one.certainty)}."] if one.certainty else []
    return [*sure, *standings, *(say(language, f"league.{key}") for key in one.remarks)]
