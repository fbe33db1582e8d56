"""Look up a receipt: received, and which publications count it. Nothing of the content."""

import logging

import streamlit as st

from models import SQLAlchemyError
from screens import shell
from screens.citizen.links import onward, to_what_is_known
from screens.citizen.rate import STYLE
from screens.looks import look_in
from screens.plain import plain
from survey.receipts import CountedInPublication, Received, find_receipt

logger = logging.getLogger(__name__)


def screen() -> None:
    """A field for the code, and what is known of it."""
    st.html(STYLE)
    st.title(shell.say("shell.page_resi"), anchor=False)
    st.write(shell.say("receipt.lead"))
    st.session_state.setdefault("receipt_code", st.query_params.get("kode", ""))
    code = st.text_input(shell.say("receipt.code"), key="receipt_code").strip()
    st.button(shell.say("receipt.look_up"), key="receipt_look_up", type="primary")
    if not code:
        return
    try:
        with look_in() as session:
            received = find_receipt(session, shell.secret(), code)
    except (SQLAlchemyError, OSError) as error:
        logger.error("the database failed: %s", type(error).__name__)
        st.error(shell.say("receipt.unreachable"))
        return
    if received is None:
        st.warning(shell.say("receipt.unknown"))
    else:
        _show(received)


def _show(received: Received) -> None:
    with st.container(border=True):
        st.success(shell.say("receipt.received"), icon=":material/check_circle:")
        unit, period = plain(received.unit), plain(received.period)
        st.write(shell.say("receipt.where", unit=unit, period=period))
        for counted in received.publications:
            _show_counted(counted)
        if received.late:
            st.write(
                shell.say(
                    "receipt.late",
                    received=shell.number(received.late.received, 0),
                    counted=shell.number(received.late.counted, 0),
                )
            )
        if received.known:
            st.write(f"{shell.say('receipt.announced')}.")
        elif not received.publications:
            st.write(shell.say("receipt.not_yet"))
        to_what_is_known(received.unit_code)
        st.caption(shell.say("rate.no_answers"))


def _show_counted(counted: CountedInPublication) -> None:
    st.write(
        shell.say(
            "receipt.counted",
            year=counted.year,
            counted=shell.number(counted.counted, 0),
            received=shell.number(counted.received, 0),
        )
    )
    address = f"/hasil?publikasi={counted.publication}&lang={shell.language()}"
    text = shell.say("receipt.open", year=counted.year)
    onward(address, text)
