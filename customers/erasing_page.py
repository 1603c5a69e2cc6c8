"""The page that erases customers: who it would be, and then the receipts."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from customers import admin_pages
from customers.admin_pages import demand
from customers.deleted_customers import DeletedCustomer, find_deleted
from customers.erasing import Receipt, erase_customer
from customers.models import OWN_ID_PREFIX, Customer, CustomerAlias
from customers.primary_keys import as_pk
from customers.spool import Spool

PERMISSION = "customers.add_erasure"
MOST = 100


def address(customer_ids: list[int]) -> str:
    """Where these customers are erased."""
    return f"{reverse('admin:customers_customer_erase')}?{'&'.join(f'id={pk}' for pk in customer_ids)}"


def page(request: HttpRequest) -> HttpResponse:
    """Who would be erased; and, when that is confirmed, erases them and shows the receipts, this once."""
    demand(request, PERMISSION)
    customers = _chosen(request.GET.getlist("id")[:MOST])
    if not customers:
        messages.error(request, "Nobody is left to erase: choose customers in the list.")
        return HttpResponseRedirect(reverse("admin:customers_customer_changelist"))
    if request.method == "POST":
        return _shown(request, title="Erased", receipts=[_erase(request, each) for each in customers])
    return _shown(request, title="Erase for ever", customers=customers, can_delete=bool(settings.VAPI_API_KEY))


def _chosen(texts: list[str]) -> list[Customer | DeletedCustomer]:
    """Whom these keys mean: customers, those into whom one of them was merged, and who was deleted."""
    wanted = {pk for text in texts if (pk := as_pk(text)) is not None}
    own_ids = {f"{OWN_ID_PREFIX}{pk}" for pk in wanted}
    merged = dict(CustomerAlias.objects.filter(public_id__in=own_ids).values_list("public_id", "customer"))
    customers = list(Customer.objects.filter(pk__in=wanted.union(merged.values())))
    left = own_ids - merged.keys() - {f"{OWN_ID_PREFIX}{each.pk}" for each in customers}
    return [*customers, *(find_deleted(ids=left) if left else ())]


def _erase(request: HttpRequest, customer: Customer | DeletedCustomer) -> tuple[str, Receipt]:
    spool, by = Spool(settings.DATA_DIR / "spool"), request.user.get_username()
    receipt = erase_customer(f"{OWN_ID_PREFIX}{customer.pk}", spool=spool, by=by, at=timezone.now())
    if "at_vapi" in request.POST:
        receipt.erasure.delete_at_vapi = True
        receipt.erasure.save(update_fields=["delete_at_vapi"])
    return customer.public_id, receipt


def _shown(request: HttpRequest, **context: object) -> HttpResponse:
    return admin_pages.page(request, "customers/erase.html", opts=Customer._meta, **context)
