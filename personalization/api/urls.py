"""The API's addresses, each with and without a slash behind; the page that describes them."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from personalization.api.calls import Calls, CallsOfCustomer, OneCall
from personalization.api.customers import Customers, OneCustomer
from personalization.api.nowhere import Nowhere
from personalization.api.outbound_calls import OutboundCalls
from personalization.api.web_calls import WebCalls

# As integrators read them.
_DESCRIBED = [
    path("api/customers", Customers.as_view()),
    path("api/customers/<path:external_id>", OneCustomer.as_view()),
    path("api/web-calls", WebCalls.as_view()),
    path("api/customers/<path:external_id>/calls", CallsOfCustomer.as_view()),
    path("api/calls", Calls.as_view()),
    path("api/calls/<path:id>", OneCall.as_view()),
    path("api/outbound-calls", OutboundCalls.as_view()),
]
urlpatterns = [
    re_path(r"^api/customers/?$", Customers.as_view(), name="customers"),
    # An id may hold any characters, slashes and line breaks too.
    re_path(r"^api/customers/(?P<external_id>(?s:.+?))/calls/?\Z", CallsOfCustomer.as_view(), name="calls-of-customer"),
    re_path(r"^api/customers/(?P<external_id>(?s:.+?))/?\Z", OneCustomer.as_view(), name="customer"),
    re_path(r"^api/web-calls/?$", WebCalls.as_view(), name="web-calls"),
    re_path(r"^api/calls/?$", Calls.as_view(), name="calls"),
    re_path(r"^api/calls/(?P<id>(?s:.+?))/?\Z", OneCall.as_view(), name="call"),
    re_path(r"^api/outbound-calls/?$", OutboundCalls.as_view(), name="outbound-calls"),
    re_path(r"^api/schema/?$", SpectacularAPIView.as_view(patterns=_DESCRIBED), name="api-schema"),
    re_path(
        r"^api/docs/?$",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html"),
        name="api-docs",
    ),
    re_path(r"^api(/|\Z)", Nowhere.as_view()),
]
