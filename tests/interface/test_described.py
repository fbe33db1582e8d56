"""The description and what is answered are one; random requests keep to it (schemathesis)."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from interface.__main__ import written
from interface.addresses import ADDRESSES
from interface.description import description
from tests.asgi import ask
from tests.interface.conftest import Public

FILE = Path("docs/openapi.json")
EXAMPLES = 5


def test_the_file_in_the_documents_is_what_is_served(public: Public) -> None:
    served = ask(public.app, "/api/v1/openapi.json")
    assert served.json == description()
    assert FILE.read_text(encoding="utf-8") == written(), "python -m interface > docs/openapi.json"


def test_every_address_is_described() -> None:
    assert set(description()["paths"]) == {one.path for one in ADDRESSES}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_random_requests_are_answered_as_described(public: Public, mode: GenerationMode) -> None:
    """Fit ones and unfit ones; addresses of records also with one that there is."""
    schema = schemathesis.openapi.from_dict(description())
    schema.app = public.app
    keys = {"announcement": public.announced, "scheme": "skm-2017", "instrument": "skm-2017"}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        known = keys.get(str(operation.definition.raw["operationId"]))
        if mode.is_positive or operation.path_parameters or operation.query:
            keeps_to_it(operation, mode, known)


def keeps_to_it(operation: Any, mode: GenerationMode, known: str | None) -> None:
    """Answers random requests as described; ``known``: a key that there is."""

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        case.call_and_validate()
        if known and mode.is_positive:
            case.path_parameters["key"] = known
            assert case.call_and_validate().status_code == 200

    answered()
