"""Sealed forms at /s/UNIT/sealed: opened here, otherwise as plain ones, and answered as data."""

from base64 import b64encode
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from locales import speaker, texts
from survey.seal import public_key
from survey.submission import Taken

# What scripts say on the form, and on a kiosk.
WORDS = (
    *("kept", "reopen", "waiting", "turn", "counted", "late", "refused", "remove"),
    *("failed", "later", "listen", "fetched", "one_language"),
)
SEALED = "suara.sealed"  # of a request's scope


def seal_key(secret: bytes) -> str:
    """The public key as the form carries it."""
    return b64encode(public_key(secret)).decode()


def words(language: str) -> dict[str, str]:
    """The texts of the form's scripts, with blanks that they fill in."""
    said = {name: f"device.{name}" for name in WORDS}
    return {name: texts(speaker(language, key))[key] for name, key in said.items()}


def mark_sealed(request: Request) -> None:
    """From here on the request counts as that of a script, which sends sealed forms."""
    request.scope[SEALED] = True


def is_sealed(request: Request) -> bool:
    """Whether a script sent this, sealed, and wants data as its answer."""
    return SEALED in request.scope


def taken(form: Taken) -> Response:
    """The answer to a sealed form that is stored.

    Where it is ``known``, only the device can tell whether it has sent this form before.
    """
    told = {"receipt": form.code, "known": form.known, "late": form.late}
    return JSONResponse({name: value for name, value in told.items() if value})


def refused(problems: Sequence[str], status: int) -> Response:
    """The answer to a sealed form that is not stored, in sentences; its device keeps it."""
    return JSONResponse({"problems": problems}, status)
