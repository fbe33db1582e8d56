"""What is answered once a form is stored: the way to its receipt."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey.light.pages import asked_language, kiosk_address

SENT, SECONDS_OF_A_DAY = "sent", 86_400
SENT_LATELY = f"{SENT}=1; HttpOnly; Max-Age={SECONDS_OF_A_DAY}; Path=/s; SameSite=lax"


def thanks(request: Request, code: str) -> Response:
    """The way to the thanks, with the receipt of what was just stored."""
    return remembered(to_receipt(request, code, "new=1&"))


def remembered(thanks: Response) -> Response:
    """Lets the next form's page know that a form was sent from this browser, and no more.

    Without it, browsers would fill in for whoever goes back what was just sent.
    """
    thanks.headers.append("Set-Cookie", SENT_LATELY)
    return thanks


def to_receipt(request: Request, code: str, new: str = "") -> Response:
    """The way to a receipt; on a kiosk to the page that leaves by itself."""
    kiosk = kiosk_address(request)
    address = f"{kiosk}/{code}?" if kiosk else f"/r/{code}?{new}"
    return RedirectResponse(f"{address}lang={asked_language(request)}", status_code=303)
