"""What the front door answers itself; it hands everything else on."""

from django.urls import path, re_path

from assistants.later_messages import WEBHOOK
from personalization import health, metrics_page
from personalization.views import assistant_selector

urlpatterns = [
    re_path(f"^{WEBHOOK[1:]}/?$", assistant_selector),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", metrics_page.metrics),
]
