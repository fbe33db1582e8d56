"""Why a machine gets no answer: JSON in the form of RFC 9457, with our codes and sentences."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Literal

from starlette.responses import Response

from analysis.errors import Problem
from desk.public.records import Leaving
from locales.refusals import sentence

MEDIA_TYPE = "application/problem+json"


class RefusedFor(Leaving):
    """One thing in the way: its stable code, which parameter, and the sentence."""

    code: str
    parameter: str | None
    id: str
    en: str


class ApiRefusal(Leaving):
    """Why there is no answer, as RFC 9457 says it."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    problems: list[RefusedFor]


def refusal(
    status: int, problems: Sequence[Problem], headers: Mapping[str, str] | None = None
) -> Response:
    """The answer that names the problems."""
    told = [
        RefusedFor(
            code=one.code,
            parameter=one.place.key or None,
            id=sentence("id", one),
            en=sentence("en", one),
        )
        for one in problems
    ]
    body = ApiRefusal(title=HTTPStatus(status).phrase, status=status, problems=told)
    kept = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    return Response(
        body.model_dump_json(), status, headers={**kept, **(headers or {})}, media_type=MEDIA_TYPE
    )
