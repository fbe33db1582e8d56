"""What does not end, is too large or hangs up: answered or closed, and never in the log."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from accounts import patience
from accounts.patience import LARGEST_BODY, Patience, PatientProtocol

HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SOON = 0.3


async def echo(request: Request) -> Response:
    """Takes the whole body, as a form is taken."""
    return PlainTextResponse(str(len(await request.body())))


@contextmanager
def serving() -> Iterator[int]:
    """A server as both services are one, with less patience; its port."""
    app = Patience(Starlette(routes=[Route("/", echo, methods=["GET", "POST"])]), SOON, 2 * SOON)
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=PatientProtocol, access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([door],))
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[int]:
    """The server's port; whatever was asked, it has logged no error in the end."""
    monkeypatch.setattr(patience, "SECONDS_FOR_HEADER", SOON)
    with caplog.at_level(logging.INFO), serving() as found:
        yield found
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


def told(port: int, *parts: bytes) -> bytes:
    """All that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        for part in parts:
            line.sendall(part)
        found = b""
        while more := line.recv(65536):
            found += more
        return found


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "parts",
    [(CHUNKED,), (CHUNKED, b"5\r\nhello\r\n"), (HEAD + b"Content-Length: 9\r\n\r\n", b"1234")],
    ids=["nothing", "a chunk", "half"],
)
def test_a_body_that_does_not_end_is_answered_408(port: int, parts: tuple[bytes, ...]) -> None:
    answer = told(port, *parts)
    assert status(answer) == 408
    assert b"connection: close" in answer.lower()


def test_a_body_that_ends_is_taken(port: int) -> None:
    closing = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert told(port, closing, b"5\r\nhello\r\n0\r\n\r\n").endswith(b"\r\n\r\n5")


def test_one_that_says_it_is_too_large_is_not_even_read(port: int) -> None:
    answer = told(port, HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))
    assert status(answer) == 413


def test_one_that_grows_too_large_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LARGEST_BODY", 10)
    assert status(told(port, CHUNKED, b"b\r\nhello world\r\n")) == 413


@pytest.mark.parametrize("sent", [b"", b"GE", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_header_that_does_not_end_is_closed(port: int, sent: bytes) -> None:
    assert told(port, sent) == b""


def test_so_is_the_second_on_the_same_line(port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert told(port, whole, b"GET / HTTP/1.1\r\nHo").count(b"HTTP/1.1 200") == 1


def drip(line: socket.socket) -> None:
    """Sends a small part of a body again and again."""
    while True:
        line.sendall(b"1\r\na\r\n")
        sleep(SOON / 10)


def test_so_is_a_body_that_goes_on_after_its_answer(port: int) -> None:
    asked = CHUNKED.replace(b"POST /", b"GET /nothing")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(asked)
        assert status(line.recv(65536)) == 404
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(line)


def test_a_header_that_is_too_large_is_answered_431(port: int) -> None:
    assert status(told(port, HEAD + b"X: " + b"a" * 100_000)) == 431


def test_so_is_one_that_comes_in_parts(port: int) -> None:
    parts = [b"a" * 4_000 for _ in range(5)]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(HEAD + b"X: ")
        for part in parts:
            line.sendall(part)
        assert status(line.recv(65536)) == 431


def test_a_body_is_no_header_however_large(port: int) -> None:
    sent = HEAD + b"Connection: close\r\nContent-Length: 60000\r\n\r\n"
    assert told(port, sent, b"a" * 30_000, b"a" * 30_000).endswith(b"\r\n\r\n60000")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
    ],
    ids=["TLS", "no version", "no host", "two hosts", "two lengths"],
)
def test_what_is_no_request_is_answered_400(port: int, sent: bytes) -> None:
    assert status(told(port, sent + b"\r\n\r\n")) == 400


def test_a_chunk_that_is_none_ends_the_request(port: int) -> None:
    assert status(told(port, CHUNKED, b"5\r\nhello\r\n", b"zz\r\n")) == 400


@pytest.mark.parametrize("parts", [(HEAD[:20],), (CHUNKED,), (CHUNKED, b"5\r\nhel")])
def test_who_hangs_up_is_no_error(port: int, parts: tuple[Any, ...]) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            for part in parts:
                line.sendall(part)
    whole = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert status(told(port, whole)) == 200
