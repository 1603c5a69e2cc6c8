"""What holds for the whole site, and what acts at once without being published."""

from django.db import models

from assistants.models.variants import AssistantVariant
from customers.models import Customer


class SiteSettings(models.Model):
    """The one row of settings that hold for every line."""

    fallback = models.ForeignKey(
        AssistantVariant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Answers when no rule matches and the line has no fallback of its own.",
    )
    refusal = models.ForeignKey(
        AssistantVariant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": AssistantVariant.Kind.REFUSAL},
        help_text="What blocked customers hear.",
    )
    emergency = models.BooleanField(
        "emergency switch", default=False, help_text="Every call on every line goes to the fallback at once."
    )
    needs_approval = models.BooleanField(
        "a second person approves", default=False, help_text="Whoever proposes a version cannot publish it alone."
    )
    # Counts every change of what this app keeps (a trigger does it), so that running servers see that it changed.
    revision = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "site settings"
        constraints = [models.CheckConstraint(name="site_settings_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "Site settings"


class Pin(models.Model):
    """Sends one customer or number to one variant until a date, for tests and special cases; acts at once."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="pins")
    number = models.CharField(
        "number or address", max_length=300, blank=True, help_text="Instead of a customer: a number in any spelling."
    )
    variant = models.ForeignKey(AssistantVariant, on_delete=models.CASCADE, related_name="pins")
    until = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["until"]
        constraints = [
            models.CheckConstraint(
                name="pin_for_a_customer_or_a_number",
                condition=models.Q(customer__isnull=False, number="")
                | (models.Q(customer__isnull=True) & ~models.Q(number="")),
                violation_error_message="Choose a customer or write a number, one of the two.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer or self.number} → {self.variant}"
