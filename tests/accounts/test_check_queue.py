"""The line of password checks: bounded for all and for each address."""

import asyncio
from threading import Event

import pytest

from accounts.check_queue import CheckQueue, QueueFull
from accounts.rules import CheckBounds, log_in_rules

BOUNDS = CheckBounds(at_once=2, waiting=3, of_one_address=2, back_seconds=5)


def tried(addresses: list[str]) -> list[str]:
    """What becomes of a check of each address, begun in this order, before any has ended."""
    released = Event()

    async def check(queue: CheckQueue, address: str) -> str:
        try:
            return await queue.check(address, lambda: "checked" if released.wait(20) else "never")
        except QueueFull:
            return "full"

    async def all_of_them() -> list[str]:
        queue = CheckQueue(BOUNDS)
        tasks = [asyncio.create_task(check(queue, address)) for address in addresses]
        await asyncio.sleep(0)  # each has taken its place
        released.set()
        found = await asyncio.gather(*tasks)
        return [*found, await check(queue, addresses[0])]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize(
    ("addresses", "full"),
    [
        (["a", "b", "c", "d", "e"], []),
        (["a", "b", "c", "d", "e", "f", "g"], [5, 6]),
        (["a", "a", "a", "a", "b", "b"], [2, 3]),
    ],
)
def test_more_than_the_line_holds_are_told_to_come_back(
    addresses: list[str], full: list[int]
) -> None:
    found = tried(addresses)
    assert [at for at, one in enumerate(found) if one == "full"] == full
    assert found[-1] == "checked"  # there is room again


def test_one_address_fills_no_line() -> None:
    bounds = log_in_rules().checks
    assert bounds.of_one_address * 3 < bounds.at_once + bounds.waiting
