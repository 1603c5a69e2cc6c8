"""The calls that we begin ourselves: what was decided for them, from before they begin."""

from django.db import models

from customers.models.calls import Call
from customers.models.people import Customer


class StartedCall(models.Model):
    """A web call that was prepared, or a customer whom Vapi was asked to call. Vapi's id comes later, or never.

    The row is there before Vapi is asked, so that a call is asked for at most once whatever breaks in between.
    """

    decision_id = models.CharField(max_length=32, unique=True)
    type = models.CharField(max_length=8, choices=Call.Type)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="started_calls")
    created_at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True, help_text="Who asked for it.")
    # What was decided, in the names of that time.
    line = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200)
    rule = models.CharField(max_length=200, blank=True)
    variant = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField()
    # Calls to customers only: the SHA-256 of the key by which the same request is known again, and of the request.
    key = models.CharField(max_length=64, blank=True, editable=False)
    request = models.CharField(max_length=64, blank=True, editable=False)
    number = models.CharField(max_length=300, blank=True)
    phone_number_id = models.CharField(max_length=100, blank=True, help_text="The line's id at Vapi.")
    due_at = models.DateTimeField(help_text="When it is to be placed.")
    vapi_id = models.CharField(
        "id at Vapi", max_length=200, blank=True, help_text="Empty: not known whether Vapi has placed it."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        permissions = [("start_call", "Can have customers called")]
        constraints = [
            models.UniqueConstraint("key", condition=~models.Q(key=""), name="started_call_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="started_call_by_time"),
            models.Index(fields=["customer", "-created_at"], name="started_call_by_customer"),
        ]

    def __str__(self) -> str:
        return self.decision_id
