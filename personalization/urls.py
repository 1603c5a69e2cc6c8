"""Every address."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from personalization import front_urls, two_factor_pages

# Here and not in each process: most serve no pages, and the admin's modules take 0.3 s and 20 MB (SimpleAdminConfig).
admin.autodiscover()

urlpatterns = [
    *front_urls.urlpatterns,
    path("", include("personalization.api.urls")),
    path("admin/two-factor/", include(two_factor_pages.urls)),
    path("admin/", admin.site.urls),
    # Browsers ask for it where a page names no icon.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("personalization/favicon.svg"))),
    path("", RedirectView.as_view(url="/admin/")),
]
