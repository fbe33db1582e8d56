"""LibreOffice without a screen: it opens what is given, recalculates, and writes it anew."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook

KEPT_VALUE = re.compile(r"(<f>[^<]*</f>)<v>[^<]*</v>")


@dataclass(frozen=True)
class Office:
    """LibreOffice with a profile of its own, so that two can run at once."""

    folder: Path

    def convert(self, files: Mapping[str, bytes], to: str) -> dict[str, Path]:
        """The files in another format, by name, all in one run."""
        place = self.folder / uuid4().hex
        made = place / "made"
        made.mkdir(parents=True)
        for name, content in files.items():
            (place / f"{name}.xlsx").write_bytes(content)
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        opened = [str(place / f"{name}.xlsx") for name in files]
        command = ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(made)]
        subprocess.run([*command, *opened], check=True, capture_output=True, timeout=300)
        return {name: made / f"{name}.{to}" for name in files}

    def recalculated(self, files: Mapping[str, bytes]) -> dict[str, Workbook]:
        """The workbooks with the values that LibreOffice found; none was in the files."""
        stripped = {name: without_values(content) for name, content in files.items()}
        made = self.convert(stripped, "xlsx")
        return {name: load_workbook(file, data_only=True) for name, file in made.items()}


def without_values(xlsx: bytes) -> bytes:
    """The workbook with every formula, and no value of any."""
    made = BytesIO()
    with ZipFile(BytesIO(xlsx)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = KEPT_VALUE.sub(r"\1", content.decode()).encode()
            new.writestr(name, content)
    return made.getvalue()


def beside(workbook: Workbook, sheet: str, label: str) -> list[object]:
    """What stands in the row that begins with a label, without the empty cells."""
    for row in workbook[sheet].iter_rows(values_only=True):
        if str(row[0]).startswith(label):
            return [cell for cell in row[1:] if cell not in (None, "")]
    raise LookupError(label)
