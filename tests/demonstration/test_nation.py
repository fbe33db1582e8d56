"""The simulated round has the size and the shape of a real one, and is marked as invented."""

from collections import Counter

from demonstration.nation import institutions


def test_the_nation_is_as_large_as_it_says() -> None:
    places = institutions()
    kinds = Counter(place.kind for place in places)
    assert (len(places), kinds["province"]) == (586, 38)
    assert sum(len(place.units) for place in places) == 4_000
    assert len({unit.code for place in places for unit in place.units}) == 4_000
    assert all(place.demonstration and "(data contoh)" in place.name for place in places)
    own = {place.province for place in places if place.kind in ("district", "city")}
    assert len(own) == 38
