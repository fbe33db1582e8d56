"""What the nation takes of a district, and what of a stranger or of a district that cheats."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.actors import Forbidden
from analysis.federation import district_bundle
from analysis.federation.district_bundle import file_bytes, read_file, signed_bytes
from analysis.rulebook.scheme import load_scheme
from desk.federation import loading
from desk.federation.loading import (
    LoadingPlan,
    load_bundle,
    plan_loading,
    received_bundle,
    received_bundles,
)
from desk.federation.trusted import end_key, key_in_force
from desk.index.perception import Scoring, year_shown
from desk.index.sent import bundles_in_force
from desk.office.periods import NewPeriod, open_period
from models import AuditEvent, Period, ReceivedBundle, reading, time_moved, writing
from survey.signing import public_pem, sign
from tests.desk.federation.conftest import SENDER
from tests.desk.federation.instances import YEAR, Instance, judge, opened
from tests.refusing import refusing

Document = dict[str, Any]
NAME = "kiriman.json"
SCHEME = load_scheme("ombudsman-2022")


def load(nation: Instance, content: bytes, username: str = "ani") -> bool:
    """Whether anything was new."""
    with writing(nation.engine) as session:
        person = nation.person(username)
        return not load_bundle(session, person, plan_loading(session, person, content, NAME)).same


def forged(
    content: bytes, change: Callable[[Document], object], signer: Instance, key: str = ""
) -> bytes:
    """The bundle with something changed, signed by whoever has that instance's secret."""
    document = json.loads(content)["bundle"]
    change(document)
    signature = sign(signer.secret, signed_bytes(document))
    return file_bytes(document, key or public_pem(signer.secret), signature)


def stored(nation: Instance) -> tuple[int, int, int]:
    """How many bundles, periods and events there are."""
    with reading(nation.engine) as session:
        bundles, periods, events = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (ReceivedBundle, Period, AuditEvent)
        )
        return bundles, periods, events


def numbered(number: int, previous: str = "1" * 64, reason: str = "satu berkas ditarik") -> Any:
    """The change into another number."""
    return lambda document: document.update(number=number, previous=previous, reason=reason)


def hash_of(content: bytes) -> str:
    """By which the next one names it."""
    return read_file(content, "").hash


def test_a_bundle_is_loaded_once_and_the_trace_says_so(nation: Instance, sent: bytes) -> None:
    assert load(nation, sent)
    after = stored(nation)
    assert after[:2] == (1, 2)
    with reading(nation.engine) as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert (last.act, last.actor) == ("load_bundle", "Ani")
        assert last.details["sha256"] == hash_of(sent)
        periods = session.scalars(select(Period)).all()
        assert all(period.closed_at for period in periods)
    assert not load(nation, sent)
    assert not load(nation, sent, "budi")
    assert stored(nation) == after


def test_a_newer_one_holds_and_the_older_is_still_read(
    nation: Instance, sender: Instance, sent: bytes
) -> None:
    load(nation, sent)
    newer = forged(sent, numbered(2, hash_of(sent)), sender)
    assert load(nation, newer)
    with reading(nation.engine) as session:
        ani, place = nation.person("ani"), nation.place(SENDER)
        assert bundles_in_force(session, YEAR, [place])[place].number == 2
        (second, _), (first, _) = received_bundles(session, ani, YEAR)
        assert received_bundle(session, ani, first.id).document.encode() == sent
        assert second.document.encode() == newer
    before = stored(nation)
    with refusing("number 1 is older than number 2"):
        load(nation, sent)
    assert stored(nation) == before


def test_what_is_kept_of_a_year_is_derived_anew_once_one_is_loaded(
    nation: Instance, sent: bytes
) -> None:
    """Looks at a year's scores are kept in memory until something was done."""
    judge(nation, SCHEME, [SENDER])

    def seen() -> list[Fraction | None]:
        with reading(nation.engine) as session:
            shown = year_shown(session, nation.person("ani"), Scoring(SCHEME, YEAR, True))
            return [one.clean for one in shown.surveyed]

    assert seen() == [None, None, None]
    load(nation, sent)
    assert all(seen())


def test_numbers_may_be_skipped_but_never_taken_twice_or_unchained(
    nation: Instance, sender: Instance, sent: bytes
) -> None:
    load(nation, forged(sent, numbered(3), sender))
    with refusing("number 3 is stored already, with other content"):
        load(nation, forged(sent, numbered(3, reason="lain sama sekali"), sender))
    with refusing("number 4 does not go on from the one before"):
        load(nation, forged(sent, numbered(4), sender))
    with refusing("number 1 is older"):
        load(nation, sent)


def test_the_first_names_none_before_it(nation: Instance, sender: Instance, sent: bytes) -> None:
    for number, previous in ((1, "1" * 64), (2, "0" * 64)):
        with refusing("does not go on from the one before"):
            load(nation, forged(sent, numbered(number, previous), sender))


def test_only_an_analyst_loads(nation: Instance, sent: bytes) -> None:
    for username in (f"koor-{SENDER}", "siti"):
        with pytest.raises(Forbidden):
            load(nation, sent, username)


def test_one_altered_byte_anywhere_is_found(nation: Instance, sent: bytes) -> None:
    for at in range(0, len(sent), len(sent) // 60):
        altered = bytearray(sent)
        altered[at] ^= 1
        with refusing(""):
            load(nation, bytes(altered))
    assert stored(nation)[0] == 0


def test_a_number_altered_in_good_json_breaks_the_signature(nation: Instance, sent: bytes) -> None:
    document = json.loads(sent)
    document["bundle"]["surveys"][0]["units"][0]["respondents"] += 1
    altered = file_bytes(document["bundle"], document["key"], document["signature"])
    with refusing("The signature is not that of what stands here"):
        load(nation, altered)
    for signature in ("", "zz", "0" * 128, document["signature"].upper()):
        with refusing("The signature is not that of what stands here"):
            load(nation, file_bytes(json.loads(sent)["bundle"], document["key"], signature))


def test_another_key_is_not_believed_whoever_signs_with_it(
    nation: Instance, sent: bytes, sender: Instance
) -> None:
    """A stranger's own, and a stranger's signature under the district's key."""
    stranger = Instance(nation.engine, bytes(32))
    with refusing("the one believed for this institution is"):
        load(nation, forged(sent, lambda _: None, stranger))
    with refusing("The signature is not that of what stands here"):
        load(nation, forged(sent, lambda _: None, stranger, public_pem(sender.secret)))


def test_a_key_that_was_replaced_signs_no_more(
    nation: Instance, sender: Instance, sent: bytes
) -> None:
    renewed = Instance(sender.engine, bytes(range(32)))
    content = forged(sent, lambda _: None, renewed)
    with refusing("Ask the district by telephone whether its key was replaced"):
        load(nation, content)
    nation.trust(SENDER, renewed)
    with refusing("the one believed for this institution is"):
        load(nation, sent)
    assert load(nation, content)


def test_a_key_that_ended_signs_no_more(nation: Instance, sent: bytes) -> None:
    with writing(nation.engine) as session:
        key = key_in_force(session, nation.place(SENDER))
        assert key is not None
        end_key(session, nation.person("siti"), key.id, "server daerah dicuri")
    with refusing("No key is believed for"):
        load(nation, sent)


def test_a_district_speaks_for_itself_alone(
    nation: Instance, sender: Instance, sent: bytes
) -> None:
    def rename(document: Document) -> None:
        for unit in document["surveys"][0]["units"] + document["units"]:
            unit["code"] = unit["code"].replace(f"-{SENDER}", "-buru")

    with refusing("“dukcapil-buru” belongs to another institution"):
        load(nation, forged(sent, rename, sender))
    with refusing('No key is believed for "Kabupaten Buru"'):
        load(nation, forged(sent, lambda one: one.update(institution="buru"), sender))
    with refusing("No institution in the register here has the code"):
        load(nation, forged(sent, lambda one: one.update(institution="atlantis"), sender))


def test_a_future_version_is_told_apart(nation: Instance, sender: Instance, sent: bytes) -> None:
    with refusing('version "2" of the format; this program reads version 1'):
        load(nation, forged(sent, lambda one: one.update(version=2), sender))
    for other in ("suara-layanan", 7, None):
        with refusing("format"):
            load(nation, forged(sent, _set(lambda one: one, format=other), sender))
    with refusing("version"):
        load(nation, forged(sent, _set(lambda one: one, version=True), sender))


def test_nobody_is_counted_twice(nation: Instance, sent: bytes) -> None:
    opened(nation, SENDER, "1")
    with refusing(f"Periods of {YEAR} of this institution are kept here: 1"):
        load(nation, sent)


def test_a_year_that_came_as_a_bundle_is_not_asked_here_too(nation: Instance, sent: bytes) -> None:
    load(nation, sent)
    day = date(YEAR, 12, 31)
    new = NewPeriod(nation.place(SENDER), "lagi", "Lagi", day, day, "skm-2017")
    with writing(nation.engine) as session, refusing("come from this institution's own instance"):
        open_period(session, nation.person(f"koor-{SENDER}"), new)


def test_a_bundle_from_tomorrow_waits(nation: Instance, sender: Instance, sent: bytes) -> None:
    with time_moved(timedelta(days=-2)), refusing("which has not come yet"):
        load(nation, sent)


def test_what_another_bundle_said_of_a_period_stays(
    nation: Instance, sender: Instance, sent: bytes
) -> None:
    load(nation, sent)

    def rename(document: Document) -> None:
        numbered(2, hash_of(sent))(document)
        document["surveys"][0]["periods"][0]["name"] = "Lain"

    with refusing("is stored already with another name"):
        load(nation, forged(sent, rename, sender))


# What a district could write that its own program never would.
def _unit(document: Document) -> Any:
    return document["surveys"][0]["units"][0]


def _look(document: Document) -> Any:
    return _unit(document)["ways"][0]


def _set(place: Callable[[Document], Any], **to: object) -> Callable[[Document], object]:
    return lambda document: place(document).update(to)


def _more(place: Callable[[Document], Any], key: str, by: int) -> Callable[[Document], object]:
    def change(document: Document) -> None:
        place(document)[key] += by

    return change


def _differing(document: Document) -> None:
    """Half give one item the lowest answer, everybody all others the highest."""
    unit, look = _unit(document), _look(document)
    n = look["respondents"]
    items = {item: [0, 0, 0, n] for item in look["items"]} | {"time": [n // 2, 0, 0, n - n // 2]}
    answered = dict.fromkeys(look["answered"], n)
    unit["ways"] = [{**look, "items": items, "answered": answered, "squares": 0.0}]


IMPOSSIBLE: dict[str, tuple[Callable[[Document], object], str]] = {
    "more respondents than responses": (_more(_unit, "respondents", 10**6), "respondents"),
    "more counted than received": (
        lambda one: _unit(one)["responses"][0].update(received=1),
        "counted",
    ),
    "more answers than respondents": (
        lambda one: _look(one)["items"].update(time=[0, 0, 0, 10**5]),
        "“time” is more than “respondents” allows",
    ),
    "an element more often answered than its item": (
        lambda one: _look(one)["answered"].update(time=1),
        "“time” is more than",
    ),
    "a value below none": (lambda one: _look(one)["items"].update(time=[-1, 1, 1, 1]), "time"),
    "a value that is no number": (_set(_look, respondents="9"), "respondents"),
    "another item": (lambda one: _look(one)["items"].update(other=[1, 1, 1, 1]), "its questions"),
    "an item less": (lambda one: _look(one)["items"].pop("time"), "its questions"),
    "a fifth choice": (
        lambda one: _look(one)["items"]["time"].append(0),
        "its questions",
    ),
    "no spread though they differ in one thing": (lambda one: _differing(one), "sum of squares"),
    "more spread than is possible": (_set(_look, squares=10**6), "sum of squares"),
    "a group of three": (
        lambda one: _unit(one).update(respondents=3, ways=[{**_look(one), "respondents": 3}]),
        "one to four people",
    ),
    "nothing of many": (_set(_unit, ways=[]), "one to four people"),
    "another way of one more": (
        lambda one: _unit(one)["ways"].append(
            {**_look(one), "of": ["visit"], "respondents": _look(one)["respondents"] - 1}
        ),
        "“mysteries”|ways|one to four people",
    ),
    "the same way twice": (
        lambda one: _unit(one)["ways"].append(_look(one)),
        "ways",
    ),
    "more ill-treated than told": (
        lambda one: _look(one)["experienced"]["forms"].update(undue_delay=10**4),
        "experienced",
    ),
    "one period less": (lambda one: _unit(one)["responses"].pop(), "not those of the survey"),
    "a unit twice": (
        lambda one: one["surveys"][0]["units"].append(_unit(one)),
        "stands twice",
    ),
    "a survey twice": (lambda one: one["surveys"].append(one["surveys"][0]), "stands twice"),
    "a unit that is not registered": (
        lambda one: one["units"].pop(0),
        "not in the bundle's own list",
    ),
    "a unit that nobody knows": (
        lambda one: (one["units"][0].update(code="baru"), _unit(one).update(code="baru")),
        "“baru” is not in the register here",
    ),
    "days of another year": (
        lambda one: one["surveys"][0]["periods"][0].update(ends=f"{YEAR + 1}-01-01"),
        f"does not end in {YEAR}",
    ),
    "a period that is open": (
        lambda one: one["surveys"][0]["periods"][0].update(closed="2999-01-01T00:00:00Z"),
        "closed after the bundle was made",
    ),
    "unknown rules": (
        lambda one: (
            one["surveys"][0]["instrument"].update(hash="5" * 64),
            one["surveys"][0]["periods"][0].update(instrument="5" * 64),
        ),
        "is not known here",
    ),
    "other rules than its period's": (
        lambda one: one["surveys"][0]["scheme"].update(hash="5" * 64),
        "not those of its latest period",
    ),
    "a key that nobody asked for": (_set(_unit, row={"time": 4}), "row"),
    "a year that is a text": (lambda one: one.update(year=str(YEAR)), "year"),
    "a day written otherwise": (
        lambda one: one["surveys"][0]["periods"][0].update(ends=f"{YEAR}-12-31T00:00:00"),
        "not written as it was signed",
    ),
    "a name that turns the line": (
        lambda one: one["surveys"][0]["periods"][0].update(name="a\u202eb"),
        "cannot be seen",
    ),
    "a code that leads elsewhere": (
        lambda one: one["units"][0].update(code="../etc"),
        "code",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_district_that_cheats_is_told_where(
    nation: Instance, sender: Instance, sent: bytes, case: str
) -> None:
    change, told = IMPOSSIBLE[case]
    before = stored(nation)
    with refusing(told):
        load(nation, forged(sent, change, sender))
    assert stored(nation) == before


HOSTILE_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no JSON"),
    "no JSON": (b"PK\x03\x04", "no JSON"),
    "not UTF-8": (b"\xff\xfe{}", "no JSON"),
    "a list": (b"[]", "bundle"),
    "nested deeply": (b"[" * 200_000 + b"]" * 200_000, "no JSON"),
    "nested objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "no JSON"),
    "a name twice": (
        b'{"bundle":{"format":"x","format":"y"},"key":"","signature":""}',
        "duplicate key",
    ),
    "no number": (
        b'{"bundle":{"format":"suara-layanan district bundle","version":NaN},"key":"",'
        b'"signature":""}',
        "version",
    ),
    "an endless number": (
        b'{"bundle":{"format":"suara-layanan district bundle","version":1,"year":1e999},"key":"",'
        b'"signature":""}',
        "not written as it was signed",
    ),
    "a number of many digits": (b'{"bundle":' + b"9" * 100_000 + b"}", "no JSON"),
    "half a character": (
        b'{"bundle":{"format":"suara-layanan district bundle","version":1,"a":"\\ud800"},'
        b'"key":"","signature":""}',
        "not written as it was signed",
    ),
    "too many values": (b"[" + b"0," * 1_600_000 + b"0]", "too many values"),
    "too large": (b"0" * (2**24 + 1), "too large"),
}


@pytest.mark.parametrize("case", HOSTILE_FILES)
def test_a_strangers_file_is_refused_in_a_sentence(nation: Instance, case: str) -> None:
    content, told = HOSTILE_FILES[case]
    with refusing(told):
        load(nation, content)
    assert stored(nation)[0] == 0


def planned(nation: Instance, content: bytes) -> LoadingPlan:
    """What was checked while nobody waits."""
    with reading(nation.engine) as session:
        return plan_loading(session, nation.person("ani"), content, NAME)


def test_others_wait_for_no_reading_and_no_checking(
    nation: Instance, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever takes the longer the more units there are is done before the writing begins."""
    plan = planned(nation, sent)
    for name in ("read_file", "read_bundle", "require_signed", "require_whole", "require_possible"):
        monkeypatch.delattr(loading, name)
    monkeypatch.delattr(district_bundle, "canonical")
    with writing(nation.engine) as session:
        load_bundle(session, nation.person("ani"), plan)
    assert stored(nation)[:2] == (1, 2)
    with reading(nation.engine) as session:
        (document,) = session.scalars(select(ReceivedBundle.document))
        assert document.encode() == sent


def _another_comes(nation: Instance, sender: Instance, sent: bytes) -> None:
    load(nation, forged(sent, numbered(5), sender))


def _key_ends(nation: Instance, _sender: Instance, _sent: bytes) -> None:
    with writing(nation.engine) as session:
        key = key_in_force(session, nation.place(SENDER))
        assert key is not None
        end_key(session, nation.person("siti"), key.id, "server daerah dicuri")


def _key_is_replaced(nation: Instance, sender: Instance, _sent: bytes) -> None:
    nation.trust(SENDER, Instance(sender.engine, bytes(range(32))))


def _year_is_asked_here(nation: Instance, _sender: Instance, _sent: bytes) -> None:
    opened(nation, SENDER, "1")


@pytest.mark.parametrize(
    ("meanwhile", "refused"),
    [
        (_another_comes, "number 1 is older than number 5"),
        (_key_ends, "No key is believed for"),
        (_key_is_replaced, "the one believed for this institution is"),
        (_year_is_asked_here, "are kept here"),
    ],
)
def test_what_changed_since_it_was_checked_is_checked_again(
    nation: Instance,
    sender: Instance,
    sent: bytes,
    meanwhile: Callable[[Instance, Instance, bytes], None],
    refused: str,
) -> None:
    plan = planned(nation, sent)
    meanwhile(nation, sender, sent)
    before = stored(nation)
    with writing(nation.engine) as session, refusing(refused):
        load_bundle(session, nation.person("ani"), plan)
    assert stored(nation) == before


def test_the_same_twice_at_once_is_stored_once(nation: Instance, sent: bytes) -> None:
    first, second = planned(nation, sent), planned(nation, sent)
    for plan, same in ((first, False), (second, True)):
        with writing(nation.engine) as session:
            assert load_bundle(session, nation.person("ani"), plan).same is same
    assert stored(nation)[0] == 1


def test_who_was_an_analyst_when_it_was_checked_must_be_one_when_it_is_stored(
    nation: Instance, sent: bytes
) -> None:
    plan = planned(nation, sent)
    with writing(nation.engine) as session, pytest.raises(Forbidden):
        load_bundle(session, nation.person("siti"), plan)
