"""How both services start."""

import signal
import socket

import pytest

from serving import start


def test_who_opens_the_address_as_soon_as_it_is_told_is_not_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def serve(door: socket.socket) -> None:
        assert capsys.readouterr().out.startswith("ready at http://127.0.0.1:")
        with socket.create_connection(door.getsockname(), timeout=5) as connection:
            opened.append(connection.getpeername())
        door.close()

    # Its handler of SIGTERM is not this process's.
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.delenv("PORT", raising=False)
    assert start("0", "ready at {}".format, serve) == 0
    assert len(opened) == 1
