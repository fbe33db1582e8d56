"""Paper forms keyed at a desk, one after the other, without the mouse; a tenth of them twice."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from string import ascii_lowercase

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from analysis.rulebook.instrument import Instrument
from desk.office.keyed_lines import FormLetters, Typed, read_typed, type_again
from desk.office.keying import (
    FIRST,
    KEYED_TWICE,
    MOST_SHEETS,
    SECOND,
    KeyingDifference,
    NewKeying,
    SheetEntry,
    begin_keying,
    differences_of,
    key_sheet,
    keyings_of,
    sample_of,
    sheets_of,
    store_keying_in_slices,
)
from locales.refusals import sentence
from models import Keying, Period, Session, Unit
from models.responses import LONGEST_COMMENT
from screens.acts import act, act_in_slices, attempt, fresh, tell_done
from screens.choices import OPEN_FIRST, choose_survey
from screens.looks import look
from screens.plain import plain, show_table
from screens.problems import show_problems
from screens.shell import language, number, say
from survey.checks import SubmissionRefused
from survey.periods import asked_instrument

LINES = tuple(field.name for field in fields(Typed))
USUAL_SHEETS = 50
TOLD = "keying_told"
PILE = "keying_pile"


@dataclass(frozen=True)
class KeyingRound:
    """One keying of a pile: the sheets it asks for, and what each letter stands for."""

    keying: int
    number: int
    serials: tuple[int, ...]
    codes: FormLetters

    def widget(self, name: str) -> str:
        """The key of an entry, so that no sheet slips into another pile or keying."""
        return f"keying_{self.keying}_{self.number}_{name}"


def screen() -> None:
    """Asks for unit, period and pile; then sheet after sheet; then stores the pile."""
    st.title(say("shell.page_kertas"))
    st.markdown(say("keying.lead", share=KEYED_TWICE))
    tell_done()
    with look() as (session, actor):
        chosen = choose_survey(session, actor, "keying", OPEN_FIRST)
        if chosen is None:
            return
        unit, period = chosen
        piles = {one.id: one for one in keyings_of(session, actor, unit.id, period.id)}
        if period.closed_at is None:
            _ask_begin(unit, period, first=not piles)
        else:
            st.info(say("keying.closed"), icon=":material/lock:")
        if piles:
            pile = _choose_pile(piles)
            _work(session, actor, pile, unit, period)


def _ask_begin(unit: Unit, period: Period, first: bool) -> None:
    key = fresh(f"pile_{unit.id}_{period.id}")
    with (
        st.expander(say("keying.begin"), expanded=first, icon=":material/add:", key=f"{key}_open"),
        st.form(key, border=False),
    ):
        name = st.text_input(
            say("keying.name"), max_chars=60, help=say("keying.name_help"), key=f"{key}_name"
        )
        sheets = st.number_input(
            say("keying.sheets"), 1, MOST_SHEETS, USUAL_SHEETS, key=f"{key}_sheets"
        )
        if st.form_submit_button(say("keying.begin_it"), type="primary"):
            act(
                say("keying.begun"),
                lambda session, actor: begin_keying(
                    session, actor, NewKeying(unit.id, period.id, name, int(sheets))
                ),
            )


def _choose_pile(piles: dict[int, Keying]) -> Keying:
    def name(key: int) -> str:
        state = say("keying.stored" if piles[key].batch_id else "keying.in_hand")
        return f"{piles[key].name} · {number(piles[key].sheets, 0)} · {state}"

    return piles[st.selectbox(say("keying.pile"), list(piles), format_func=name, key=PILE)]


def _work(session: Session, actor: Actor, pile: Keying, unit: Unit, period: Period) -> None:
    if pile.batch_id is not None:
        rows, batch = number(pile.sheets, 0), pile.batch_id
        st.success(say("keying.is_stored", rows=rows, batch=batch), icon=":material/inventory_2:")
        _show_error_rate(pile)
        return
    instrument = asked_instrument(period)
    codes = FormLetters(instrument, [service.code for service in unit.services])
    everything = tuple(range(1, pile.sheets + 1))
    rounds = {
        FIRST: KeyingRound(pile.id, FIRST, everything, codes),
        SECOND: KeyingRound(pile.id, SECOND, tuple(sample_of(pile)), codes),
    }
    keyed = {one: sheets_of(session, actor, pile.id, one).keys() for one in rounds}
    chosen = st.segmented_control(
        say("keying.round"),
        list(rounds),
        format_func=lambda one: say(f"keying.round_{one}", sheets=len(rounds[one].serials)),
        default=FIRST,
        required=True,
        key=f"keying_round_{pile.id}",
    )
    if period.closed_at is None:
        _ask_sheet(rounds[chosen], keyed[chosen], unit)
    _show_error_rate(pile)
    differences = differences_of(session, actor, pile.id)
    _show_differences(pile, differences, instrument, unit)
    missing = sum(len(one.serials) - len(keyed[at]) for at, one in rounds.items())
    if missing or differences:
        st.caption(say("keying.not_yet", missing=number(missing, 0), differing=len(differences)))
    elif period.closed_at is None and st.button(
        say("keying.store", rows=number(pile.sheets, 0)), type="primary", key="keying_store"
    ):
        act_in_slices(
            say("keying.kept"),
            lambda engine, actor: store_keying_in_slices(engine, actor, pile.id),
        )


def _ask_sheet(one: KeyingRound, keyed: Collection[int], unit: Unit) -> None:
    """One sheet, typed line by line; Enter keeps it and goes to the next."""
    done, all_sheets = len(keyed), len(one.serials)
    progress = say("keying.progress", done=number(done, 0), sheets=number(all_sheets, 0))
    st.progress(done / all_sheets, text=progress)
    if one.widget("serial") not in st.session_state:
        _go_to(one, next((serial for serial in one.serials if serial not in keyed), None))
    allowed = list(one.codes.instrument.allowed.values())
    most = max(allowed[0])
    asked = {"questions": len(allowed), "most": most, "letter": ascii_lowercase[most - 1]}
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(key="keying_sheet"):
        serial = st.selectbox(
            say("keying.sheet"),
            one.serials,
            format_func=lambda at: f"{at} ✓" if at in keyed else str(at),
            key=one.widget("serial"),
            on_change=_fetch,
            args=(one,),
        )
        with st.form(one.widget("form")):
            st.markdown(f"**{say('keying.number', serial=serial)}**")
            with st.container():
                _tell()
            for line in LINES:
                st.text_input(
                    say(f"keying.line_{line}", **asked),
                    key=one.widget(line),
                    max_chars=LONGEST_COMMENT if line == "comment" else 60,
                    autocomplete="off",
                )
            st.form_submit_button(
                say("keying.keep"), type="primary", on_click=_keep, args=(one, unit.name)
            )
    with right:
        _show_codes(one.codes, unit)


def _go_to(one: KeyingRound, serial: int | None) -> None:
    """Sets the sheet to be keyed; where none is left, the first, to be looked at again."""
    st.session_state[one.widget("serial")] = serial or one.serials[0]
    _fetch(one)


def _fetch(one: KeyingRound) -> None:
    """Fills the lines with what this keying has of the sheet; never with the other keying's."""
    serial = st.session_state[one.widget("serial")]
    with look() as (session, actor):
        sheet = sheets_of(session, actor, one.keying, one.number).get(serial)
    typed = type_again(sheet, one.codes) if sheet else Typed()
    for line, text in asdict(typed).items():
        st.session_state[one.widget(line)] = text


def _keep(one: KeyingRound, unit: str) -> None:
    """Keeps the sheet and goes to the next; what is wrong stays to be mended."""
    serial = st.session_state[one.widget("serial")]
    typed = Typed(**{line: st.session_state[one.widget(line)] for line in LINES})

    def work(session: Session, actor: Actor) -> Collection[int]:
        sheet = read_typed(typed, one.codes)
        key_sheet(session, actor, one.keying, SheetEntry(serial, sheet, one.number))
        return sheets_of(session, actor, one.keying, one.number).keys()

    try:
        keyed = attempt(work)
    except SubmissionRefused as error:
        st.session_state[TOLD] = [
            sentence(language(), problem, written=plain) for problem in error.problems
        ]
    except BadInput as error:
        st.session_state[TOLD] = error
    else:
        st.session_state[TOLD] = say("keying.sheet_kept", serial=serial, answers=typed.answers)
        later = [at for at in one.serials if at > serial and at not in keyed]
        left = later or [at for at in one.serials if at not in keyed]
        _go_to(one, left[0] if left else serial)


def _tell() -> None:
    """What came of the sheet typed last: it is kept, or what is wrong with it."""
    told = st.session_state.pop(TOLD, None)
    if isinstance(told, BadInput):
        show_problems(told)
    elif isinstance(told, list):
        st.error("\n".join(f"- {line}" for line in told), icon=":material/error:")
    elif told:
        st.success(told, icon=":material/check:")


def _show_codes(codes: FormLetters, unit: Unit) -> None:
    """What each letter stands for."""
    instrument, spoken = codes.instrument, language()
    st.markdown(f"#### {say('keying.codes')}")
    st.caption(say("keying.codes_how"))
    st.markdown(_legend(say("dashboard.service"), [service.name for service in unit.services]))
    experience = instrument.experience
    forms = [*experience.forms.values(), experience.none, experience.declined]
    st.markdown(_legend(experience.text[spoken], [text[spoken] for text in forms]))
    for field in instrument.respondent.fields:
        options = [text[spoken] for text in field.options.values()]
        st.markdown(_legend(field.text[spoken], options))


def _legend(heading: str, choices: Sequence[str]) -> str:
    listed = ", ".join(
        f"**{letter}**\u00a0{plain(text)}"
        for letter, text in zip(ascii_lowercase, choices, strict=False)
    )
    return f"{plain(heading)}  \n:small[{listed}]"


def _show_error_rate(pile: Keying) -> None:
    if not pile.compared or pile.differing is None:
        return
    st.markdown(
        say(
            "keying.error_rate",
            differing=number(pile.differing, 0),
            compared=number(pile.compared, 0),
            rate=number(100 * pile.differing / pile.compared),
        )
    )


def _show_differences(
    pile: Keying, differences: list[KeyingDifference], instrument: Instrument, unit: Unit
) -> None:
    """Both keyings side by side, and for each sheet the way back to either."""
    if not differences:
        return
    st.header(say("keying.differences"))
    st.markdown(say("keying.differences_how"))
    names = {one.key: one.text[language()] for one in instrument.questions}
    names |= {field.key: field.text[language()] for field in instrument.respondent.fields}
    names |= {"service": say("dashboard.service"), "experience": say("rate.experience")}
    headings = [say(f"keying.{key}") for key in ("sheet", "entry", "first", "second")]
    rows = [
        (str(one.serial), names[one.entry], one.first or "–", one.second or "–")
        for one in differences
    ]
    show_table(pd.DataFrame(rows, columns=headings))
    codes = FormLetters(instrument, [service.code for service in unit.services])
    for serial in dict.fromkeys(one.serial for one in differences):
        with st.container(horizontal=True):
            for at in (FIRST, SECOND):
                st.button(
                    say(f"keying.again_{at}", serial=serial),
                    key=f"keying_again_{at}_{serial}",
                    on_click=_key_again,
                    args=(KeyingRound(pile.id, at, (serial,), codes), serial),
                )


def _key_again(one: KeyingRound, serial: int) -> None:
    st.session_state[f"keying_round_{one.keying}"] = one.number
    _go_to(one, serial)
