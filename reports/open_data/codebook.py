"""The rows of a release and what each column means, in the formats that archives read."""

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pandas as pd
import pyreadstat

from analysis.rules import Text
from locales import LANGUAGES, Language, say
from reports.cells import ENCODING, csv_file, harmless
from reports.open_data.release import HIDDEN, NOT_TOLD, Release, Study, ValueLabel, Variable
from reports.pages import templates

DDI = "ddi:codebook:2_5"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Where ReadStat writes the time of day into the head of a file; what it writes is English.
SAV_TIME = slice(92, 109)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FILE = "F1"
# Bytes that SPSS and PSPP keep.
LONGEST_FILE_LABEL, LONGEST_VALUE_LABEL = 64, 120


def study_title(study: Study, language: Language) -> str:
    """What was surveyed, where and when; a demonstration says that it is one."""
    survey = study.instrument.title[language]
    names = {"survey": survey, "name": study.name, "period": study.period}
    title = say(language, "open_data.title", **names)
    mark = say(language, "posters.demonstration")
    return f"{title}. {mark}" if study.demonstration else title


def data_csv(release: Release) -> bytes:
    """The rows in words."""
    words = pd.DataFrame(
        {
            variable.key: release.rows[variable.key].map(
                {category.code: harmless(category.value) for category in variable.categories}
            )
            for variable in release.variables
        }
    )
    # A nation's rows: faster than cell by cell.
    return words.to_csv(index=False, lineterminator="\r\n").encode(ENCODING)


def data_sav(release: Release) -> bytes:
    """The rows in numbers, for SPSS and PSPP, with labels and declared missing values."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.sav"
        pyreadstat.write_sav(
            release.rows,
            path,
            file_label=_cut(release.study.name, LONGEST_FILE_LABEL),
            column_labels={variable.key: variable.text.id for variable in release.variables},
            variable_value_labels={
                variable.key: _value_labels(variable) for variable in release.variables
            },
            missing_ranges={
                variable.key: [{"lo": HIDDEN, "hi": NOT_TOLD}] for variable in release.variables
            },
            variable_measure={
                variable.key: "ordinal" if variable.measured else "nominal"
                for variable in release.variables
            },
            variable_format=dict.fromkeys(release.rows.columns, "F8.0"),
        )
        content = bytearray(path.read_bytes())
    # The same rows give the same bytes on any day.
    ends = release.study.ends
    stamp = f"{ends.day:02} {MONTHS[ends.month - 1]} {ends.year % 100:02}00:00:00"
    content[SAV_TIME] = stamp.encode()
    return bytes(content)


def _value_labels(variable: Variable) -> dict[int | float, str]:
    """The words of each value, as long as SPSS takes them; those cut alike end in their number."""
    cut: dict[int | float, str] = {
        one.code: _cut(one.text.id, LONGEST_VALUE_LABEL) for one in variable.categories
    }
    times = Counter(cut.values())
    ends = {code: f"… ({code})" for code, label in cut.items() if times[label] > 1}
    return cut | {
        code: _cut(cut[code], LONGEST_VALUE_LABEL - len(end.encode())) + end
        for code, end in ends.items()
    }


def _cut(text: str, most: int) -> str:
    """The text cut to so many bytes, at the end of a character."""
    return text.encode()[:most].decode(errors="ignore")


def codebook_csv(release: Release) -> bytes:
    """Every value of every variable, a row each, with its words and how often it occurs."""
    headings = ["variable", "label_id", "label_en", "value", "code", "value_id", "value_en", "rows"]
    return csv_file(
        headings,
        (
            _codebook_row(variable, category, frequency)
            for variable in release.variables
            for category, frequency in _frequencies(release, variable)
        ),
    )


def _codebook_row(variable: Variable, category: ValueLabel, frequency: int) -> list[object]:
    asked, told = variable.text, category.text
    return [
        *(variable.key, asked.id, asked.en),
        *(category.value, category.code, told.id, told.en, frequency),
    ]


def codebook_html(release: Release) -> bytes:
    """The codebook as a page to read and print."""
    page = templates.get_template("codebook.html").render(
        study=release.study,
        variables=[(one, _frequencies(release, one)) for one in release.variables],
        rows=len(release.rows),
        say=say,
    )
    return page.encode()


def ddi_codebook(release: Release) -> bytes:
    """The codebook as DDI-Codebook 2.5. Source: DDI Alliance, ddi:codebook:2_5."""
    ElementTree.register_namespace("", DDI)
    root = Element(_ddi("codeBook"), {"version": "2.5", XML_LANGUAGE: "id"})
    _describe_study(root, release)
    described = SubElement(root, _ddi("fileDscr"), ID=FILE, URI="data.sav")
    text = SubElement(described, _ddi("fileTxt"))
    _add(text, "fileName", "data.sav")
    size = SubElement(text, _ddi("dimensns"))
    _add(size, "caseQnty", str(len(release.rows)))
    _add(size, "varQnty", str(len(release.variables)))
    data = SubElement(root, _ddi("dataDscr"))
    for variable in release.variables:
        _describe_variable(data, release, variable)
    ElementTree.indent(root)
    file = BytesIO()
    ElementTree.ElementTree(root).write(file, "utf-8", xml_declaration=True)
    return file.getvalue()


def _describe_study(root: Element, release: Release) -> None:
    study = release.study
    described = SubElement(root, _ddi("stdyDscr"))
    citation = SubElement(described, _ddi("citation"))
    title = SubElement(citation, _ddi("titlStmt"))
    _add(title, "titl", study_title(study, "id"), {XML_LANGUAGE: "id"})
    _add(title, "parTitl", study_title(study, "en"), {XML_LANGUAGE: "en"})
    _add(SubElement(citation, _ddi("rspStmt")), "AuthEnty", study.name)
    _add(SubElement(citation, _ddi("prodStmt")), "producer", study.name)
    information = SubElement(described, _ddi("stdyInfo"))
    for language in LANGUAGES:
        words = say(language, "open_data.about")
        _add(information, "abstract", words, {XML_LANGUAGE: language})
    summary = SubElement(information, _ddi("sumDscr"))
    for event, day in (("start", study.starts), ("end", study.ends)):
        _add(summary, "collDate", str(day), {"event": event, "date": str(day)})
    _add(summary, "nation", "Indonesia", {"abbr": "ID"})
    use = SubElement(SubElement(described, _ddi("dataAccs")), _ddi("useStmt"))
    for language in LANGUAGES:
        words = say(language, "open_data.protected")
        _add(use, "confDec", words, {XML_LANGUAGE: language})
    licence = release.rules.licence
    _add(use, "conditions", f"{licence.name}, {licence.address}")


def _describe_variable(data: Element, release: Release, variable: Variable) -> None:
    attributes = {"ID": f"V_{variable.key}", "name": variable.key, "files": FILE}
    described = SubElement(data, _ddi("var"), {**attributes, "intrvl": "discrete"})
    _label(described, variable.text)
    if variable.measured:
        question = SubElement(described, _ddi("qstn"))
        for language in LANGUAGES:
            _add(question, "qstnLit", variable.text[language], {XML_LANGUAGE: language})
    for category, frequency in _frequencies(release, variable):
        missing = {"missing": "Y"} if category.missing else {}
        entry = SubElement(described, _ddi("catgry"), missing)
        _add(entry, "catValu", str(category.code))
        _label(entry, category.text)
        _add(entry, "catStat", str(frequency), {"type": "freq"})
    _add(described, "varFormat", "", {"type": "numeric", "schema": "other"})


def _label(parent: Element, text: Text) -> None:
    for language in LANGUAGES:
        _add(parent, "labl", text[language], {XML_LANGUAGE: language})


def _add(
    parent: Element, name: str, text: str, attributes: Mapping[str, str] | None = None
) -> None:
    SubElement(parent, _ddi(name), dict(attributes or {})).text = text


def _ddi(name: str) -> str:
    return f"{{{DDI}}}{name}"


def data_package(release: Release, files: Mapping[str, bytes]) -> bytes:
    """The descriptor of the tables among the files. Source: Frictionless, Data Package 1."""
    study, licence = release.study, release.rules.licence
    elements = [f"mean_{element}" for element in study.instrument.items_of]
    unit = table_field("unit", "string")
    to_units = {"fields": "unit", "reference": {"resource": "units", "fields": "unit"}}
    figures = ["index", *elements]
    tables: dict[str, dict[str, Any]] = {
        "data": {
            "fields": [_variable_field(variable) for variable in release.variables],
            "missingValues": ["", "*"],
            "foreignKeys": [to_units],
        },
        "units": {
            "fields": [
                *(unit, table_field("given", "string"), table_field("respondents", "integer")),
                *(
                    table_field("grade", "string"),
                    *(table_field(name, "number") for name in figures),
                ),
            ],
            "primaryKey": "unit",
            "missingValues": [""],
        },
        "experience": {
            "fields": [
                unit,
                table_field("experience", "string"),
                table_field("responses", "integer"),
            ],
            "primaryKey": ["unit", "experience"],
            "missingValues": ["*"],
            "foreignKeys": [to_units],
        },
    }
    descriptor = {
        "profile": "tabular-data-package",
        "name": f"skm-{study.starts}-{study.ends}",
        "title": study_title(study, "id"),
        "description": say("id", "open_data.protected"),
        "licenses": [{"name": licence.name.replace(" ", "-"), "path": licence.address}],
        "sources": [{"title": study.name}],
        "resources": [
            table_resource(name, schema, files[f"{name}.csv"]) for name, schema in tables.items()
        ],
    }
    return json.dumps(descriptor, ensure_ascii=False, indent=2).encode() + b"\n"


def table_resource(name: str, schema: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """A CSV file with its schema, as a data package lists it."""
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
        "schema": schema,
    }


def table_field(name: str, kind: str) -> dict[str, str]:
    return {"name": name, "type": kind}


def _variable_field(variable: Variable) -> dict[str, Any]:
    values = [category.value for category in variable.categories if not category.missing]
    told: list[Any] = [int(value) for value in values] if variable.measured else values
    return {
        "name": variable.key,
        "type": "integer" if variable.measured else "string",
        "title": variable.text.id,
        "constraints": {"enum": told} if told else {},
    }


def _frequencies(release: Release, variable: Variable) -> list[tuple[ValueLabel, int]]:
    counted = release.rows[variable.key].value_counts()
    return [(one, int(counted.get(one.code, 0))) for one in variable.categories]
