"""The thanks for a rating, with its receipt; it outlives a reload, since the address names it."""

from html import escape
from urllib.parse import quote

import streamlit as st

from reports.headline_picture import data_uri
from reports.poster import qr_svg
from screens import shell
from screens.citizen.links import onward, to_what_is_known
from screens.looks import look_in
from screens.plain import plain
from survey.notice import COMPLAINTS
from survey.receipts import Received, find_receipt

RECEIPT = "resi"  # in the address
WIDTH = 200  # pixels


def thanks(code: str, known: bool) -> None:
    """The receipt with this code; where there is none, how one looks.

    ``known``: whether the form had been stored before it was sent this time.
    """
    with look_in() as session:
        received = find_receipt(session, shell.secret(), code)
    if received is None:
        st.warning(shell.say("receipt.unknown"))
        return
    title = shell.say("light.known" if known else "rate.thanks")
    st.title(f":green[✓] {title}", anchor=False)
    st.write(shell.say("rate.stored", unit=plain(received.unit)))
    with st.container(border=True, key="rate_receipt"):
        st.write(shell.say("rate.your_code"))
        st.header(code, anchor=False)
        st.write(shell.say("rate.keep"))
        _take_along(code)
        st.caption(shell.say("rate.no_answers"))
    to_what_is_known(received.unit_code)
    _complaints(received)


def _take_along(code: str) -> None:
    """A code to be scanned, where to type it, the link, and a file."""
    path, site, language = f"/r/{quote(code)}", shell.address_in_the_browser(), shell.language()
    picture = data_uri(qr_svg(f"{site}{path}").decode())
    st.html(f'<img src="{picture}" alt="{escape(shell.say("receipt.qr"))}" width="{WIDTH}">')
    st.caption(shell.say("receipt.scan", address=plain(f"{site.partition('://')[2]}/r")))
    onward(f"{path}?lang={language}", shell.say("rate.look_up"))
    onward(f"{path}/resi.txt?lang={language}", shell.say("receipt.save"))


def _complaints(received: Received) -> None:
    """The official channels, and a text to take there; nothing goes there from here."""
    links = " · ".join(
        f'<a class="onward" href="{address}" rel="noreferrer">{escape(name)}</a>'
        for name, address in COMPLAINTS.items()
    )
    st.html(f"{escape(shell.say('complain.where'))} {links}")
    st.caption(shell.say("complain.how"))
    with st.expander(shell.say("complain.prepared")):
        st.caption(shell.say("complain.yours"))
        text = shell.say("complain.text", unit=received.unit)
        st.code(text, language=None, wrap_lines=True)
