"""Any order of what citizens and devices do at the light door, while periods close and open.

Every acknowledged answer is stored once; every stored one was acknowledged, or its answer was
lost on the way; nobody is thanked for what another wrote.
"""

import re
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from starlette.applications import Starlette

from models import Comment, LateResponse, Period, now, open_engine, reading, writing
from survey.light import forms
from survey.light.routes import light_routes
from survey.limits import AddressLimits
from survey.receipts import mint_key
from survey.seal import public_key, seal
from survey.writer import Writer
from tests.asgi import Answered, ask
from tests.world import a_district, a_period

FORM = "/s/puskesmas-langgur"
SECRET = bytes(32)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
COMMENT = re.compile(r"<textarea id=\"comment\"[^>]*>([^<]*)</textarea>")
CLOCK = 1_000_000_000_000  # of devices, in milliseconds: years slow
MINUTE = 60_000
LANGUAGES = st.sampled_from(["id", "en"])
LOST = st.booleans()


@dataclass
class Tab:
    """A form that somebody fills in: what they wrote is theirs alone."""

    fields: dict[str, str]
    wrote: str
    sent: bool = False
    emptied: bool = False  # a device was thanked for it
    kept: dict[bytes, int] = field(default_factory=dict)  # sealed, with how long it will wait


class Door(RuleBasedStateMachine):
    """Citizens, devices and a coordinator at one unit."""

    migrated: Path
    tabs = Bundle("tabs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        file = shutil.copyfile(self.migrated, Path(self.folder.name) / "door.sqlite3")
        self.engine = open_engine(f"sqlite:///{file}")
        with writing(self.engine) as session:
            a_district(session)
        self.writer = Writer(self.engine, SECRET)
        limits = AddressLimits()
        self.app = Starlette(
            routes=light_routes(
                lambda: self.engine, lambda: SECRET, lambda: self.writer, lambda: limits
            )
        )
        self.people = self.periods = 0
        self.period = ""  # that is open
        self.thanked: dict[str, str] = {}  # by the receipt's code, what its citizen wrote
        self.acknowledged: set[str] = set()
        self.unanswered: set[str] = set()
        self.closes(then_the_next=True)

    def teardown(self) -> None:
        self.writer.close()
        self.engine.dispose()
        self.folder.cleanup()

    def a_tab(self, fields: dict[str, str]) -> Tab:
        self.people += 1
        return Tab(fields, f"Orang {self.people}")

    @initialize(target=tabs)
    def two_open(self) -> object:
        return multiple(self.opens("id"), self.opens("en"))

    @rule(target=tabs, language=LANGUAGES)
    def opens(self, language: str) -> object:
        """A new form: also what reload and going back give, since no page is kept."""
        page = ask(self.app, f"{FORM}?lang={language}")
        if page.status == 404:
            return multiple()
        hidden = dict(HIDDEN.findall(page.text))
        return self.a_tab({name: hidden[name] for name in (forms.KEY, forms.PERIOD)})

    @rule(target=tabs, tab=tabs)
    def duplicates(self, tab: Tab) -> Tab:
        """Another person fills in a copy of the page: a duplicated or restored tab."""
        return self.a_tab(dict(tab.fields))

    @rule(tab=tabs, language=LANGUAGES, lost=LOST)
    def sends(self, tab: Tab, language: str, lost: bool) -> None:
        """Without scripts; ``lost``: the answer never arrives. What a device keeps is not here."""
        if tab.kept or tab.emptied:
            return
        filled = {forms.SEEN_AT: "0", forms.PROVENANCE: "self", forms.COMMENT: tab.wrote}
        filled[forms.PARTLY] = "1"
        self.settles(tab, {**filled, "a-time": "3", **tab.fields}, language, lost)

    def settles(self, tab: Tab, form: dict[str, str], language: str, lost: bool) -> None:
        answer = self.post(FORM, urlencode(form).encode(), language)
        again, tab.sent = tab.sent, True
        if lost:
            self.unanswered.add(tab.wrote)
        elif answer.status == 303:
            self.thanks(tab, answer)
        elif answer.status == 409:
            own, other = self.offered(answer)
            mine = again and tab.wrote in {*self.unanswered, *self.acknowledged}
            if mine and self.stored().count(tab.wrote):
                receipt = self.post(FORM, urlencode(own).encode(), language)
                assert receipt.status == 303
                assert "new=1" not in receipt.headers["location"]
                self.acknowledged.add(tab.wrote)
            elif tab.wrote not in self.unanswered:
                assert other[forms.COMMENT] == tab.wrote
                tab.fields = {name: other[name] for name in (forms.KEY, forms.PERIOD)}
                self.settles(tab, other, language, lost=False)
        elif answer.status == 422 and COMMENT.search(answer.text):
            assert unescape(COMMENT.findall(answer.text)[0]) == tab.wrote
            hidden = dict(HIDDEN.findall(answer.text))
            assert hidden[forms.KEY] != tab.fields[forms.KEY]
            tab.fields = {name: hidden[name] for name in (forms.KEY, forms.PERIOD)}
        else:
            assert answer.status == 422
            assert "belum tersimpan" in answer.text or "not stored" in answer.text
            assert tab.wrote in answer.text

    def offered(self, answer: Answered) -> list[dict[str, str]]:
        """What the two buttons of the page about a known form send."""
        found = answer.text.split("<form ")[1:]
        return [
            {unescape(name): unescape(value) for name, value in HIDDEN.findall(one)}
            for one in found
        ]

    def thanks(self, tab: Tab, answer: Answered) -> None:
        code = answer.headers["location"].partition("?")[0]
        assert self.thanked.setdefault(code, tab.wrote) == tab.wrote
        self.acknowledged.add(tab.wrote)

    @rule(tab=tabs)
    def seals(self, tab: Tab) -> None:
        """A device keeps the form, under a key of its own, as scripts do."""
        if tab.kept or tab.sent:
            return
        filled = {forms.SECONDS: "40", forms.PROVENANCE: "self", forms.COMMENT: tab.wrote}
        form = {**tab.fields, **filled, forms.KEY: mint_key(), "a-time": "3"}
        form[forms.FILLED_AT] = str(CLOCK)
        waits = MINUTE if form[forms.PERIOD] == self.period else 0
        tab.kept[seal(public_key(SECRET), urlencode(form).encode())] = waits

    @rule(tab=tabs, lost=LOST)
    def device_sends(self, tab: Tab, lost: bool) -> None:
        """As the queue does: again and again until it has an answer."""
        for kept, waits in list(tab.kept.items()):
            address = f"{FORM}/sealed?lang=id&d={CLOCK + waits}"
            answer = ask(self.app, address, "POST", body=kept)
            tab.sent = True
            if lost:
                self.unanswered.add(tab.wrote)
            elif answer.status == 200:
                assert tab.wrote in self.unanswered or not answer.json.get("known")
                code = f"/r/{answer.json['receipt']}"
                assert self.thanked.setdefault(code, tab.wrote) == tab.wrote
                self.acknowledged.add(tab.wrote)
                tab.emptied = True
                del tab.kept[kept]
            else:
                assert answer.status == 422
                assert answer.json["problems"]
                assert not waits

    def post(self, path: str, body: bytes, language: str) -> Answered:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return ask(self.app, f"{path}?lang={language}", "POST", headers, body)

    @rule(then_the_next=st.booleans())
    def closes(self, then_the_next: bool) -> None:
        self.period = ""
        with writing(self.engine) as session:
            for period in session.scalars(select(Period).where(Period.closed_at.is_(None))):
                period.closed_at = now()
        if then_the_next:
            self.begins_the_next()

    def begins_the_next(self) -> None:
        self.periods += 1
        with writing(self.engine) as session:
            district = session.get_one(Period, 1).institution
            period = a_period(session, district)
            period.code = self.period = f"periode-{self.periods}"
            period.name, period.opened_at = f"Periode {self.periods}", now() - timedelta(hours=1)

    def stored(self) -> list[str]:
        with reading(self.engine) as session:
            late = session.scalars(select(LateResponse.content))
            return [*session.scalars(select(Comment.text)), *(one["comment"] for one in late)]

    @invariant()
    def nothing_is_lost_doubled_or_another_ones(self) -> None:
        stored = self.stored()
        assert len(stored) == len(set(stored))
        assert self.acknowledged <= set(stored)
        assert set(stored) <= self.acknowledged | self.unanswered


@pytest.mark.database
def test_the_lives_of_forms(migrated_file: Path) -> None:
    Door.migrated = migrated_file
    run_state_machine_as_test(
        Door,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
