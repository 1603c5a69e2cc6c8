"""Every address."""

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from personalization import health
from personalization.views import AssistantSelector

urlpatterns = [
    re_path(r"^api/assistant-selector/?$", AssistantSelector.as_view(), name="assistant-selector"),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
