"""Fuzzed files to each reading of files: .venv/bin/python -m bench.fuzzed_files

Whole files, cut, flipped, doubled and filled with what nobody should send; of workbooks their
parts too, zipped anew, so that the sums are right. Told is how many were read and how many were
refused in sentences. Ends with 1 where a reading broke, or a refusal cannot be told.
"""

import random
import re
import sys
import traceback
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import PurePath
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

from analysis.errors import BadInput
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from bench.grammar import NASTY
from bench.intake import a_workbook
from desk.evidence import check_evidence
from desk.office.aids import check_sound
from desk.register.file import read_register
from desk.register.template import template_csv, template_xlsx
from locales import LANGUAGES
from locales.refusals import sentences
from models import now
from survey.reading.tables import ReadingOptions
from survey.reading.view import view_file

FILES, MOST_CHANGES = 10_000, 4
ODF = "urn:oasis:names:tc:opendocument:xmlns"
NUMBER = re.compile(rb"[0-9]+")
REGISTER = "instansi;malra;Kabupaten Contoh;;kabupaten;WIT;\nunit;loket-1;Loket;malra;;;\n"
SheetFile = tuple[str, bytes]


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.fuzzed_files", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES, help="to each reading")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    asked = parser.parse_args()
    print(f"{asked.files:,} files to each reading, seed {asked.seed}\n")
    print("| reading | read | refused | broke |\n|---|---|---|---|")
    broke = 0
    for name, (read, wholes) in readings().items():
        found = fuzz(read, wholes, asked.files, random.Random(f"{asked.seed} {name}"))
        print(f"| {name} | {found['read']:,} | {found['refused']:,} | {found['broke']:,} |")
        broke += found["broke"]
    return 1 if broke else 0


def readings() -> Mapping[str, tuple[Callable[[str, bytes], object], Sequence[SheetFile]]]:
    """Each reading, and whole files for it."""
    instrument = load_instrument(load_defaults().questionnaire)
    options = ReadingOptions(instrument, load_scheme(instrument.scheme), now().date())
    answers = a_workbook(6)
    columns = ";".join(f"U{at}" for at in range(1, 10))
    lines = "\n".join(";".join("3" * 9) for _ in range(5))
    return {
        "answers": (
            lambda name, content: view_file(content, name, options, lambda stage: None),
            [
                ("a.csv", f"No;{columns}\n{lines}\n".encode()),
                ("a.xlsx", answers),
                ("a.ods", an_ods()),
            ],
        ),
        "register": (
            lambda name, content: read_register(content, name),
            [("r.csv", template_csv("id") + REGISTER.encode()), ("r.xlsx", template_xlsx("id"))],
        ),
        "evidence": (check_evidence, [*_pictures(), ("e.pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n")]),
        "recordings": (
            check_sound,
            [
                ("s.mp3", b"ID3\x04" + bytes(200)),
                ("s.ogg", b"OggS" + bytes(200)),
                ("s.m4a", b"\0\0\0\x18ftypM4A " + bytes(200)),
            ],
        ),
    }


def an_ods() -> bytes:
    """Answers of five respondents as LibreOffice has them, rows that are alike told once."""
    value = '<table:table-cell office:value-type="float" office:value="3"{}><text:p>3</text:p>'
    row = "<table:table-row{}>{}</table:table-row>"
    heading = "".join(
        f'<table:table-cell office:value-type="string"><text:p>U{at}</text:p></table:table-cell>'
        for at in range(1, 10)
    )
    answers = f"{value}</table:table-cell>".format(' table:number-columns-repeated="9"')
    rows = row.format("", heading) + row.format(' table:number-rows-repeated="5"', answers)
    named = "".join(f' xmlns:{one}="{ODF}:{one}:1.0"' for one in ("office", "table", "text"))
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as whole:
        whole.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        whole.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0"/>'
        )
        whole.writestr(
            "content.xml",
            f"<office:document-content{named}><office:body><office:spreadsheet>"
            f'<table:table table:name="a">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def fuzz(
    read: Callable[[str, bytes], object],
    wholes: Sequence[SheetFile],
    number: int,
    chance: random.Random,
) -> Counter[str]:
    """What came of so many changed files; what broke is told as it comes."""
    found: Counter[str] = Counter()
    for _ in range(number):
        name, content = changed(*chance.choice(wholes), chance)
        try:
            read(name, content)
            found["read"] += 1
        except BadInput as refusal:
            told = all(sentences(language, refusal) for language in LANGUAGES)
            found["refused" if told else "broke"] += 1
        except Exception:  # whatever it is, the reading broke
            found["broke"] += 1
            if found["broke"] <= 3:
                traceback.print_exc()
    return found


def changed(name: str, content: bytes, chance: random.Random) -> SheetFile:
    """The file as it is one time in ten, else with some of it changed."""
    if chance.random() < 0.1:
        return name, content
    if PurePath(name).suffix in (".xlsx", ".ods") and chance.random() < 0.7:
        return name, _parts_changed(content, chance)
    return name, _bytes_changed(content, chance)


def _bytes_changed(content: bytes, chance: random.Random) -> bytes:
    body = bytearray(content)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        at = chance.randrange(len(body) + 1)
        chance.choice(CHANGES)(body, at, chance)
    return bytes(body)


def _parts_changed(content: bytes, chance: random.Random) -> bytes:
    """The workbook with one of its parts changed, left out or put in twice."""
    file = BytesIO()
    with ZipFile(BytesIO(content)) as whole, ZipFile(file, "w", ZIP_DEFLATED) as again:
        names = whole.namelist()
        which, how = chance.choice(names), chance.random()
        for one in names:
            part = whole.read(one)
            if one == which and how < 0.1:
                continue
            again.writestr(one, _bytes_changed(part, chance) if one == which else part)
    return file.getvalue()


def _cut(body: bytearray, at: int, _chance: random.Random) -> None:
    del body[at:]


def _flip(body: bytearray, at: int, chance: random.Random) -> None:
    if at < len(body):
        body[at] ^= 1 << chance.randrange(8)


def _put_in(body: bytearray, at: int, chance: random.Random) -> None:
    body[at:at] = chance.choice(NASTY).encode()


def _double(body: bytearray, at: int, chance: random.Random) -> None:
    body[at:at] = body[at : at + chance.randrange(1, 200)]


def _fill(body: bytearray, at: int, chance: random.Random) -> None:
    size = min(chance.randrange(1, 9), len(body) - at)
    body[at : at + size] = chance.choice((b"\xff", b"\0", b"9")) * size


def _blow_up(body: bytearray, at: int, chance: random.Random) -> None:
    """Makes a number far larger: how often something is repeated, or how far off it is."""
    if found := NUMBER.search(body, at):
        body[found.start() : found.end()] = b"9" * chance.randrange(1, 20)


CHANGES = (_cut, _flip, _flip, _put_in, _double, _fill, _fill, _blow_up, _blow_up)


def _pictures() -> list[SheetFile]:
    """A small picture in each kind that Pillow writes."""
    found = []
    for kind in ("jpeg", "png", "webp"):
        file = BytesIO()
        Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(file, kind)
        found.append((f"e.{kind}", file.getvalue()))
    return found


if __name__ == "__main__":
    sys.exit(main())
