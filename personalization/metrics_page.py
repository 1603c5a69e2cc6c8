"""/metrics, for Prometheus: this node's counts and how things stand now."""

from collections.abc import Iterable
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from personalization import node_metrics
from personalization.node_state import node_state


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything this node counts, in Prometheus' text format; 401 without the token, where one is set."""
    if settings.METRICS_TOKEN and not _is_known(request.headers.get("Authorization", "")):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(_Node())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Node(Collector):
    """All processes of this node as one."""

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering needs no collecting."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The counts, then the gauges."""
        yield from node_metrics.collect(settings.DATA_DIR / "metrics")
        state = node_state()
        for name, description, value in (
            ("ruleset_version", "The number of the published version that callers hear.", state.version),
            ("copy_age_seconds", "Since when PostgreSQL has not confirmed what this node knows.", state.copy_age_s),
            ("spool_messages", "Messages of Vapi's on the disk that are not in the database yet.", state.waiting),
            ("spool_set_aside_messages", "Messages of Vapi's that the database refuses.", state.set_aside),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"personalization_{name}", description, value=value)


def _is_known(authorization: str) -> bool:
    # WSGI decodes headers as Latin-1.
    return compare_digest(authorization.encode("latin-1", "replace"), f"Bearer {settings.METRICS_TOKEN}".encode())
