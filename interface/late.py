"""The routes of what is public, made when first asked for: what they draw with takes seconds."""

from collections.abc import Callable, Sequence
from functools import cached_property

from anyio import to_thread
from sqlalchemy import Engine
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send

from desk.public.addresses import BADGES, CARDS

MACHINES = "/api"


class PublicRoutes(BaseRoute):
    """What stands below /api, /kartu and /lencana."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self.engine = engine

    @cached_property
    def router(self) -> Router:
        """Loads and makes them, once."""
        from interface.cards import card_routes
        from interface.routes import api_routes

        routes = [*api_routes(self.engine), *card_routes(self.engine)]
        return Router(routes, redirect_slashes=False)

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """All of them."""
        return self.router.routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether one of them may answer, told without making them."""
        path = get_route_path(scope)
        below = path.startswith((f"{MACHINES}/", f"{CARDS}/", f"{BADGES}/"))
        ours = scope["type"] == "http" and (below or path == MACHINES)
        return (Match.FULL if ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has the one answer whose address it is; whoever is first waits until all are made."""
        router = await to_thread.run_sync(lambda: self.router)
        await router(scope, receive, send)
