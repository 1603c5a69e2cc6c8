"""Ways of answering a call, and what they know."""

from django.core.validators import RegexValidator
from django.db import models

from assistants.speech import FORMATS, PLAIN
from assistants.traits import SPOKEN_TRAITS
from customers.validators import validate_language


class AssistantVariant(models.Model):
    """One way of answering a call."""

    class Kind(models.TextChoices):
        SAVED_ASSISTANT = "saved-assistant", "Saved assistant (by its id at Vapi)"
        SAVED_SQUAD = "saved-squad", "Saved squad (by its id at Vapi)"
        WHOLE_ASSISTANT = "whole-assistant", "Whole assistant (as JSON)"
        WHOLE_SQUAD = "whole-squad", "Whole squad (as JSON)"
        TRANSFER = "transfer", "Transfer to a number or SIP address"
        REFUSAL = "refusal", "Spoken refusal"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SAVED_ASSISTANT)
    vapi_id = models.CharField(
        "id at Vapi",
        max_length=100,
        blank=True,
        help_text="For a saved assistant or squad: its id in Vapi's dashboard.",
    )
    document = models.JSONField(
        "assistant or squad as JSON",
        null=True,
        blank=True,
        help_text="For a whole assistant or squad. "
        "{{name}} in any text becomes the value of the variable of that name.",
    )
    overrides = models.JSONField(
        default=dict,
        blank=True,
        help_text='Vapi\'s assistantOverrides as JSON, such as {"firstMessage": "Hello {{customerName}}!"}.',
    )

    reports_here = models.BooleanField(
        "reports to this server",
        default=False,
        db_default=False,
        help_text="Vapi then tells this server how these calls went, even where the assistant has a server of its own. "
        "Leave it off where that server answers tool calls: they would come here too, and fail.",
    )
    transfer_to = models.CharField(
        "number or SIP address", max_length=300, blank=True, help_text="As in +13035550123 or sip:desk@example.com."
    )
    transfer_caller_id = models.CharField("shown caller ID", max_length=40, blank=True)
    transfer_extension = models.CharField("extension", max_length=10, blank=True)
    transfer_sip_headers = models.JSONField("SIP headers", default=dict, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "variant"
        constraints = [
            models.CheckConstraint(
                name="variant_has_what_its_kind_needs",
                condition=(models.Q(kind__in=["saved-assistant", "saved-squad"]) & ~models.Q(vapi_id=""))
                | models.Q(kind__in=["whole-assistant", "whole-squad"], document__isnull=False)
                | (models.Q(kind="transfer") & ~models.Q(transfer_to=""))
                | models.Q(kind="refusal"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RefusalText(models.Model):
    """What a spoken refusal says in one language."""

    variant = models.ForeignKey(AssistantVariant, on_delete=models.CASCADE, related_name="refusal_texts")
    language = models.CharField(max_length=35, default="en", validators=[validate_language])
    text = models.TextField(max_length=1000)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "variant",
                "language",
                name="refusal_text_once_per_language",
                violation_error_message="There is a text in this language already.",
            ),
            models.CheckConstraint(name="refusal_text_not_blank", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.text}"


class Variable(models.Model):
    """What a prompt calls `{{name}}`, and where its value comes from."""

    class Disclosure(models.TextChoices):
        OPEN = "open", "Open: whoever calls from the customer's number hears it"
        VERIFIED = "verified", "Verified: only in web calls of signed-in customers; elsewhere the default"

    variant = models.ForeignKey(AssistantVariant, on_delete=models.CASCADE, related_name="variables")
    name = models.CharField(
        max_length=60,
        validators=[RegexValidator(r"^[A-Za-z_][A-Za-z0-9_]*$", "Letters, digits and _ only, as in customerName.")],
        help_text="As the prompt writes it between {{ and }}.",
    )
    trait = models.CharField(max_length=40, choices=[(trait.key, trait.label) for trait in SPOKEN_TRAITS])
    parameter = models.CharField(max_length=100, blank=True, help_text="For an attribute: its name.")
    format = models.CharField(
        "spoken as", max_length=30, default=PLAIN.key, choices=[(each.key, each.label) for each in FORMATS.values()]
    )
    format_argument = models.CharField(max_length=20, blank=True, help_text="For money: the currency, such as USD.")
    default = models.CharField(max_length=500, help_text="Said where the customer's own value is missing.")
    disclosure = models.CharField(max_length=8, choices=Disclosure, default=Disclosure.OPEN)
    in_metadata = models.BooleanField("also in metadata", default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "variant",
                "name",
                name="variable_once_per_variant",
                violation_error_message="This variant has a variable of this name already.",
            ),
            models.CheckConstraint(name="variable_default_not_blank", condition=~models.Q(default="")),
        ]

    def __str__(self) -> str:
        return f"{{{{{self.name}}}}}"
