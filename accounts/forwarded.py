"""How a visitor came, where a proxy speaks for the browser."""

from starlette.datastructures import Headers
from starlette.types import Scope

FORWARDED = "x-forwarded-proto"


def came_by_tls(scope: Scope) -> bool:
    """Whether the browser's own line may be encrypted.

    Whatever a proxy writes that is no plain "http" counts as if it were: a cookie that is kept
    from a bare line for nothing costs one log-in, one that is not costs all that it opens.
    """
    told = Headers(scope=scope).getlist(FORWARDED)
    return scope["scheme"] in ("https", "wss") or any(one.strip().lower() != "http" for one in told)
