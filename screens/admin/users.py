"""Users: an administrator creates accounts, gives roles, ends what must end."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from accounts.actors import Actor
from desk.admin.users import (
    confirm_owner,
    create_user,
    get_user,
    grant_role,
    has_second_factor,
    is_set_by_others,
    list_users,
    reset_password,
    reset_second_factor,
    revoke_role,
    scope_of,
    scopes,
    set_active,
)
from models import Role, Session, User
from models.people import ROLES
from screens import shell
from screens.acts import act, ask_first, tell_done
from screens.looks import look
from screens.plain import plain

CHOSEN = "users_chosen"
PASSWORD = "users_password"
PER_PAGE = 20


def screen() -> None:
    """The list of users, or the one chosen from it."""
    with look() as (session, actor):
        chosen = st.session_state.get(CHOSEN)
        user = get_user(session, actor, chosen) if chosen is not None else None
        if user is None:
            _list(session, actor)
        else:
            _one(session, actor, user)


def _list(session: Session, actor: Actor) -> None:
    st.title(shell.say("shell.page_pengguna"))
    st.write(shell.say("users.lead"))
    tell_done()
    _show_password()
    with st.expander(shell.say("users.create"), icon=":material/person_add:"):
        _create()
    search = st.text_input(shell.say("users.search"), key="users_search", max_chars=60)
    users = list_users(session, actor, search)
    st.caption(shell.say("users.found", number=shell.number(len(users), 0)))
    if not users:
        st.info(shell.say("users.none_found"))
    shown = _paged(users)
    for user in shown:
        with st.container(
            border=True,
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
        ):
            with st.container(gap=None, width="stretch"):
                _who(actor, user)
                _badges(session, actor, user)
            st.button(
                shell.say("users.manage"),
                key=f"users_manage_{user.id}",
                on_click=_choose,
                args=(user.id,),
            )


def _paged(users: Sequence[User]) -> Sequence[User]:
    pages = -(-len(users) // PER_PAGE)
    if pages < 2:
        return users
    chosen = min(st.pagination(pages, key="users_page"), pages)
    return users[(chosen - 1) * PER_PAGE : chosen * PER_PAGE]


def _who(actor: Actor, user: User) -> None:
    you = shell.say("users.you")
    st.text(f"{user.name} ({you})" if user.id == actor.user_id else user.name)
    st.caption(plain(user.username))


def _badges(session: Session, actor: Actor, user: User) -> None:
    with st.container(horizontal=True, gap="small"):
        if not user.active:
            st.badge(shell.say("users.inactive"), color="red", icon=":material/block:")
        if is_set_by_others(session, actor, user.id):
            label = shell.say("users.set_lately")
            st.badge(label, color="orange", icon=":material/manage_accounts:")
        if not user.roles:
            st.badge(shell.say("users.no_role"), color="gray")
        for role in user.roles:
            st.badge(plain(_label(session, role)), color="blue")


def _label(session: Session, role: Role) -> str:
    scope = scope_of(session, role)
    name = shell.say(f"words.{role.role}")
    return f"{name} · {scope.name}" if scope else name


def _create() -> None:
    with st.form("users_create", border=False, clear_on_submit=False):
        name = st.text_input(shell.say("users.full_name"), key="users_name", max_chars=200)
        username = st.text_input(
            shell.say("users.username"),
            key="users_username",
            max_chars=60,
            help=shell.say("users.username_hint"),
        )
        if st.form_submit_button(shell.say("users.create"), key="users_create_send"):
            act(
                None,
                lambda session, actor: create_user(session, actor, username, name),
                then=_created,
            )


def _created(made: tuple[User, str]) -> None:
    user, password = made
    st.session_state[CHOSEN] = user.id
    st.session_state[PASSWORD] = ("users.created", user.username, password)


def _one(session: Session, actor: Actor, user: User) -> None:
    st.button(
        shell.say("users.back"),
        key="users_back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=_choose,
        args=(None,),
    )
    own = user.id == actor.user_id
    st.title(plain(user.name))
    st.caption(plain(user.username))
    if not user.active:
        st.badge(shell.say("users.inactive"), color="red", icon=":material/block:")
    tell_done()
    _show_password()
    if own:
        st.info(shell.say("users.own_account"))
    _roles(session, actor, user, own)
    if own:
        return
    st.header(shell.say("users.account"))
    st.caption(shell.say("users.reset_why"))
    if st.button(shell.say("users.reset"), key="users_reset", icon=":material/key:"):
        act(
            None,
            lambda session, actor: reset_password(session, actor, user.id),
            then=lambda password: st.session_state.update(
                {PASSWORD: ("users.was_reset", user.username, password)}
            ),
        )
    _factor(session, actor, user)
    _owner(session, actor, user)
    _activity(user)


def _factor(session: Session, actor: Actor, user: User) -> None:
    """The way out for who lost the telephone; nothing where there is no second factor."""
    if not has_second_factor(session, actor, user.id):
        return
    st.caption(shell.say("users.reset_factor_why"))
    if st.button(
        shell.say("users.reset_factor"), key="users_factor", icon=":material/phonelink_erase:"
    ):
        act(shell.say("users.factor_reset"), partial(reset_second_factor, user_id=user.id))


def _owner(session: Session, actor: Actor, user: User) -> None:
    """Another administrator says that the account is its owner's, where one set it of late."""
    if not is_set_by_others(session, actor, user.id):
        return
    means, yes = shell.say("users.confirm_why"), shell.say("users.confirm_yes")
    if ask_first(shell.say("users.confirm"), means, yes, "users_confirm", ":material/how_to_reg:"):
        act(shell.say("users.confirmed"), partial(confirm_owner, user_id=user.id))


def _roles(session: Session, actor: Actor, user: User, own: bool) -> None:
    st.header(shell.say("users.roles"))
    if not user.roles:
        st.caption(shell.say("users.no_role"))
    for role in user.roles:
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            with st.container(width="stretch"):
                st.text(_label(session, role))
            if not own and st.button(shell.say("users.revoke"), key=f"users_revoke_{role.id}"):
                act(shell.say("users.role_revoked"), partial(revoke_role, role_id=role.id))
    if not own:
        with st.container(border=True):
            _grant(session, actor, user)


def _grant(session: Session, actor: Actor, user: User) -> None:
    fresh = f"{user.id}_{len(user.roles)}"  # empty again once a role has been granted
    role = st.selectbox(
        shell.say("users.grant"),
        ROLES,
        index=None,
        placeholder=shell.say("users.choose"),
        format_func=lambda name: shell.say(f"words.{name}"),
        key=f"users_role_{fresh}",
    )
    scope = _scope(session, actor, role, fresh) if role in ("official", "coordinator") else None
    if role and st.button(shell.say("users.grant"), key="users_grant", type="primary"):
        act(
            shell.say("users.role_granted"),
            lambda session, actor: grant_role(session, actor, user.id, role, scope),
        )


def _scope(session: Session, actor: Actor, role: str, fresh: str) -> str | None:
    """The code of the unit or the institution where the role shall hold."""
    names = scopes(session, actor, role)
    return st.selectbox(
        shell.say("users.which_unit" if role == "official" else "users.which_institution"),
        list(names),
        index=None,
        placeholder=shell.say("users.choose"),
        format_func=lambda code: names.get(code, code),
        key=f"users_scope_{role}_{fresh}",
    )


def _activity(user: User) -> None:
    if user.active:
        st.caption(shell.say("users.deactivate_why"))
        label, said, icon = "users.deactivate", "users.deactivated", ":material/block:"
    else:
        label, said, icon = "users.reactivate", "users.reactivated", ":material/check:"
    if st.button(shell.say(label), key="users_active", icon=icon):
        act(
            shell.say(said),
            lambda session, actor: set_active(session, actor, user.id, not user.active),
        )


def _show_password() -> None:
    """The password just made, until it has been noted; it is stored nowhere else."""
    if PASSWORD not in st.session_state:
        return
    sentence, username, password = st.session_state[PASSWORD]
    with st.container(border=True):
        st.markdown(shell.say(sentence, username=plain(username)))
        st.code(password, language=None)
        st.caption(shell.say("users.once"))
        st.button(shell.say("users.noted"), key="users_noted", on_click=_forget_password)


def _choose(user_id: int | None) -> None:
    st.session_state[CHOSEN] = user_id
    _forget_password()


def _forget_password() -> None:
    st.session_state.pop(PASSWORD, None)
