"""The command line of the accounts: the first administrator, and the last way out.

python -m accounts administrator USERNAME "FULL NAME"   prints a random password, once
python -m accounts second-factor USERNAME               takes a lost second factor

With --create the first also makes the database.
"""

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy import select

from accounts.credentials import MADE, SECOND_FACTOR, note_change
from accounts.log_in import log_out_everywhere
from accounts.second_factor import has_factor, remove_factor
from accounts.users import add_user
from analysis.errors import BadInput, Written, bad
from locales.refusals import sentences
from models import (
    UNUSABLE,
    AuditEvent,
    Role,
    Session,
    User,
    now,
    open_engine,
    writing,
)
from models.faults import told
from models.named import named_database
from models.settings import closed_to_others

ACTOR = "command line"


@closed_to_others()
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, or 2 for bad input, which is told on standard error."""
    parser = argparse.ArgumentParser(prog="python -m accounts", description="Local accounts.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("administrator", help="create a user who administers the others")
    one.add_argument("username", help="small letters, digits, dots and hyphens")
    one.add_argument("name", help="the person's full name")
    one.add_argument("--create", action="store_true", help="make the database if there is none")
    one.set_defaults(work=_administrator)
    one = commands.add_parser("second-factor", help="take a second factor that was lost")
    one.add_argument("username", help="whose it is")
    one.set_defaults(work=_second_factor, create=False)
    options = parser.parse_args(arguments)
    try:
        url = named_database(options.create)
        with writing(open_engine(url)) as session:
            printed = options.work(session, options)
    except BadInput as error:
        print(f"{options.username}: {sentences('en', error)[0]}", file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
        return 2
    print(printed)
    return 0


def _administrator(session: Session, options: argparse.Namespace) -> str:
    user, password = add_user(session, options.username, options.name)
    user.roles.append(Role(role="administrator"))
    note_change(session, user.id, MADE, None, now())
    _log(session, "create_user", username=user.username, role="administrator")
    return f"User name: {user.username}\nPassword:  {password}"


def _second_factor(session: Session, options: argparse.Namespace) -> str:
    user = session.scalar(select(User).where(User.username == options.username.lower()))
    if user is None:
        raise bad("no_such_account", found=Written(options.username))
    if not has_factor(session, user.id):
        raise bad("no_second_factor", name=Written(user.name))
    remove_factor(session, user.id)
    note_change(session, user.id, SECOND_FACTOR, None, now())
    log_out_everywhere(session, user.id, now())
    _log(session, "reset_second_factor", username=user.username)
    return f"{user.username} sets up a new second factor at the next log-in."


def _log(session: Session, act: str, **details: str) -> None:
    session.add(AuditEvent(created_at=now(), user_id=None, actor=ACTOR, act=act, details=details))


if __name__ == "__main__":
    sys.exit(main())
