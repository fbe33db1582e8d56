"""The register's file: a template handed out, a preview that names every bad row, then stored."""

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.register.file import read_register
from desk.register.load import load_register
from desk.register.plan import RegisterEntry, RegisterPlan, plan_register
from desk.register.template import filled_in, template_csv, template_xlsx
from models import Session
from screens.acts import act, fresh
from screens.handing import CSV, XLSX, NamedFile, hand_out
from screens.looks import look
from screens.offers import Make
from screens.plain import show_table
from screens.problems import show_problems
from screens.shell import language, number, say

CHANGES_SHOWN = 50


def screen() -> None:
    """Hands out the template, takes the file, shows what it would do, stores it when told to."""
    st.header(say("register.file_template"))
    st.markdown(say("register.file_lead"))
    _hand_out()
    st.header(say("register.file_load"))
    file = st.file_uploader(
        say("register.file"), type=["csv", "xlsx"], key=f"register_file_{fresh('file')}"
    )
    if file is None:
        return
    try:
        read = read_register(file.getvalue(), file.name)
        with look() as (session, actor):
            plan = plan_register(session, actor, read)
    except BadInput as error:
        show_problems(error)
        return
    _show(plan)
    if not (plan.new or plan.changed):
        st.info(say("register.file_same"), icon=":material/check:")
    elif st.button(say("register.file_store"), type="primary", key="register_store"):
        act(
            say("register.file_stored", new=len(plan.new), changed=len(plan.changed)),
            lambda writes, person: load_register(writes, person, read),
        )


def _hand_out() -> None:
    words = language()  # a file is made outside of any page

    def present(session: Session, asking: Actor) -> bytes:
        return template_xlsx(words, filled_in(session, asking, words))

    files: dict[str, tuple[str, Make, str, str]] = {
        "xlsx": ("file_name", lambda *_: template_xlsx(words), "xlsx", XLSX),
        "csv": ("file_name", lambda *_: template_csv(words), "csv", CSV),
        "now": ("file_name_now", present, "xlsx", XLSX),
    }
    with st.container(horizontal=True):
        for key, (name, made, ending, kind) in files.items():
            file = NamedFile(f"{say(f'register.{name}')}.{ending}", kind)
            hand_out(say(f"register.template_{key}"), file, made, f"register_get_{key}")


def _show(plan: RegisterPlan) -> None:
    st.subheader(say("register.preview"))
    headings = ("level", "new", "changed", "unchanged")
    rows = [
        (say(f"register.level_{level}"), *(number(one, 0) for one in counted))
        for level, *counted in plan.numbers()
    ]
    show_table(pd.DataFrame(rows, columns=[say(f"register.{one}") for one in headings]))
    if plan.changed:
        st.subheader(say("register.changes"))
        shown = [(after.address, _told(before), _told(after)) for after, before in plan.changed]
        columns = [say(f"register.{one}") for one in ("code", "before", "after")]
        show_table(pd.DataFrame(shown[:CHANGES_SHOWN], columns=columns))
        if len(shown) > CHANGES_SHOWN:
            st.caption(say("register.more_changes", number=len(shown) - CHANGES_SHOWN))


def _told(entry: RegisterEntry) -> str:
    if entry.level != "institution":
        return entry.name
    zone = say(f"register.zone_{entry.timezone.partition('/')[2].lower()}")
    parts = (entry.name, say(f"register.kind_{entry.kind}"), zone, entry.above)
    return " · ".join(filter(None, parts))
