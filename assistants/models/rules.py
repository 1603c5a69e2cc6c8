"""Rules: if these conditions hold, this variant answers."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from assistants.models.lines import Line
from assistants.models.variants import AssistantVariant
from assistants.operators import OPERATORS
from assistants.sentences import condition_sentence
from assistants.traits import TRAITS


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
    variant = models.ForeignKey(
        AssistantVariant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        help_text="Who answers; leave it empty to split callers among several variants below.",
    )

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


class Share(models.Model):
    """One variant's part in a rule that splits its callers among several."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="shares")
    variant = models.ForeignKey(AssistantVariant, on_delete=models.PROTECT, related_name="shares")
    weight = models.PositiveIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="Its part of all weights: 1 and 3 are a quarter and three quarters.",
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "rule",
                "variant",
                name="share_once_per_variant",
                violation_error_message="This variant has a share already.",
            ),
            models.CheckConstraint(name="share_weight_is_positive", condition=models.Q(weight__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.variant} \N{MULTIPLICATION SIGN} {self.weight}"


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
        return condition_sentence(trait=self.trait, parameter=self.parameter, operator=self.operator, value=self.value)
