"""More log-ins at once than the line holds: the page says so, and when to come back."""

import asyncio
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from accounts.rules import log_in_rules
from locales import LANGUAGES, Language, say
from tests.asgi import Answered, answer_of
from tests.door import FORM, a_door

BOUNDS = log_in_rules().checks


def at_once(engine: Engine, language: Language, addresses: list[str]) -> list[Answered]:
    """What is told to log-ins from these addresses that come together."""
    app, body = a_door(engine), urlencode({"username": "budi", "password": "salah"}).encode()

    async def all_of_them() -> list[Answered]:
        path = f"/masuk?lang={language}"
        return await asyncio.gather(
            *(answer_of(app, path, "POST", FORM, body, address) for address in addresses)
        )

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_address_takes_its_share_of_the_line(engine: Engine, language: Language) -> None:
    number = BOUNDS.of_one_address + 3
    answers = at_once(engine, language, ["203.0.113.1"] * number + ["203.0.113.2"])
    told = [answer.status for answer in answers]
    assert told.count(503) == 3
    assert told[-1] == 401  # another address passes
    refused = answers[told.index(503)]
    assert refused.headers["retry-after"] == str(BOUNDS.back_seconds)
    assert say(language, "log_in.queue_full") in refused.text


def test_all_addresses_together_fill_it(engine: Engine) -> None:
    most = BOUNDS.at_once + BOUNDS.waiting
    told = [
        one.status for one in at_once(engine, "id", [f"203.0.113.{n}" for n in range(most + 4)])
    ]
    assert told.count(503) == 4
