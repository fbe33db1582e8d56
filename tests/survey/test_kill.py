"""kill -9 under load: what was acknowledged is stored, once."""

import random
from pathlib import Path

from survey.receipts import code_hash, instance_secret, mint_key
from tests.citizens import Crowd
from tests.light_service import running_light
from tests.survey.conftest import Place

KILLS = 3
ENOUGH = 5_000  # forms: the service is killed long before
PROXY = "127.0.0.1"  # on whose word each citizen has an address
PARTS = ["responses", "answers_skm_2017", "experiences", "comments"]


def test_killing_the_light_service_loses_nothing_that_was_acknowledged(
    place: Place, tmp_path: Path
) -> None:
    sent: list[str] = []
    acknowledged: dict[str, str] = {}
    for _ in range(KILLS):
        crowd = _killed_under_load(place, tmp_path, random.randint(100, 400))
        sent += crowd.sent
        acknowledged |= crowd.receipts
    _expect_stored(place, tmp_path, acknowledged, set(sent))
    with running_light(place.url, tmp_path, proxy=PROXY) as light:
        again = Crowd(light.port).send(sent).receipts  # each citizen sends the form once more
    assert acknowledged.items() <= again.items()
    _expect_stored(place, tmp_path, again, set())
    assert place.stored()["receipts"] == len(sent)


def _killed_under_load(place: Place, folder: Path, receipts: int) -> Crowd:
    """What came of the load on a service that is killed after so many receipts."""
    with running_light(place.url, folder, proxy=PROXY) as light:

        def kill(crowd: Crowd) -> None:
            if len(crowd.receipts) == receipts:
                light.process.kill()

        return Crowd(light.port, kill).send(mint_key() for _ in range(ENOUGH))


def _expect_stored(
    place: Place, folder: Path, acknowledged: dict[str, str], perhaps: set[str]
) -> None:
    """All that were acknowledged, whole; more only of those that were sent ``perhaps``."""
    secret = instance_secret(folder)
    kept = {str(row["code_hash"]) for row in place.rows("receipts")}
    assert len(set(acknowledged.values())) == len(acknowledged) >= KILLS * 100
    assert {code_hash(secret, code) for code in acknowledged.values()} <= kept
    assert len(kept) <= len(acknowledged.keys() | perhaps)
    assert {place.stored()[part] for part in PARTS} == {len(kept)}
