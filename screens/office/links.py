"""A link that holds a key: shown once, until somebody has noted it."""

import streamlit as st

from reports.poster import only_on_this_computer
from screens.office.posters import show_qr
from screens.shell import say


def keep_link(made: str, told: str, link: str) -> None:
    """Keeps a link for ``hand_out``. ``made``: under which name; ``told``: what is said of it."""
    st.session_state[made] = told, link


def hand_out(made: str) -> None:
    """The link stays at hand until it was noted; its key is stored nowhere else."""
    if made not in st.session_state:
        return
    told, link = st.session_state[made]
    st.success(told, icon=":material/check_circle:")
    if only_on_this_computer(link):
        st.warning(say("doors.only_here"), icon=":material/wifi_off:")
    st.code(link, language=None, wrap_lines=True)
    show_qr(link, f"{made}_qr")
    if st.button(say("users.noted"), key=f"{made}_noted"):
        del st.session_state[made]
        st.rerun()
