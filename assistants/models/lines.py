"""Our own numbers at Vapi, and the holidays they keep."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from assistants.models.variants import AssistantVariant
from customers.validators import validate_timezone


class Line(models.Model):
    """One of our own numbers at Vapi."""

    name = models.CharField(max_length=100, unique=True)
    number = models.CharField(
        max_length=16,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$", "Write the number in full, as in +13035550190.")],
        help_text="The number that callers dial, as in +13035550190.",
    )
    sip_uri = models.CharField("SIP address", max_length=300, unique=True, null=True, blank=True)
    vapi_id = models.CharField(
        "id at Vapi",
        max_length=100,
        unique=True,
        null=True,
        blank=True,
        help_text="The phone number's id in Vapi's dashboard.",
    )
    region = models.CharField(
        max_length=2,
        default="US",
        validators=[RegexValidator(r"^[A-Z]{2}$", "Two capital letters, such as US.")],
        help_text="Callers' numbers without a country code are read as dialled here.",
    )
    timezone = models.CharField("time zone", max_length=64, default="UTC", validators=[validate_timezone])
    fallback = models.ForeignKey(
        AssistantVariant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Answers when no rule matches. Without one, the site's fallback does.",
    )
    emergency = models.BooleanField(
        "emergency switch", default=False, help_text="Every call on this line goes to the fallback at once."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="line_can_be_recognised",
                condition=models.Q(number__isnull=False)
                | models.Q(sip_uri__isnull=False)
                | models.Q(vapi_id__isnull=False),
                violation_error_message="A line needs its number, its SIP address or its id at Vapi.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Makes empty identifiers None, so that many lines may be without one."""
        self.number, self.sip_uri, self.vapi_id = self.number or None, self.sip_uri or None, self.vapi_id or None


class HolidayList(models.Model):
    """Days on which a rule may answer otherwise."""

    name = models.CharField(max_length=100, unique=True)
    dates = ArrayField(models.DateField(), default=list, help_text="Dates as 2026-12-25, separated by commas.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
