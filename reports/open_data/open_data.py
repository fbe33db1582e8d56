"""Open data: a closed survey as one package that others may recompute and compare."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from analysis.characters import readable
from analysis.exact import half_up
from analysis.index.disclosed import DisclosedExperience
from locales import LANGUAGES, Language, say
from reports.cells import csv_file
from reports.open_data.codebook import (
    codebook_csv,
    codebook_html,
    data_csv,
    data_package,
    data_sav,
    ddi_codebook,
    study_title,
)
from reports.open_data.release import Licence, Release, Study, UnitRelease, make_release

MEAN_DECIMALS = 3
WITHHELD = "*"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def open_data(responses: pd.DataFrame, study: Study) -> bytes:
    """A zip with the safe rows, their codebooks, the units' figures, and checksums.

    ``responses``: see ``reports.open_data.release.make_release``. The same responses in any
    order give the same bytes.
    """
    study = replace(study, name=readable(study.name), period=readable(study.period))
    return packed(package_files(make_release(responses, study)))


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files and their checksums as a zip; the same files give the same bytes."""
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, file in {**files, "checksums.txt": sums.encode()}.items():
            archive.writestr(ZipInfo(name, LONG_AGO), file, ZIP_DEFLATED)
    return content.getvalue()


def package_files(release: Release) -> dict[str, bytes]:
    """The files of the package by name, but for their checksums."""
    tables = {
        "data.csv": data_csv(release),
        "units.csv": _units_csv(release),
        "experience.csv": _experience_csv(release),
    }
    return {
        "README.md": _readme(release),
        "LICENSE": licence_file(release.rules.licence),
        **tables,
        "data.sav": data_sav(release),
        "codebook.csv": codebook_csv(release),
        "codebook.html": codebook_html(release),
        "ddi-codebook.xml": ddi_codebook(release),
        "datapackage.json": data_package(release, tables),
    }


def _units_csv(release: Release) -> bytes:
    """The published figures of each unit."""
    elements = list(release.study.instrument.items_of)
    headings = ["unit", "given", "respondents", "grade", "index"]
    headings += [f"mean_{element}" for element in elements]
    return csv_file(headings, (_unit_row(unit, elements) for unit in release.units))


def _unit_row(unit: UnitRelease, elements: list[str]) -> list[object]:
    index = unit.index
    if index is None:
        return [unit.name, unit.given, *[None] * (3 + len(elements))]
    means = [
        half_up(mean, MEAN_DECIMALS) if (mean := index.means[element]) else None
        for element in elements
    ]
    grade = index.band.grade if index.band else None
    return [unit.name, unit.given, index.n, grade, index.shown, *means]


def _experience_csv(release: Release) -> bytes:
    """How many told of what, by unit; nothing of one to four people."""
    rows = (
        [unit.name, what, number]
        for unit in release.units
        if unit.experienced
        for what, number in _told(unit.experienced).items()
    )
    return csv_file(["unit", "experience", "responses"], rows)


def _told(experienced: DisclosedExperience) -> dict[str, int | str]:
    told = {"answered": experienced.answered, "none": experienced.none, **experienced.forms}
    return {what: WITHHELD if number is None else number for what, number in told.items()}


def licence_file(licence: Licence) -> bytes:
    """Under which licence the data are given, in both languages."""
    lines = [f"{licence.name}", licence.address, ""]
    lines += [say(language, "open_data.licence", name=licence.name) for language in LANGUAGES]
    return "\n".join([*lines, ""]).encode()


def _readme(release: Release) -> bytes:
    texts = ("\n\n".join(_explained(release, language)) for language in LANGUAGES)
    return ("\n\n---\n\n".join(texts) + "\n").encode()


def _explained(release: Release, language: Language) -> Iterator[str]:
    """The paragraphs of the README."""
    study, rules = release.study, release.rules
    yield f"# {study_title(study, language)}"
    yield say(language, "open_data.about")
    yield f"## {say(language, 'open_data.files')}"
    yield say(language, "open_data.files_list")
    yield f"## {say(language, 'open_data.recompute')}"
    yield say(
        language,
        "open_data.recompute_how",
        scheme=study.scheme.id,
        scheme_hash=study.scheme.hash,
        instrument=study.instrument.id,
        instrument_hash=study.instrument.hash,
    )
    yield f"## {say(language, 'open_data.protection')}"
    yield say(language, "open_data.protected")
    yield say(
        language,
        "open_data.method",
        least=rules.least,
        percent=round(100 * rules.tolerated),
        worthless=round(100 * rules.worthless),
        rules=rules.id,
    )
    yield "\n".join(f"- {source.cited(language)}" for source in rules.sources.values())
    yield f"## {say(language, 'open_data.per_unit')}"
    yield _per_unit(release, language)


def _per_unit(release: Release, language: Language) -> str:
    """A table: what was given of each unit, and what was merged, given up and hidden in it."""
    headings = ("unit", "given", "merged", "dropped", "cells")
    rows = [
        [say(language, f"open_data.{heading}") for heading in headings],
        ["---"] * len(headings),
        *(_unit_line(unit, language) for unit in release.units),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _unit_line(unit: UnitRelease, language: Language) -> list[str]:
    dropped = [step.drop for step in unit.steps if step.drop]
    merged = [step.merge for step in unit.steps if step.merge and step.merge not in dropped]
    cells = [f"{key} {n}" for key, n in unit.hidden.items() if n and key not in dropped]
    given = say(language, f"open_data.given_{unit.given}")
    lists = (", ".join(names) or "-" for names in (merged, dropped, cells))
    return [unit.name.replace("|", "\\|"), given, *lists]
