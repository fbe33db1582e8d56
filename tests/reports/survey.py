"""A survey as the papers' tests tell of it: everything there, or next to nothing."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import BytesIO

from PIL import Image

from analysis.disclosure import merged_groups
from analysis.errors import Problem
from analysis.index.disclosed import DisclosedIndex, disclose, disclose_experience
from analysis.index.experience import Experienced
from analysis.index.satisfaction import Satisfaction
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.rules import Source, Text
from analysis.uncertainty.change import MeanEstimate
from reports.contents import (
    Characteristic,
    Collected,
    Contents,
    IndexCertainty,
    Mending,
    Need,
    PartIndex,
    Picture,
    PlanRow,
    Point,
    Signatory,
    StoredTogether,
    Suggestions,
)
from reports.papers.legal import legal_basis
from reports.photograph import clean_photo

SCHEME = load_scheme("skm-2017")
INSTRUMENT = load_instrument("skm-2017")
KEYS = [node.key for node in SCHEME.children]
# The worked value of the method: 29 respondents, 91.48, A.
SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)


def an_index(n: int, sums: tuple[int, ...]) -> DisclosedIndex:
    means = {key: Fraction(total, n) for key, total in zip(KEYS, sums, strict=True)}
    return disclose(
        Satisfaction(
            scheme=SCHEME,
            n=n,
            answered=dict.fromkeys(KEYS, n),
            means=means,
            index=25 * sum(means.values(), Fraction(0)) / 9,
            no_index=None,
        )
    )


def a_characteristic(name: str, counts: dict[str, int]) -> Characteristic:
    return Characteristic(name, tuple(merged_groups(counts)))


WORKED = an_index(29, SUMS)
NOBODY = disclose(Satisfaction(SCHEME, 0, {}, {}, None, Problem("no_respondents")))


def a_part(name: str, index: DisclosedIndex, error: float = 2.0) -> PartIndex:
    """A service with so large a standard error of its index."""
    estimate = MeanEstimate(float(index.index or 0), error**2, index.n - 1, None)
    return PartIndex(name, index, estimate)


def a_photo(colour: str = "#88aacc") -> bytes:
    file = BytesIO()
    Image.new("RGB", (640, 400), colour).save(file, "PNG")
    return file.getvalue()


def empty_contents() -> Contents:
    return Contents(
        institution="Kabupaten Contoh",
        unit="Puskesmas Langgur",
        period="Semester I 2026",
        starts=date(2026, 1, 1),
        ends=date(2026, 6, 30),
        made=date(2026, 7, 14),
        instrument=INSTRUMENT,
        index=NOBODY,
        software="suara-layanan 0.1.0",
    )


def full_contents() -> Contents:
    return replace(
        empty_contents(),
        index=WORKED,
        legal_basis=legal_basis(2026),
        visits=1278,
        minimum=296,
        certainty=IndexCertainty(
            level=0.95,
            assumption=Text(
                id="jika responden merupakan sampel acak dari kunjungan",
                en="if respondents are a random sample of visits",
            ),
            standing="assumed",
            source=Source(title=Text(id="Pilihan sendiri", en="Own choice"), year=2026),
            sentence=Text(id="Mutu A: kemungkinan besar.", en="Grade A: likely."),
            standard_error=1.8,
            interval=(87.7875, 95.1627),
        ),
        parts=(
            a_part("Imunisasi", an_index(11, (38, 35, 36, 44, 37, 40, 41, 39, 43))),
            a_part("Poli gigi", an_index(10, (30, 31, 28, 40, 33, 35, 34, 32, 39))),
            a_part("Surat keterangan sehat", an_index(8, (21,) * 9)),
        ),
        respondents=(
            a_characteristic("sex", {"female": 16, "male": 13}),
            a_characteristic("age", {"18_24": 3, "25_34": 12, "35_44": 14}),
            a_characteristic("education", {"sd": 7, "sma": 13, "s1": 8, "s2": 1}),
            a_characteristic("occupation", {"farmer_fisher": 21, "homemaker": 6, "": 2}),
        ),
        months=(Point("Jan 2026", Fraction(90), "A"), Point("Feb 2026", None, None)),
        years=(
            Point("2022", Fraction(7512, 100), "C"),
            Point("2023", Fraction(7874, 100), "B"),
            Point("2024", None, None),
            Point("2025", Fraction(8830, 100), "B"),
            Point("2026", WORKED.index, "A", (87.79, 95.16)),
        ),
        collected=Collected(
            channels=((("open_link",), 17), (("import", "paper"), 12)),
            provenances=((("self",), 17), (("paper", "import"), 12)),
            batches=(
                StoredTogether("puskesmas.csv", False, 7, date(2026, 5, 2)),
                StoredTogether("Tumpukan Mei", True, 5, date(2026, 5, 9), 2, 60, 3),
            ),
            team="Ketua: dr. Ani\nAnggota: Budi",
            place="Ruang tunggu",
            way="Diisi sendiri lewat kode QR",
            days=(date(2026, 2, 1), date(2026, 5, 31)),
            pictures=(Picture("Loket saat survei", clean_photo(a_photo())),),
        ),
        suggestions=Suggestions(
            comments=12,
            kinds=(("undue_delay", 7), ("neutral", None)),
            elements=(("time", 6),),
            serious=(("request_for_payment", 5),),
        ),
        experienced=disclose_experience(
            Experienced(
                answered=29,
                none=20,
                declined=0,
                forms=dict.fromkeys(INSTRUMENT.experience.forms, 0)
                | {"undue_delay": 7, "improper_conduct": 3},
            )
        ),
        mending=Mending(
            grade="A",
            needs=(
                Need("time", WORKED.means["time"] or Fraction(0), Fraction(4125, 10000)),
                Need("procedure", WORKED.means["procedure"] or Fraction(0), None),
            ),
        ),
        plan=(
            PlanRow(
                "time",
                "Menambah satu loket pendaftaran pada pukul 08.00 sampai 10.00",
                "Triwulan III 2026",
                "Kepala Tata Usaha",
                "under_way",
                photo=a_photo(),
            ),
            PlanRow(
                "conduct", "Pelatihan pelayanan prima", "Oktober 2026", "Kepala Unit", "planned"
            ),
        ),
        followed_up=(
            PlanRow(
                "facilities",
                "Memperbaiki ruang tunggu",
                "2025",
                "Kepala Unit",
                "done",
                account="Kursi ditambah 20 buah",
                photo=a_photo("#aabb99"),
            ),
            PlanRow("complaints", "Kotak saran di loket", "2025", "Kepala Unit", "not_done"),
        ),
        approval=Signatory(
            office="Kepala Puskesmas Langgur",
            name="dr. Contoh Nama, M.Kes.",
            nip="19800101 200501 1 001",
            place="Langgur",
            on=date(2026, 7, 15),
        ),
        excluded=6,
        withdrawn=40,
        link="https://survei.contoh.go.id/hasil/puskesmas-langgur",
        inputs={"counted_responses.csv": "ab" * 32},
    )
