"""What this instance writes down of itself: one line of JSON each, on standard error.

Never who came or what was said: of an exception its kind and where it happened, not its words,
which quote what was typed; of a library's line the words it always uses, not what it puts in.
"""

import json
import logging
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any

OURS = {
    *("accounts", "app", "demonstration", "desk", "interface", "light", "models", "reports"),
    *("screens", "serving", "survey", "watched"),
}
DEEPEST = 8  # places of an exception, the last ones


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in UTC."""
        ours = record.name.partition(".")[0] in OURS
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "said": record.getMessage() if ours else str(record.msg),
        }
        return json.dumps(told | _exception(record), ensure_ascii=False)


def _exception(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or not record.exc_info[0]:
        return {}
    kind, _, trace = record.exc_info
    places = [f"{at.filename}:{at.lineno} {at.name}" for at in extract_tb(trace)]
    return {"kind": kind.__name__, "where": places[-DEEPEST:]}


SETTINGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": JsonLine}},
    "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["error"]},
}


def speak_alike() -> None:
    """Streamlit gives its loggers, and the server's, handlers of their own: they write the same."""
    for logger in logging.root.manager.loggerDict.values():
        for handler in logger.handlers if isinstance(logger, logging.Logger) else ():
            handler.setFormatter(JsonLine())
