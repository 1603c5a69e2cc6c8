"""Whom we may call of our own accord, when, and how often."""

from datetime import time
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models


def every_day() -> list[int]:
    """All weekdays, Monday being 0."""
    return list(range(7))


class OutboundPolicy(models.Model):
    """The one row of limits for calls to customers; each acts on saving."""

    class Weekday(models.IntegerChoices):
        """As Python numbers them."""

        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    quiet_from = models.TimeField(
        "quiet from", default=time(20), help_text="By the customer's clock, or the line's where the customer has none."
    )
    quiet_until = models.TimeField(
        "quiet until", default=time(8), help_text="The same time twice means that no hour is quiet."
    )
    weekdays = ArrayField(models.SmallIntegerField(choices=Weekday), default=every_day)
    countries = ArrayField(
        models.CharField(max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$", "Two capital letters, such as US.")]),
        default=list,
        blank=True,
        help_text="Whose numbers may be called, such as US, CA. Empty: only those of the site's own country.",
    )
    most_per_hour = models.PositiveIntegerField(
        "calls per hour",
        default=60,
        validators=[MaxValueValidator(100_000)],
        help_text="In each hour of the clock, for the whole site. 0 calls nobody.",
    )
    most_per_customer = models.PositiveIntegerField(
        "calls to a customer per day",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="By the customer's date.",
    )
    notice = models.CharField(
        max_length=500,
        blank=True,
        help_text="Said before anything else, such as: This call is made by an assistant and is recorded.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "calls to customers"
        default_permissions = ("view", "change")
        constraints = [models.CheckConstraint(name="outbound_policy_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "Calls to customers"

    @classmethod
    def get(cls) -> Self:
        """The one row, made when it is first needed."""
        return cls.objects.get_or_create(pk=1)[0]
