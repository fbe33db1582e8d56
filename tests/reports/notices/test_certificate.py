"""The certificate: one page, whatever the names, in both languages, of entitled scores only."""

import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.publication.certainty import ToldCertainty
from analysis.publication.evidence import CertificateIssuer
from analysis.rulebook.scheme import load_scheme
from analysis.rules import Text
from locales import LANGUAGES, Language, texts
from reports.notices.certificate import Certificate, certificate_pdf
from tests.reports.papers.test_report import MARKUP, squeezed

LONG = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu serta Ketenagakerjaan "


def a_certificate(scheme: str = "opini-2025", score: str = "88.52") -> Certificate:
    rules = load_scheme(scheme)
    band = rules.band(Fraction(score), fact=True)
    assert band is not None
    return Certificate(
        name="Puskesmas Langgur",
        institution="Kabupaten Maluku Tenggara",
        scheme=rules,
        year=2025,
        score=Fraction(score),
        band=band,
        issuer=CertificateIssuer(
            body=Text(id="Ombudsman Republik Indonesia", en="Ombudsman of Indonesia"),
            place="Jakarta",
            signatory="Siti Rahmawati",
            office=Text(id="Ketua", en="Chair"),
        ),
        number=3,
        sha256="0123456789abcdef" * 4,
        published=date(2026, 3, 3),
        link="https://penilaian.contoh.go.id/hasil?publikasi=7d3f7c0e-8f0a-4c57-9d8e-1b1f3f0e8a11",
        remarks=("not_independent", "without_import"),
        demonstration=True,
    )


def said(certificate: Certificate, language: Language = "id") -> str:
    shown = subprocess.run(
        ["pdftotext", "-raw", "-", "-"],
        input=certificate_pdf(certificate, language),
        capture_output=True,
        check=True,
    )
    return squeezed(shown.stdout.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_score_label_and_what_is_not_official(language: Language) -> None:
    one = a_certificate()
    told = texts(language)
    text = said(one, language)
    for expected in (
        *(one.name, one.institution, one.sha256, one.link),
        *(one.issuer.body[language], one.issuer.office[language], one.issuer.signatory),
        {"id": "Jakarta, 3 Maret 2026", "en": "Jakarta, 3 March 2026"}[language],
        *(one.scheme.title[language], told["certificate.year"].format(year=2025)),
        *(one.band.label[language], told["posters.demonstration"]),
        *(told["league.not_independent"], told["league.without_import"]),
        {"id": "88,52", "en": "88.52"}[language],
        {"id": "OPINI", "en": "OPINION"}[language],
    ):
        assert squeezed(expected) in text
    assert told["posters.demonstration"] not in said(replace(one, demonstration=False), language)


def test_the_suffix_is_part_of_the_label() -> None:
    assert "KualitasTertinggiTanpaMaladministrasi" in said(a_certificate())


@pytest.mark.parametrize(
    ("scheme", "score", "of_unit", "names"),
    [
        ("ombudsman-2022", "85.81", False, ("hijau", "green")),
        ("opini-2025", "88.52", False, ("Kualitas Tertinggi", "Highest quality")),
        ("opini-2025", "88.52", True, ("Sangat Baik", "Very good")),
    ],
)
def test_it_says_how_sure_rank_and_band_are(
    scheme: str, score: str, of_unit: bool, names: tuple[str, str]
) -> None:
    rules = load_scheme(scheme)
    band = (rules.band_of_unit if of_unit else rules.band)(Fraction(score))
    sure = ToldCertainty(2, (1, 5), 95, band, Decimal("0.97"))
    one = replace(a_certificate(scheme, score), certainty=sure)
    own, other = names
    told = f"Peringkat 2, himpunan 95% 1–5; {own} dengan peluang 0,97."
    assert squeezed(told) in said(one)
    told = f"Rank 2, 95% set 1–5; {other} with probability 0.97."
    assert squeezed(told) in said(one, "en")


def test_without_a_known_probability_the_rank_alone_is_told() -> None:
    sure = ToldCertainty(2, (1, 5), 95, None, None)
    told = said(replace(a_certificate(), certainty=sure))
    assert squeezed("Peringkat 2, himpunan 95% 1–5.") in told
    assert "himpunan" not in said(a_certificate())


def test_grade_and_zone_are_those_of_the_scheme() -> None:
    assert "B·KualitasTinggi·ZonaHijau" in said(
        replace(a_certificate("ombudsman-2022", "85.81"), institution="")
    )


@pytest.mark.parametrize("name", ["A", LONG * 3, "WM " * 66, MARKUP])
def test_it_is_one_page_whatever_the_names(name: str) -> None:
    paper = certificate_pdf(replace(a_certificate(), name=name, institution=name))
    shown = subprocess.run(["pdfinfo", "-"], input=paper, capture_output=True, check=True)
    assert "Pages:           1\n" in shown.stdout.decode()
    assert squeezed(name)[:60] in said(replace(a_certificate(), name=name))


def test_the_same_is_made_twice() -> None:
    assert certificate_pdf(a_certificate()) == certificate_pdf(a_certificate())


@pytest.mark.parametrize(
    ("scheme", "score"),
    [("ombudsman-2022", "77.99"), ("opini-2025", "87.99"), ("perception-2022", "99")],
)
def test_whoever_is_not_entitled_gets_none(scheme: str, score: str) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        certificate_pdf(a_certificate(scheme, score))
