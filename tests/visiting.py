"""Visits a running service over Streamlit's socket, as a browser does, or as one that lies."""

import http.client
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from google.protobuf import text_format
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.conftest import App

PATIENCE = 60
EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN  # another run follows by itself
TAKEN = re.compile(r'<a class="take[^"]*" href="(/unduh/[^"/]+)">(.*)</a>')
# What a browser says of a page's widgets, by their keys: the field of the message, and the value.
Widgets = Mapping[str, tuple[str, object]]


@dataclass
class Visit:
    """One page, open over its socket; ``said``: all that was drawn at the latest run."""

    socket: ClientConnection
    address: str
    page: str = ""
    said: str = ""
    widgets: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    def run(self, query: str = "", part: str = "", widgets: Widgets | None = None) -> "Visit":
        """Draws the page, or a part of it, as it is after what is said of these widgets.

        ``widgets``: by their key, the field of the message and the value; of a key that the page
        has not, under that name itself.
        """
        state = ClientState(query_string=query, fragment_id=part)
        state.page_name, state.page_script_hash = self.address.rpartition("/")[2], self.page
        state.context_info.url = self.address
        for key, (kind, value) in (widgets or {}).items():
            told = state.widget_states.widgets.add(id=self.widgets.get(key, key))
            setattr(told, kind, value)
        self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        return self.listen()

    def go_to(self, address: str) -> None:
        """Goes on to another page, which is drawn once it is run."""
        self.address, self.page, self.widgets = address, "", {}

    def listen(self) -> "Visit":
        """Takes in what is drawn until the run is over, and those that it began anew."""
        self.said, self.files = "", {}
        while True:
            message = ForwardMsg()
            message.ParseFromString(_bytes(self.socket.recv(PATIENCE)))
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.page = message.navigation.page_script_hash
            elif kind == "delta":
                self._take_in(message)
            elif kind == "auto_rerun":
                self.parts.append(message.auto_rerun.fragment_id)
            elif kind == "script_finished" and message.script_finished != EARLY:
                return self

    def _take_in(self, message: ForwardMsg) -> None:
        told = text_format.MessageToString(message.delta, as_utf8=True)
        self.said += f"{unescape(told)}\n"
        element = message.delta.new_element
        widget = getattr(element, element.WhichOneof("type") or "", None)
        if key := getattr(widget, "id", ""):
            # Streamlit's own name of a widget ends with the key that the page gave it.
            self.widgets[key.rpartition("-")[2]] = key
        if element.WhichOneof("type") == "html" and (link := TAKEN.match(element.html.body)):
            self.files[unescape(link[2])] = link[1]


@contextmanager
def visiting(app: App, path: str, cookie: str = "") -> Iterator[Visit]:
    """A visit of the page at ``path``, which is drawn once somebody runs it."""
    headers = {"Origin": app.url} | ({"Cookie": cookie} if cookie else {})
    address = f"ws://127.0.0.1:{app.port}/_stcore/stream"
    with connect(
        address, subprotocols=[Subprotocol("streamlit")], additional_headers=headers, max_size=None
    ) as socket:
        yield Visit(socket, f"{app.url}{path}")


def fetch(
    app: App, path: str, cookie: str = "", method: str = "GET", **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=PATIENCE)
    try:
        sent = headers | ({"Cookie": cookie} if cookie else {})
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        connection.close()


def log_in(app: App, username: str, password: str) -> str:
    """The cookies of a new log-in."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=PATIENCE)
    try:
        form = urlencode({"username": username, "password": password})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/masuk", form, kind)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        given = answer.headers.get_all("Set-Cookie") or []
        return "; ".join(one.partition(";")[0] for one in given)
    finally:
        connection.close()


def _bytes(message: str | bytes) -> bytes:
    assert isinstance(message, bytes)
    return message
