"""What staff keep in the admin: lines, ways of answering, and the rules that choose among them."""

from django.core.validators import RegexValidator
from django.db import models

from assistants.operators import OPERATORS
from assistants.traits import SPOKEN_TRAITS, TRAITS
from customers.validators import validate_language, validate_timezone


class AssistantVariant(models.Model):
    """One way of answering a call."""

    class Kind(models.TextChoices):
        SAVED_ASSISTANT = "saved-assistant", "Saved assistant (by its id at Vapi)"
        WHOLE_ASSISTANT = "whole-assistant", "Whole assistant (as JSON)"
        REFUSAL = "refusal", "Spoken refusal"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SAVED_ASSISTANT)
    vapi_id = models.CharField(
        "id at Vapi", max_length=100, blank=True, help_text="For a saved assistant: its id in Vapi's dashboard."
    )
    document = models.JSONField(
        "assistant as JSON",
        null=True,
        blank=True,
        help_text="For a whole assistant. {{name}} in any text becomes the value of the variable of that name.",
    )
    overrides = models.JSONField(
        default=dict,
        blank=True,
        help_text='Vapi\'s assistantOverrides as JSON, such as {"firstMessage": "Hello {{customerName}}!"}.',
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "variant"
        constraints = [
            models.CheckConstraint(
                name="variant_has_what_its_kind_needs",
                condition=(models.Q(kind="saved-assistant") & ~models.Q(vapi_id=""))
                | (models.Q(kind="whole-assistant", document__isnull=False))
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


class RoutingRule(models.Model):
    """If these conditions hold, this variant answers."""

    name = models.CharField(max_length=100, unique=True)
    priority = models.PositiveIntegerField(
        default=100, db_index=True, help_text="The lowest number is tried first, and the first rule that matches wins."
    )
    enabled = models.BooleanField(default=True)
    lines = models.ManyToManyField(Line, blank=True, help_text="None means every line.")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    variant = models.ForeignKey(AssistantVariant, on_delete=models.PROTECT, related_name="rules")

    class Meta:
        ordering = ["priority", "pk"]
        verbose_name = "rule"
        constraints = [
            models.CheckConstraint(
                name="rule_window_has_a_beginning_before_its_end",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_until")),
                violation_error_message="“Valid until” must be later than “valid from”.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Condition(models.Model):
    """One thing that must hold for a rule to match: trait, operator, value."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="conditions")
    trait = models.CharField(max_length=40, choices=[(trait.key, trait.label) for trait in TRAITS.values()])
    parameter = models.CharField(max_length=100, blank=True, help_text="For an attribute: its name.")
    operator = models.CharField(
        max_length=20, choices=[(operator.key, operator.label) for operator in OPERATORS.values()]
    )
    value = models.CharField(max_length=500, blank=True, help_text="Several values are separated by commas.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        match self.operator:
            case "yes":
                return self._subject()
            case "no":
                return f"not: {self._subject()}"
            case _:
                return " ".join(filter(None, [self._subject(), OPERATORS[self.operator].label, self.value]))

    def _subject(self) -> str:
        trait = TRAITS[self.trait]
        return f"{trait.label} “{self.parameter}”" if trait.parameter else trait.label


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
    # Counts every change of what this app keeps (a trigger does it), so that running servers see that it changed.
    revision = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "site settings"
        constraints = [models.CheckConstraint(name="site_settings_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "Site settings"
