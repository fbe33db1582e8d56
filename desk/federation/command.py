"""Bundles on the command line: signed in a district, loaded by the nation.

python -m desk bundle USERNAME INSTITUTION YEAR FILE                  signs and writes it
python -m desk bundle USERNAME INSTITUTION YEAR FILE --reason TEXT    a changed one, and why
python -m desk receive USERNAME FILE...                               loads each, whole or not
python -m desk receive USERNAME FILE... --check                       says what it would do
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, actor_of
from analysis.errors import BadInput, Place, Written, bad
from analysis.given import content_of, refuse_early
from analysis.grids import called
from analysis.named import named
from desk.federation.loading import LoadingPlan, load_bundle, plan_loading
from desk.federation.making import NewBundle, make_bundle
from locales.refusals import sentences
from models import UNUSABLE, Institution, SentBundle, User, open_engine, reading, writing
from models.faults import told
from models.keeping.sealing import private_file
from models.named import named_database
from models.settings import closed_to_others, data_folder
from survey.keys import bound_secret
from survey.receipts import WrongKey


@closed_to_others()
def main(arguments: Sequence[str]) -> int:
    """Runs one command. Returns 0, or 2 where anything was refused, told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        refuse_early({"files": getattr(options, "files", [])})
        return int(options.work(open_engine(named_database()), options))
    except BadInput as error:
        print("\n".join(sentences("en", error)), file=sys.stderr)
    except WrongKey as error:
        print(error, file=sys.stderr)
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desk", description="Bundles of counts.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("bundle", help="what closed surveys of a year say, signed, no row")
    one.add_argument("username", help="of the institution's coordinator")
    one.add_argument("institution", help="its code")
    one.add_argument("year", type=int, help="in which the periods ended")
    one.add_argument("target", type=Path, metavar="FILE", help="to write; must not be there yet")
    one.add_argument("--reason", default="", help="why it takes the place of one before")
    one.set_defaults(work=_send)
    one = commands.add_parser("receive", help="load bundles that districts signed")
    one.add_argument("username", help="of an analyst")
    one.add_argument(
        "files", type=named, nargs="+", metavar="FILE", help="a bundle; - is standard input"
    )
    one.add_argument("--check", action="store_true", help="say what it would do, store nothing")
    one.set_defaults(work=_receive)
    return parser


def _send(engine: Engine, options: argparse.Namespace) -> int:
    target: Path = options.target
    if target.exists():
        raise bad("target_there", Place(target.name))
    secret = bound_secret(engine, data_folder())
    with writing(engine) as session:
        bundle = _made(session, options, secret)
    # What is committed is made again by the same command, should the disk be full.
    with private_file(target) as file:
        file.write(bundle.document.encode())
    print(f"{target}: bundle {bundle.number} of {options.institution}, {bundle.year}")
    print(f"SHA-256 of what is signed: {bundle.hash}")
    return 0


def _made(session: Session, options: argparse.Namespace, secret: bytes) -> SentBundle:
    actor = _account(session, options.username)
    place = session.scalar(select(Institution).where(Institution.code == options.institution))
    if place is None:
        raise bad("bundle_institution", found=Written(options.institution))
    try:
        new = NewBundle(place.id, options.year, options.reason)
        return make_bundle(session, actor, new, secret)
    except Forbidden as error:
        raise bad("no_coordinator", found=Written(options.username)) from error


def _receive(engine: Engine, options: argparse.Namespace) -> int:
    """Each file by itself: one that is refused keeps no other from being loaded."""
    refused = 0
    for file in options.files:
        try:
            content = content_of(file)
            _told(_loaded(engine, options, content, called(file, content)), options.check)
        except BadInput as error:
            for one in sentences("en", error):
                print(one if one.startswith(file.name) else f"{file.name}: {one}", file=sys.stderr)
            refused = 2
    return refused


def _loaded(engine: Engine, options: argparse.Namespace, content: bytes, name: str) -> LoadingPlan:
    try:
        with reading(engine) as session:  # what is refused takes no writer's turn
            plan = plan_loading(session, _account(session, options.username), content, name)
        if options.check or plan.same:
            return plan
        with writing(engine) as session:
            return load_bundle(session, _account(session, options.username), plan)
    except Forbidden as error:
        raise bad("no_analyst", found=Written(options.username)) from error


def _told(plan: LoadingPlan, check: bool) -> None:
    did = "holds already" if plan.same else "would be stored" if check else "stored"
    bundle = plan.bundle
    print(f"{bundle.institution} {bundle.year}, bundle {bundle.number}: {did}")


def _account(session: Session, username: str) -> Actor:
    user = session.scalar(select(User).where(User.username == username, User.active))
    if user is None:
        raise bad("no_such_account", found=Written(username))
    return actor_of(session, user)
