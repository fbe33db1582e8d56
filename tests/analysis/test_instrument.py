import pytest

from analysis.errors import BadInput
from analysis.instrument import INSTRUMENTS, instrument_ids, load_instrument, parse_instrument
from analysis.scheme import load_scheme

SKM = (INSTRUMENTS / "skm-2017.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", instrument_ids())
def test_an_instrument_asks_for_every_element_of_its_scheme(name: str) -> None:
    instrument = load_instrument(name)
    elements = {node.key for node in load_scheme(instrument.scheme).children}
    assert instrument.id == name
    assert set(instrument.items_of) == elements
    assert set(instrument.allowed.values()) == {(1, 2, 3, 4)}


def test_both_instruments_are_here() -> None:
    items = {name: len(load_instrument(name).items) for name in instrument_ids()}
    assert items == {"skm-2017": 9, "skm-2026": 16}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("- key: procedure\n", "- key: requirements\n", "found an item key twice"),
        (
            "\nsource: permenpanrb-14-2017\n",
            "\nsource: none\n",
            "found source none, expected one of",
        ),
        ("\nitems:\n", "\nitem:\n", "items: found nothing"),
    ],
)
def test_an_instrument_that_breaks_a_rule_is_refused(old: str, new: str, told: str) -> None:
    assert SKM.count(old) == 1
    with pytest.raises(BadInput) as refused:
        parse_instrument(SKM.replace(old, new), "broken.yaml")
    assert str(refused.value).startswith("broken.yaml")
    assert told in str(refused.value)


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(BadInput, match="one of skm-2017, skm-2026, or a YAML file"):
        load_instrument("skm-1999")
