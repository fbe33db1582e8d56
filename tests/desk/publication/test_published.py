"""What is public of a publication: its place in the chain, its bundle, its certificates."""

import csv
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from analysis.errors import BadInput
from analysis.publication.evidence import CertificateIssuer
from analysis.publication.sealed import check_numbers
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from analysis.rules import Text
from desk.assessment.rounds import SubjectChoice, choose_subjects, withdraw_unit
from desk.index.perception import Scoring
from desk.public.publications import publication_records
from desk.publication.certificates import Holder, entitled, hand_out, holders, own_holders
from desk.publication.published import entries, file_name, open_data, permanent_link, sealed_file
from desk.publication.publishing import approve, prepare, read_document
from models import reading, writing
from survey.signing import public_pem
from tests.desk.assessment.test_products import a_product, became
from tests.desk.conftest import House, another_district
from tests.desk.index.test_declarations import state, suffixed
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD
from tests.fieldwork import sign_off_complete, waive
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

ROOT = Path(__file__).parents[3]
SECRET = bytes(range(32))
ISSUER = CertificateIssuer(
    body=Text(id="Ombudsman RI Perwakilan Maluku", en="Ombudsman, Maluku Office"),
    place="Ambon",
    signatory="Hasan Slamat",
    office=Text(id="Kepala Perwakilan", en="Head of Office"),
)
BASE = "https://penilaian.contoh.go.id"
DISTRICT: Holder = ("institutions", "malra")
CLINIC: Holder = ("units", "puskesmas-langgur")
REGISTRY: Holder = ("units", "dukcapil-malra")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def publish(
    house: House, scheme: Scheme, corrects: UUID | None = None, stand_in: bool = False
) -> UUID:
    with writing(house.engine) as session:
        issuer = ISSUER if scheme.certificate else None
        scoring = Scoring(scheme, 2025, stand_in)
        one = prepare(session, house.analyst, scoring, corrects, issuer)
        return approve(session, house.second_analyst, one.id, SECRET).id


@kept
def judged(house: House) -> House:
    """The clinic is green, the registry red, and the district yellow; another district."""
    house.judge(4)
    house.judge(1, house.registry)
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    house.judge(4, other.id)
    return house


def drawn(house: House, publication: UUID, holder: Holder) -> str:
    """The words of a certificate, without the space between them."""
    with reading(house.engine) as session:
        name, paper = hand_out(session, publication, holder, BASE, "id")
    assert name.endswith(f"{holder[1]}.pdf")
    shown = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True
    )
    return "".join(shown.stdout.decode().split())


def test_the_chain_is_numbered_and_says_what_replaced_what(judged: House) -> None:
    compliance = lasting("compliance-2021")
    first = publish(judged, compliance)
    other = publish(judged, lasting("compliance-2016"))
    second = publish(judged, compliance, corrects=first)
    third = publish(judged, compliance)
    with reading(judged.engine) as session:
        found = entries(session)
    assert list(found) == [third, second, other, first]
    assert [one.number for one in found.values()] == [4, 3, 2, 1]
    before = {key: one.before for key, one in found.items()}
    assert before == {first: None, other: None, second: first, third: second}
    newest = {key: one.newest for key, one in found.items()}
    assert newest == {first: third, second: third, third: third, other: other}
    assert [key for key, one in found.items() if one.replaced] == [second, first]


def test_nothing_is_public_before_it_is_sealed(judged: House) -> None:
    with writing(judged.engine) as session:
        waiting = prepare(session, judged.analyst, Scoring(lasting("compliance-2021"), 2025)).id
    with reading(judged.engine) as session:
        assert entries(session) == {}
        for key in (waiting, uuid4()):
            with refusing("one that is public"):
                hand_out(session, key, CLINIC, BASE, "id")
            with pytest.raises(KeyError):
                sealed_file(session, key)
            with pytest.raises(KeyError):
                open_data(session, key, BASE)


def test_the_scheme_says_who_is_entitled(judged: House) -> None:
    publication = publish(judged, lasting("compliance-2021"))
    with reading(judged.engine) as session:
        entry = entries(session)[publication]
        document = read_document(entry.publication)
        assert list(holders(document, entry.scheme, "malra")) == [CLINIC]
        assert len(holders(document, entry.scheme, "lain")) == 2
        for holder in (DISTRICT, REGISTRY, ("units", "tidak-ada"), ("units", "malra")):
            with refusing("compliance-2021-on entitles"):
                hand_out(session, publication, holder, BASE, "id")


def test_what_a_certificate_states(judged: House) -> None:
    publication = publish(judged, lasting("compliance-2021"))
    text = drawn(judged, publication, CLINIC)
    with reading(judged.engine) as session:
        entry = entries(session)[publication]
    for expected in (
        *("PIAGAM", "PuskesmasLanggur", "KabupatenMalukuTenggara", "Tahun2025", "100,00"),
        *("OmbudsmanRIPerwakilanMaluku", "Ambon,", "KepalaPerwakilan", "HasanSlamat"),
        *("ZonaHijau", "Publikasinomor1", entry.seal.hash, "bukanketentuanresmi"),
        "Peringkat1,himpunan95%1–2;hijaudenganpeluang>0,99.",
        permanent_link(BASE, publication, "malra"),
    ):
        assert expected in text
    assert "DATACONTOH" not in text


def test_a_waiver_stands_on_the_certificate(judged: House) -> None:
    """One product was looked at where two are asked: two analysts waived it."""
    judged.judge(4, judged.registry)
    with writing(judged.engine) as session:
        short = SubjectChoice(["layanan-1"], {"petugas": 4}, "satu layanan dihentikan")
        choose_subjects(session, judged.analyst, 1, judged.clinic, short)
        waive(session, judged.analyst, judged.second_analyst, judged.clinic, 2025)
        sign_off_complete(session, 2025)
    publication = publish(judged, lasting("compliance-2021"))
    for holder, told in ((CLINIC, True), (DISTRICT, True), (REGISTRY, False)):
        assert ("Bernilaidengandispensasi" in drawn(judged, publication, holder)) is told
    waivers = {one["unit"]: one["waiver"] for one in table_of(judged, publication, "units")}
    assert waivers == {
        "puskesmas-langgur": "unit tutup karena banjir",
        "dukcapil-malra": "",
        "unit-lain": "",
    }


def test_only_the_newest_publication_gives_certificates(judged: House) -> None:
    compliance = lasting("compliance-2021")
    first = publish(judged, compliance)
    second = publish(judged, compliance, corrects=first)
    with reading(judged.engine) as session, refusing("number 1, replaced"):
        hand_out(session, first, CLINIC, BASE, "id")
    assert "Publikasinomor2" in drawn(judged, second, CLINIC)


def test_the_suffix_stands_on_the_certificate(judged: House) -> None:
    judged.judge(4, judged.registry)
    state(judged)
    text = drawn(judged, publish(judged, suffixed()), DISTRICT)
    assert "TanpaMaladministrasi" in text


def test_a_publication_that_names_no_issuer_gives_none(judged: House) -> None:
    with writing(judged.engine) as session:
        scoring = Scoring(lasting("compliance-2021"), 2025)
        one = prepare(session, judged.analyst, scoring)
        publication = approve(session, judged.second_analyst, one.id, SECRET).id
        assert own_holders(session, judged.coordinator) == []
        with refusing("number 1 names nobody"):
            hand_out(session, publication, CLINIC, BASE, "id")


@pytest.mark.parametrize("field", ["place", "signatory"])
@pytest.mark.parametrize("text", ["", " \n ", "x" * 201])
def test_an_issuer_is_told_in_full(judged: House, field: str, text: str) -> None:
    issuer = ISSUER.model_copy(update={field: text})
    with writing(judged.engine) as session:
        with refusing("1 to 200 characters"):
            scoring = Scoring(lasting("compliance-2021"), 2025)
            prepare(session, judged.analyst, scoring, issuer=issuer)
        with refusing("perception-2022, which gives none"):
            scoring = Scoring(lasting("perception-2022"), 2025)
            prepare(session, judged.analyst, scoring, issuer=ISSUER)


def test_a_simulation_of_before_is_in_no_list_and_gives_no_certificate(
    judged: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed while nobody refused it keeps its address and its place in the chain."""
    with monkeypatch.context() as then:
        then.setattr("desk.publication.publishing.require_in_force", lambda *_: None)
        old = publish(judged, load_scheme("compliance-2021"))
    new = publish(judged, lasting("compliance-2021"))
    with reading(judged.engine) as session:
        assert {key: one.simulation for key, one in entries(session).items()} == {
            new: False,
            old: True,
        }
        assert [one.id for one in publication_records(session)] == [new]
        assert {one.publication.id for one, *_ in own_holders(session, judged.coordinator)} == {new}
        with refusing("elsewhere it is a simulation"):
            hand_out(session, old, CLINIC, BASE, "id")


def test_a_scheme_of_ours_gives_none(house: House) -> None:
    period = open_half(house)
    house.rate(GOOD, 10, period=period)
    close(house, period)
    house.judge(4)
    publication = publish(house, lasting("perception-2022"))
    with reading(house.engine) as session:
        entry = entries(session)[publication]
        assert holders(read_document(entry.publication), entry.scheme, "malra") == {}
        with refusing("perception-2022 entitles"):
            hand_out(session, publication, CLINIC, BASE, "id")


def test_a_stand_in_survey_is_told(house: House) -> None:
    period = open_half(house)
    house.rate(GOOD, 10, period=period, experience=("none",))
    close(house, period)
    house.judge(4)
    publication = publish(house, lasting("ombudsman-2022"), stand_in=True)
    assert "Tidakindependen" in drawn(house, publication, CLINIC)


def test_whose_certificates_an_official_sees(judged: House) -> None:
    judged.judge(4, judged.registry)
    publish(judged, lasting("compliance-2021"))
    seen = {
        "coordinator": [DISTRICT, REGISTRY, CLINIC],
        "official": [CLINIC],
        "other_official": [REGISTRY],
    }
    with reading(judged.engine) as session:
        for role in ("coordinator", "official", "other_official", "analyst", "nobody"):
            found = [holder for _, holder, _ in own_holders(session, judged.actors[role])]
            assert found == seen.get(role, [])


def test_a_certificate_waits_for_the_products(judged: House) -> None:
    """At each door: the public page, one's own, and the paper itself; until all is done."""
    judged.judge(4, judged.registry)
    publication = publish(judged, withholding())
    place = publication, "malra"
    assert doors(judged, *place) == ({DISTRICT, CLINIC, REGISTRY},) * 3

    own = a_product(judged, "a", unit=judged.clinic)
    assert doors(judged, *place) == ({REGISTRY},) * 3
    whole = a_product(judged, "b")
    assert doors(judged, *place) == (set(),) * 3
    assert doors(judged, publication, "lain")[0] == {
        ("institutions", "lain"),
        ("units", "unit-lain"),
    }
    for product, status in ((whole, "in_progress"), (own, "not_carried_out")):
        became(judged, product, status)
        assert doors(judged, *place) == (set(),) * 3
    became(judged, whole, "followed_up")
    assert doors(judged, *place) == ({REGISTRY},) * 3
    became(judged, own, "followed_up")
    assert doors(judged, *place) == ({DISTRICT, CLINIC, REGISTRY},) * 3


def test_a_product_of_a_later_year_withholds_nothing(judged: House) -> None:
    judged.judge(4, judged.registry)
    publication = publish(judged, withholding())
    a_product(judged, issued=date(2026, 1, 1), due=None)
    assert doors(judged, publication, "malra")[0] == {DISTRICT, CLINIC, REGISTRY}


def test_what_is_certified_as_followed_up_waits_for_what_came_since(judged: House) -> None:
    """The suffix stands in what is sealed: nobody gets it on paper while it does not hold."""
    became(judged, a_product(judged, "a"), "followed_up")
    judged.judge(4, judged.registry)
    publication = publish(judged, suffixed())
    assert doors(judged, publication, "malra") == ({DISTRICT, CLINIC, REGISTRY},) * 3
    later = a_product(judged, "b", unit=judged.clinic)
    assert doors(judged, publication, "malra") == (set(),) * 3
    assert doors(judged, publication, "lain")[0]
    became(judged, later, "followed_up")
    assert doors(judged, publication, "malra") == ({DISTRICT, CLINIC, REGISTRY},) * 3


def test_a_judged_unit_that_left_the_sample_is_stated(judged: House) -> None:
    """With the sample's size, where it is less than the rule asks; sealed with the numbers."""
    judged.judge(1, judged.registry)
    with writing(judged.engine) as session:
        withdraw_unit(session, judged.analyst, 1, judged.registry, "kantor pindah gedung")
    publication = publish(judged, lasting("compliance-2021"))
    with reading(judged.engine) as session:
        document = read_document(entries(session)[publication].publication)
    place = next(one for one in document.institutions if one.code == "malra")
    assert place.sample is not None
    assert [one.model_dump() for one in place.sample.short] == [
        {"kind": "office", "chosen": 1, "asked": 5},
        {"kind": "puskesmas", "chosen": 0, "asked": 2},
    ]
    assert [(one.name, one.reason) for one in place.sample.withdrawn] == [
        ("Dukcapil", "kantor pindah gedung")
    ]
    assert check_numbers(document.content()) == ([], [])


def test_other_schemes_withhold_nothing(judged: House) -> None:
    publication = publish(judged, lasting("compliance-2021"))
    a_product(judged)
    assert doors(judged, publication, "malra") == ({CLINIC},) * 3


def withholding() -> Scheme:
    """A scheme of judgements alone whose certificates wait, as those of 2023 and 2024 do."""
    rule = "withholding: {value: {years: {from: 2025-01-01, to: 2025-12-31}}}\n"
    return parse_scheme(lasting("compliance-2021").yaml + rule, "withholding")


def doors(
    house: House, publication: UUID, institution: str
) -> tuple[set[Holder], set[Holder], set[Holder]]:
    """Who gets a certificate: as the public page offers, as the desk does, as it is handed out."""
    given: set[Holder] = set()
    with reading(house.engine) as session:
        entry = entries(session)[publication]
        document = read_document(entry.publication)
        offered = set(entitled(session, entry, document, institution))
        mine = {holder for _, holder, _ in own_holders(session, house.coordinator)}
        for holder in holders(document, entry.scheme, institution):
            with suppress(BadInput):
                hand_out(session, publication, holder, BASE, "id")
                given.add(holder)
    return offered, mine, given


def bundle_of(house: House, publication: UUID) -> dict[str, bytes]:
    with reading(house.engine) as session:
        packed = open_data(session, publication, BASE)
        assert packed == open_data(session, publication, BASE)
    with ZipFile(BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table_of(house: House, publication: UUID, name: str) -> list[dict[str, str]]:
    return read_table(bundle_of(house, publication), name)


def read_table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))


@pytest.fixture
def files(judged: House) -> dict[str, bytes]:
    return bundle_of(judged, publish(judged, suffixed()))


@ON_SQLITE
def test_the_tables_say_what_the_document_says(files: dict[str, bytes]) -> None:
    document = json.loads(files["publication.json"])["document"]
    tables = {name: read_table(files, name) for name in ("institutions", "units", "values")}
    for name, key in (("institutions", "institution"), ("units", "unit")):
        found = {one[key]: (one["score"], one["zone"], one["label_id"]) for one in tables[name]}
        assert found == {
            one["code"]: (one["score"], one["zone"], one["label"]["id"]) for one in document[name]
        }
    items = [one for one in tables["values"] if one["unit"] == "dukcapil-malra" and one["input"]]
    assert {(one["input"], one["value"]) for one in items} == {("1.000000", "25.000000")}
    assert {one["declared"] for one in tables["institutions"]} == {"false"}
    for name, key in (("institutions", "institution"), ("units", "unit")):
        sets = {one[key]: [one["rank_set_low"], one["rank_set_high"]] for one in tables[name]}
        assert sets == {
            one["code"]: list(map(str, one["how_sure"]["rank_set"])) for one in document[name]
        }
        shares = {one[key]: one["probability"] for one in tables[name]}
        assert shares == {
            one["code"]: one["how_sure"]["probability"][one["zone"]] for one in document[name]
        }


def test_the_tables_count_the_products(judged: House) -> None:
    became(judged, a_product(judged, "a"), "followed_up")
    a_product(judged, "b")
    institutions = table_of(judged, publish(judged, suffixed()), "institutions")
    found = {
        one["institution"]: (one["products_issued"], one["products_followed_up"])
        for one in institutions
    }
    assert found == {"malra": ("2", "1"), "lain": ("", "")}


@ON_SQLITE
def test_the_bundle_describes_itself(files: dict[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in package["resources"]:
        content = files[resource["path"]]
        heading = content.decode("utf-8-sig").splitlines()[0]
        assert [one["name"] for one in resource["schema"]["fields"]] == heading.split(",")
        assert resource["bytes"] == len(content)
    sums = dict(line.split("  ")[::-1] for line in files["checksums.txt"].decode().splitlines())
    assert sums == {
        name: sha256(content).hexdigest()
        for name, content in files.items()
        if name != "checksums.txt"
    }
    assert files["public-key.pem"].decode() == public_pem(SECRET)
    assert files[f"{suffixed().id}.yaml"].decode() == suffixed().yaml
    readme = files["README.md"].decode()
    for told in ("Memeriksa sendiri", "Verify it yourself", BASE):
        assert told in readme


@ON_SQLITE
def test_the_bundle_is_verified_where_there_is_no_database(
    files: dict[str, bytes], tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """By the command in the README, with nothing but analysis and its words; any byte tells."""
    for folder in ("analysis", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (command,) = {
        line.strip().removeprefix("python ")
        for line in files["README.md"].decode().splitlines()
        if line.startswith("    python ")
    }

    def verify() -> tuple[int, str]:
        bare = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        run = [sys.executable, *command.split()]
        done = subprocess.run(run, cwd=tmp_path, env=bare, capture_output=True, check=False)
        return done.returncode, (done.stdout + done.stderr).decode()

    code, told = verify()
    assert (code, json.loads(files["publication.json"])["previous"] in told) == (0, True)
    sealed = files["publication.json"]
    score = sealed.index(b'"score":"') + len(b'"score":"')
    changes = {
        "score": (score, b"9" if sealed[score : score + 1] != b"9" else b"8", "score"),
        "signature": (sealed.index(b'"signature":"') + 14, b"z", "signature"),
    }
    for name, (at, byte, why) in changes.items():
        with subtests.test(name):
            tampered = sealed[:at] + byte + sealed[at + 1 :]
            (tmp_path / "publication.json").write_bytes(tampered)
            code, told = verify()
            assert code == 1
            assert why in told


def test_what_files_are_called(judged: House) -> None:
    publication = publish(judged, lasting("compliance-2021"))
    with reading(judged.engine) as session:
        entry = entries(session)[publication]
        assert json.loads(sealed_file(session, publication))["previous"] == "0" * 64
    assert file_name(entry, "json") == "suara-layanan-1-2025-compliance-2021-on.json"
