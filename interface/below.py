"""All that lies below an address, whatever it holds."""

import re
from typing import TypeVar

from starlette.routing import Mount, Route

Below = TypeVar("Below", Mount, Route)


def all_below(route: Below) -> Below:
    """The route, also for addresses with a line break, which Starlette's pattern leaves out.

    >>> bool(all_below(Mount("/api", routes=[])).path_regex.match("/api/a\\nb"))
    True
    """
    route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return route
