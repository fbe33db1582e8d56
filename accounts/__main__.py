"""The command line of the accounts: how an instance gets its first administrator.

python -m accounts administrator USERNAME "FULL NAME"   prints a random password, once

With --create also into a database that is made now.
"""

import argparse
import sys
from collections.abc import Sequence

from accounts.users import add_user
from analysis.errors import BadInput
from locales.refusals import sentences
from models import UNUSABLE, AuditEvent, Role, now, open_engine, writing
from models.faults import told
from models.named import named_database

ACTOR = "command line"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, or 2 for bad input, which is told on standard error."""
    parser = argparse.ArgumentParser(prog="python -m accounts", description="Local accounts.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("administrator", help="create a user who administers the others")
    one.add_argument("username", help="small letters, digits, dots and hyphens")
    one.add_argument("name", help="the person's full name")
    one.add_argument("--create", action="store_true", help="make the database if there is none")
    options = parser.parse_args(arguments)
    try:
        url = named_database(options.create)
        with writing(open_engine(url)) as session:
            user, password = add_user(session, options.username, options.name)
            user.roles.append(Role(role="administrator"))
            session.add(
                AuditEvent(
                    created_at=now(),
                    user_id=None,
                    actor=ACTOR,
                    act="create_user",
                    details={"username": user.username, "role": "administrator"},
                )
            )
    except BadInput as error:
        print(f"{options.username}: {sentences('en', error)[0]}", file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
        return 2
    print(f"User name: {user.username}\nPassword:  {password}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
