"""A publication as open data: the sealed file, the same in tables, and how to check it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from analysis.exact import half_up
from analysis.publication.certainty import Certified, own_share
from analysis.publication.keys import fingerprint
from analysis.publication.publication import PARTS_OF_RECEIVED
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedScores,
    PublishedUnit,
    Scored,
)
from analysis.rulebook.scheme import Scheme
from locales import LANGUAGES, Language, say, show_date
from reports.cells import csv_file
from reports.open_data.codebook import table_field, table_resource
from reports.open_data.open_data import licence_file, packed
from reports.open_data.release import release_rules

SEALED, KEY = "publication.json", "public-key.pem"
DECIMALS = 6  # of values that are exact fractions in the sealed file
SCORE = ("score", "grade", "zone", "label_id", "label_en", "rank")
COUNTS = ("received", *PARTS_OF_RECEIVED)
PRODUCTS = ("products_issued", "products_followed_up")
PLACE = ("name", "kind", "province", "units")
SURE = ("rank_set_low", "rank_set_high", "probability")
TABLES: Mapping[str, Sequence[str]] = {
    "institutions": (
        *("institution", *PLACE, *SCORE),
        *("rank_in_province", "declared", *PRODUCTS, "demonstration", *SURE),
    ),
    "units": (
        *("unit", "institution", "name", *SCORE),
        *("respondents", "standard_error", "waiver", *COUNTS, *SURE),
    ),
    "values": ("unit", "node", "name_id", "name_en", "input", "value"),
}
# Frictionless types of the columns; text where none is named.
KINDS = {
    **dict.fromkeys(("score", "standard_error", "input", "value", "probability"), "number"),
    **dict.fromkeys(
        (
            *("units", "rank", "rank_in_province", "rank_set_low", "rank_set_high"),
            *("respondents", *PRODUCTS, *COUNTS),
        ),
        "integer",
    ),
    **dict.fromkeys(("declared", "demonstration"), "boolean"),
}
PRIMARY_KEYS = {"institutions": ["institution"], "units": ["unit"], "values": ["unit", "node"]}
REFERENCES = {"units": "institutions", "values": "units"}


@dataclass(frozen=True)
class Published:
    """A public publication: ``sealed`` is its file, ``key`` in PEM, ``number`` in the chain."""

    sealed: bytes
    document: PublishedScores
    key: str
    scheme: Scheme
    number: int
    sha256: str
    published: date
    link: str


def published_zip(published: Published) -> bytes:
    """A zip with the sealed file, its key, the scheme, tables, and how to verify; always alike."""
    rows = _rows(published.document, published.scheme)
    tables = {name: csv_file(TABLES[name], lines) for name, lines in rows.items()}
    readme = "\n\n---\n\n".join("\n\n".join(_explained(published, one)) for one in LANGUAGES)
    return packed(
        {
            "README.md": f"{readme}\n".encode(),
            "LICENSE": licence_file(release_rules().licence),
            SEALED: published.sealed,
            KEY: published.key.encode(),
            f"{published.scheme.id}.yaml": published.scheme.yaml.encode(),
            **{f"{name}.csv": content for name, content in tables.items()},
            "datapackage.json": _data_package(published, tables),
        }
    )


def _rows(document: PublishedScores, scheme: Scheme) -> dict[str, Iterator[Sequence[object]]]:
    return {
        "institutions": (
            [*_institution(one), *_sure(one, scheme)] for one in document.institutions
        ),
        "units": ([*_unit(one), *_sure(one, scheme)] for one in document.units),
        "values": (row for unit in document.units for row in _values(unit, scheme)),
    }


def _institution(one: PublishedInstitution) -> Sequence[object]:
    named = one.code, one.name, one.kind, one.province
    products = (one.products.issued, one.products.followed_up) if one.products else (None, None)
    told = _boolean(one.declared), *products, _boolean(one.demonstration)
    return [*named, one.units, *_score(one), one.rank_in_province, *told]


def _unit(one: PublishedUnit) -> Sequence[object]:
    counts = [sum(getattr(period, part) for period in one.responses) for part in COUNTS]
    named = one.code, one.institution, one.name
    survey = (one.survey.respondents, one.survey.standard_error) if one.survey else (None, None)
    return [*named, *_score(one), *survey, one.waiver and one.waiver.reason, *counts]


def _values(unit: PublishedUnit, scheme: Scheme) -> Iterator[Sequence[object]]:
    for node in scheme.nodes():
        figures = unit.inputs.get(node.key), unit.nodes[node.key]
        yield unit.code, node.key, node.name.id, node.name.en, *map(_decimal, figures)


def _score(one: Scored) -> Sequence[object]:
    label = (one.label.id, one.label.en) if one.label else (None, None)
    return one.score, one.grade, one.zone, *label, one.rank


def _sure(one: Certified, scheme: Scheme) -> Sequence[object]:
    low, high = (one.how_sure and one.how_sure.rank_set) or (None, None)
    return low, high, own_share(scheme, one)


def _decimal(value: Fraction | None) -> object:
    return None if value is None else half_up(value, DECIMALS)


def _boolean(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _data_package(published: Published, tables: Mapping[str, bytes]) -> bytes:
    """The descriptor of the tables. Source: Frictionless, Data Package 1."""
    licence = release_rules().licence
    descriptor = {
        "profile": "tabular-data-package",
        "name": f"publication-{published.number}",
        "title": _title(published, "id"),
        "homepage": published.link,
        "licenses": [{"name": licence.name.replace(" ", "-"), "path": licence.address}],
        "sources": [{"title": one.title["id"]} for one in published.scheme.sources.values()],
        "resources": [
            table_resource(name, _schema(name), content) for name, content in tables.items()
        ],
    }
    return json.dumps(descriptor, ensure_ascii=False, indent=2).encode() + b"\n"


def _schema(name: str) -> Mapping[str, object]:
    schema: dict[str, object] = {
        "fields": [table_field(key, KINDS.get(key, "string")) for key in TABLES[name]],
        "primaryKey": PRIMARY_KEYS[name],
        "missingValues": [""],
    }
    if above := REFERENCES.get(name):
        (field,) = PRIMARY_KEYS[above]
        reference = {"resource": above, "fields": field}
        schema["foreignKeys"] = [{"fields": field, "reference": reference}]
    return schema


def _title(published: Published, language: Language) -> str:
    year = published.document.year
    title = f"{published.scheme.title[language]}, {year}"
    if published.document.demonstration:
        title += f". {say(language, 'posters.demonstration')}"
    return title


def _explained(published: Published, language: Language) -> Iterator[str]:
    """The paragraphs of the README."""
    yield f"# {_title(published, language)}"
    yield say(
        language,
        "published.about",
        number=published.number,
        date=show_date(language, published.published),
        link=published.link,
    )
    yield f"## {say(language, 'open_data.files')}"
    yield say(
        language,
        "published.files",
        sealed=SEALED,
        public=KEY,
        scheme=f"{published.scheme.id}.yaml",
        decimals=DECIMALS,
    )
    verify = say(language, "published.verify")
    yield f"## {verify}"
    software = published.document.software
    yield say(language, "published.needs", software=software)
    yield f"    python -m analysis verify {SEALED} --key {KEY}"
    yield say(
        language,
        "published.holds",
        hash=published.sha256,
        fingerprint=fingerprint(published.key),
        public=KEY,
    )
