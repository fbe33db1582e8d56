"""A throw-away PostgreSQL cluster for the tests, run from Debian's binaries."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from tests.swift import swift_place

INITDB = "--username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync"
POSTGRES = "-c listen_addresses="
FORGETFUL = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


@dataclass(frozen=True)
class Cluster:
    """A running cluster, reached by the Unix socket in its folder."""

    folder: Path
    servers: list[subprocess.Popen[bytes]]
    settings: str
    lines: list[psycopg.Connection] = field(default_factory=list)

    def stop(self) -> None:
        """Stop it without waiting for its clients."""
        while self.lines:
            self.lines.pop().close()
        while self.servers:
            server = self.servers.pop()
            server.send_signal(signal.SIGINT)
            server.wait()

    def start(self) -> None:
        """Start it again, after ``stop``."""
        self.servers.append(_serve(self.folder, self.settings))
        _wait_until_ready(self)

    def url(self, database: str, role: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases, by default for the superuser."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> None:
        """Create a database as a copy of another one, to which nobody may be connected."""
        names = Identifier(database), Identifier(template)
        self.execute(SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(*names))

    def drop(self, database: str) -> None:
        """Drop a database, even if somebody is still connected to it."""
        self.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(database)))

    def execute(self, statement: SQL | Composed) -> None:
        """Run one statement as the superuser, outside any transaction."""
        if not self.lines:  # one for all: to open it takes longer than most statements
            address = f"host={self.folder} user=postgres dbname=postgres"
            self.lines.append(psycopg.connect(address, autocommit=True))
        self.lines[0].execute(statement)


@contextmanager
def running_cluster(settings: str = FORGETFUL) -> Iterator[Cluster]:
    """Make a cluster in a temporary folder and run it; in the end, stop and remove it."""
    # Not pytest's tmp_path: the path of a Unix socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=swift_place()))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        if _start(folder, "initdb", "-D", folder / "data", *INITDB.split()).wait() != 0:
            raise RuntimeError((folder / "log").read_text())
        cluster = Cluster(folder, [_serve(folder, settings)], settings)
        try:
            _wait_until_ready(cluster)
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _serve(folder: Path, settings: str) -> subprocess.Popen[bytes]:
    options = f"{POSTGRES} {settings}".split()
    return _start(folder, "postgres", "-D", folder / "data", "-k", folder, *options)


def _start(folder: Path, program: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    newest = max(installed, key=lambda path: int(path.parent.name))
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [newest / program, *arguments],
            cwd=folder,
            user=user,
            group=user,
            stdout=log,
            stderr=log,
        )


def _wait_until_ready(cluster: Cluster) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            return cluster.execute(SQL("SELECT 1"))
        except psycopg.OperationalError as error:
            if cluster.servers[-1].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((cluster.folder / "log").read_text()) from error
            time.sleep(0.02)
