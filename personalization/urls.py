"""Every address."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from personalization import health, metrics_page, two_factor_pages
from personalization.views import AssistantSelector

urlpatterns = [
    re_path(r"^api/assistant-selector/?$", AssistantSelector.as_view(), name="assistant-selector"),
    path("", include("personalization.api.urls")),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("admin/two-factor/", include(two_factor_pages.urls)),
    path("metrics", metrics_page.metrics),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
