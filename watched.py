"""What this instance tells whoever runs it: how quick, how much, how full. In Prometheus' format.

METRICS names the address, 127.0.0.1:9464 say; without it nothing listens. It is not for the public.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from tempfile import mkdtemp

from prometheus_client import REGISTRY, CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models import Job, Publication, reading
from survey import instance

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # by which the library shares counts among processes
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
ANSWERS = Histogram(
    "suara_answers",
    "Seconds until an answer had begun, by route and kind of status.",
    ["route", "status"],
    unit="seconds",
    buckets=SECONDS,
)


@cache
def _answers(pattern: str, status: str) -> Histogram:
    """Kept: to find it by its labels takes longer than to count."""
    return ANSWERS.labels(pattern, status)


class Measured:
    """Middleware that takes the time of each answer, by its route's pattern, never its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("route")
                pattern = route.path if isinstance(route, Route) else "other"
                status = f"{message['status'] // 100}xx"
                _answers(pattern, status).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, noted)


class Kept(Collector):
    """What the database holds, counted when somebody asks."""

    def collect(self) -> Iterable[Metric]:
        """The gauges; none while the database does not answer."""
        publications = GaugeMetricFamily("suara_publications", "Publications that were sealed.")
        jobs = GaugeMetricFamily("suara_jobs", "Long work by its state.", labels=["state"])
        with suppress(SQLAlchemyError), reading(instance.engine()) as session:
            sealed = session.scalar(select(func.count()).select_from(Publication))
            publications.add_metric([], sealed or 0)
            for state, many in session.execute(select(Job.state, func.count()).group_by(Job.state)):
                jobs.add_metric([state], many)
        return publications, jobs


def watch(workers: int = 1) -> None:
    """Listens at METRICS, where it is set. Raises ValueError where that is no address, or OSError.

    Called before the workers begin, whose counts it adds up.
    """
    if not (address := os.environ.get("METRICS")):
        return
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal()):
        raise ValueError(f"METRICS={address} is no address and port, as 127.0.0.1:9464 is")
    registry = REGISTRY
    if workers > 1:
        os.environ[SHARED] = mkdtemp(prefix="metrics-")
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Kept())
    start_http_server(int(port), host, registry)
