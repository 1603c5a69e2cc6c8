"""Whom we know: customers, and the ways to recognise them when they call."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now, Upper
from django.db.models.lookups import Exact

from customers import phone_numbers
from customers.primary_keys import as_pk
from customers.validators import validate_attributes, validate_language, validate_timezone

OWN_ID_PREFIX = "id:"


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Questions about many customers."""

    def with_public_id(self, public_id: str) -> Self:
        """The customer whom the outside knows by `public_id`: an external id, or `id:<number>` of ours.

        An id of somebody who was merged into another means that other; text that no database stores means nobody.
        """
        if "\0" in public_id:
            return self.none()
        present = Customer.objects.order_by().filter(_named(public_id))
        former = CustomerAlias.objects.filter(~models.Exists(present), public_id=public_id)
        return self.filter(pk__in=present.values("pk").union(former.values("customer_id")))


def _named(public_id: str) -> models.Q:
    number = public_id.removeprefix(OWN_ID_PREFIX)
    if number == public_id:
        return models.Q(external_id=public_id)
    return models.Q(pk=as_pk(number))


class Customer(models.Model):
    """A person or firm we know."""

    external_id = models.CharField(
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        help_text="The customer's id in your own systems. Without one, ours is used: id:123.",
        validators=[
            RegexValidator(r"(?i)^id:", "Ids that begin with “id:” are ours: choose another.", inverse_match=True)
        ],
    )
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    tier = models.CharField("account type", max_length=100, blank=True, help_text="Such as gold, silver, standard.")
    joined_on = models.DateField("customer since", null=True, blank=True)
    language = models.CharField(
        max_length=35, blank=True, validators=[validate_language], help_text="A code such as en, es or pt-BR."
    )
    timezone = models.CharField(
        "time zone", max_length=64, blank=True, validators=[validate_timezone], help_text="Such as Europe/London."
    )
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True, help_text="Separated by commas.")
    attributes = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_attributes],
        help_text='Facts of your own as JSON: {"plan": "pro", "seats": 12, "renews_on": "2027-01-31", "beta": true}.',
    )
    notes = models.TextField(blank=True, help_text="For staff only; never sent to Vapi.")
    active = models.BooleanField(default=True, help_text="Inactive customers are treated like unknown callers.")
    blocked = models.BooleanField(default=False, help_text="Blocked customers hear the site's refusal.")
    call_consent_at = models.DateTimeField(
        "agreed to be called", null=True, blank=True, help_text="When. Without it we call nobody of our own accord."
    )
    call_consent_how = models.CharField(
        "agreed how",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="As in: ticked at sign-up, said on the phone, written contract.",
    )
    do_not_call = models.BooleanField(default=False, db_default=False, help_text="Stands over any consent.")
    remember_calls = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Assistants may take up the last call where it ended. Off for customers who object.",
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now(), db_index=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        permissions = [
            ("import_customers", "Can import customers from files"),
            ("export_customers", "Can export customers to files"),
        ]
        constraints = [
            models.CheckConstraint(
                name="customer_external_id_not_blank_nor_ours",
                condition=~models.Q(external_id="") & ~models.Q(external_id__istartswith=OWN_ID_PREFIX),
            ),
            models.CheckConstraint(
                name="customer_attributes_is_an_object",
                condition=Exact(
                    models.Func(models.F("attributes"), function="jsonb_typeof", output_field=models.TextField()),
                    models.Value("object"),
                ),
            ),
            models.CheckConstraint(
                name="customer_consent_says_when_and_how",
                condition=models.Q(call_consent_at=None, call_consent_how="")
                | (models.Q(call_consent_at__isnull=False) & ~models.Q(call_consent_how="")),
                violation_error_message="A consent to be called needs both: when it was given, and how.",
            ),
        ]
        indexes = [
            models.Index(Upper("name"), "id", name="customer_by_name"),
            models.Index(Lower("email"), name="customer_by_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def public_id(self) -> str:
        """What the outside calls this customer: the external id, or `id:<number>` of ours."""
        return self.external_id or f"{OWN_ID_PREFIX}{self.pk}"

    def clean(self) -> None:
        """Makes an empty external id None, so that many customers may have none; refuses one that means another."""
        self.external_id = (self.external_id or "").strip() or None
        former = CustomerAlias.objects.filter(public_id=self.external_id or "").exclude(customer=self.pk)
        if alias := former.select_related("customer").first():
            sentence = f"{alias.public_id} is an earlier id of {alias.customer}, who was merged: choose another."
            raise ValidationError({"external_id": sentence})


class CustomerAlias(models.Model):
    """An id of somebody who was merged into this customer: it means this customer from then on."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="aliases")
    public_id = models.CharField("earlier id", max_length=200, unique=True)

    def __str__(self) -> str:
        return self.public_id


class ContactPoint(models.Model):
    """One way to recognise a customer: a phone number, a SIP address, or what a SIP trunk sends in their place."""

    class Kind(models.TextChoices):
        PHONE = phone_numbers.AddressKind.PHONE.value, "phone number"
        SIP = phone_numbers.AddressKind.SIP.value, "SIP address"
        TRUNK = phone_numbers.AddressKind.TRUNK.value, "SIP trunk identity"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.PHONE)
    value = models.CharField(
        "number or address", max_length=300, help_text="A number in any spelling, sip:ada@example.com, or trunk digits."
    )
    extension = models.CharField(
        max_length=10, blank=True, validators=[RegexValidator(r"^\d*$", "Digits only.")], help_text="At most 10 digits."
    )
    is_main_owner = models.BooleanField(
        "main owner", default=False, help_text="Where several customers share a number: whose data is used."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "customer",
                "value",
                name="contact_point_once_per_customer",
                violation_error_message="This customer has this number or address already.",
            ),
            models.UniqueConstraint(
                "value",
                condition=models.Q(is_main_owner=True),
                name="contact_point_one_main_owner",
                violation_error_message="Another customer is this number's main owner: take the mark away there first.",
            ),
            models.CheckConstraint(
                name="contact_point_value_fits_its_kind",
                condition=models.Q(kind="phone", value__regex=r"^\+[1-9][0-9]{6,14}$")
                | models.Q(kind="sip", value__regex=r"^sip:[^@[:space:]]+@[^@[:space:]]+$")
                | models.Q(kind="trunk", value__regex=r"^\+?[A-Za-z0-9]{1,40}$"),
            ),
        ]
        indexes = [models.Index("value", name="contact_point_by_value")]

    def __str__(self) -> str:
        return self.value


class Import(models.Model):
    """One import of customers from files: who, when, and how much it changed."""

    # The customers whom an import creates or changes carry this very time as `updated_at` until something else changes
    # them. So they can be told without a column of their own that every import would have to write.
    at = models.DateTimeField(db_default=TransactionNow())
    by = models.TextField(blank=True)
    files = models.TextField()
    created = models.PositiveIntegerField("customers created")
    updated = models.PositiveIntegerField("customers updated")
    unchanged = models.PositiveIntegerField("rows that changed nothing")
    rejected = models.PositiveIntegerField("rows rejected")
    removed_numbers = models.PositiveIntegerField("numbers taken away")
    shared_numbers = models.PositiveIntegerField("numbers shared since")
    deactivated = models.PositiveIntegerField("customers made inactive")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Import of {self.files}"
