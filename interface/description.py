"""The description of the interface for machines (OpenAPI 3.1), made from what it sends."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from desk.public.addresses import API
from desk.public.records import CODE
from interface.addresses import ADDRESSES, ApiAddress
from interface.formats import CSV, JSON
from interface.problems import MEDIA_TYPE, ApiRefusal

REFERENCES = "#/components/schemas/{model}"
KEYS = {"uuid": {"type": "string", "format": "uuid"}, "id": {"type": "string", "pattern": CODE}}
ABOUT = (
    "Read-only, without log-in, for everybody: what units and institutions announced themselves "
    "of their surveys, what the Ombudsman published, and the rules of both. Nothing else leaves: "
    "no unannounced period, no group of fewer than five people, nobody's name. "
    "Every address answers GET, HEAD and OPTIONS, to pages of any site (CORS)."
)
HEADERS = {
    "ETag": "Of these bytes; send it back as If-None-Match",
    "Last-Modified": "Where known; send it back as If-Modified-Since",
    "Cache-Control": "How long the answer may be kept",
    "Link": "rel=next: where a list goes on",
}


def description() -> dict[str, Any]:
    """The whole document, as JSON holds it."""
    models: list[type[BaseModel]] = [*(one.answer for one in ADDRESSES), ApiRefusal]
    named, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template=REFERENCES
    )
    of_model = {model: named[model, "serialization"] for model in models}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Suara Layanan", "version": "1", "description": ABOUT},
        "servers": [{"url": API}],
        "paths": {one.path: {"get": _operation(one, of_model)} for one in ADDRESSES},
        "components": {"schemas": schemas.get("$defs", {})},
    }


def _operation(address: ApiAddress, of_model: dict[type[BaseModel], Any]) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": of_model[address.answer]}}
    if address.row:
        content[CSV] = {"schema": {"type": "string"}}
    refused = {"content": {MEDIA_TYPE: {"schema": of_model[ApiRefusal]}}}
    statuses = [400, 406, 503, *([404] if address.key else [])]
    return {
        "operationId": address.name,
        "summary": address.about,
        "parameters": [*_path(address), *_query(address)],
        "responses": {
            "200": {
                "description": "Found",
                "headers": {
                    name: {"description": about, "schema": {"type": "string"}}
                    for name, about in HEADERS.items()
                },
                "content": content,
            },
            "304": {"description": "As the asker has it"},
            **{
                str(status): {"description": HTTPStatus(status).phrase, **refused}
                for status in sorted(statuses)
            },
        },
    }


def _path(address: ApiAddress) -> Iterator[dict[str, Any]]:
    if address.key:
        yield {"name": "key", "in": "path", "required": True, "schema": KEYS[address.key]}


def _query(address: ApiAddress) -> Iterator[dict[str, Any]]:
    for name, schema in address.query.model_json_schema().get("properties", {}).items():
        told = {key: value for key, value in schema.items() if key not in ("title", "description")}
        about = {"description": schema["description"]} if "description" in schema else {}
        yield {"name": name, "in": "query", **about, "schema": _asked(told)}


def _asked(schema: dict[str, Any]) -> dict[str, Any]:
    """Without null: what is not asked is left out of the address."""
    kinds = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return dict(kinds[0]) if kinds else schema
