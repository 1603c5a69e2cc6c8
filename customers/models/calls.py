"""Every call: one row for each of Vapi's, whatever we hear of it and in whatever order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from customers import outcomes
from customers.lengths import minutes
from customers.models.people import Customer

# What lists are narrowed down by. Each costs an index, 10 µs at each of a call's writes; without it, looking for
# what is rare or was long ago reads a million calls.
LISTED_BY = ("type", "line", "rule", "variant", "reason", "ended_reason", "outcome")


class CallQuerySet(models.QuerySet["Call"]):
    """Questions about many calls."""

    def listed_by(self, facts: Mapping[str, str]) -> Self:
        """Those of which these facts (of LISTED_BY) are true, quickly also where the last of them was long ago.

        PostgreSQL, which takes it that they are spread evenly, walks back from the newest call of all. Text that no
        database stores is true of none.
        """
        if any("\0" in fact for fact in facts.values()):
            return self.none()
        calls = self.filter(**facts)
        for name, fact in facts.items():
            # As a range, for which only the fact's own index gives this order: by any other, what nobody has is slow.
            same = Call.objects.filter(**{f"{name}__gte": fact, f"{name}__lte": fact})
            newest = same.order_by(name, "-created_at").values_list("created_at", flat=True).first()
            calls = calls.filter(created_at__lte=newest) if newest else calls.none()
        return calls

    def strip(self, *, at: datetime) -> None:
        """Takes all that is personal from them, erased at that moment; what is heard later does not bring it back."""
        self.update(
            **dict.fromkeys(("number", "summary", "success", "transcript"), ""),
            customer=None,
            claimed=False,
            structured_data=None,
            metadata={},
            erased_at=at,
            updated_at=at,
        )


class Call(models.Model):
    """One call's record. Names of rules, variants and lines stand here as they were when the call came."""

    class Type(models.TextChoices):
        """Vapi's types of calls, shortened."""

        INBOUND = "inbound"
        OUTBOUND = "outbound"
        WEB = "web"
        OTHER = "other"

    Outcome = outcomes.Outcome

    vapi_id = models.CharField("id at Vapi", max_length=200)
    type = models.CharField(max_length=8, choices=Type, default=Type.OTHER)
    status = models.CharField(max_length=40, blank=True, help_text="The last that Vapi told: ringing, ended …")
    # The index by customer and time serves it.
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls", db_index=False
    )
    claimed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A browser named this customer without our signature: shown here, used for nothing.",
    )
    number = models.CharField("caller's number or address", max_length=300, blank=True)
    line = models.CharField(max_length=100, blank=True, help_text="Empty: none of ours, or heard of before we kept it.")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True, help_text="In Vapi's words.")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, help_text="In our words.")
    duration_s = models.FloatField("seconds", null=True, blank=True)
    cost = models.DecimalField("cost in USD", max_digits=12, decimal_places=6, null=True, blank=True)
    summary = models.TextField(blank=True)
    success = models.CharField("success evaluation", max_length=2000, blank=True)
    structured_data = models.JSONField(null=True, blank=True)
    transcript = models.TextField(blank=True)
    has_recording = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict, blank=True)
    # What we answered and why; empty where we were not asked.
    decision_id = models.CharField(max_length=32, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=200, blank=True)
    variant = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=12, blank=True, help_text="The ladder's rung: live, last-known, fallback …")
    latency_ms = models.FloatField("milliseconds to our answer", null=True, blank=True)
    # When Vapi wrote the end-of-call report; null until one has come.
    reported_at = models.DateTimeField(null=True, blank=True)
    # The facts that no report told of so far, and how much what told of them counts: see customers/reports.py.
    lesser_sources = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    # Since when nothing of the person is kept; what is heard of the call later does not bring it back.
    erased_at = models.DateTimeField(null=True, blank=True)
    # Since when its transcript is gone because its time was over; what is heard later does not bring that back.
    transcript_removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), help_text="When Vapi made the call, or we first heard of it.")
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        # Not unique=True, which would make a second index for LIKE.
        constraints = [models.UniqueConstraint(fields=["vapi_id"], name="call_once")]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="call_by_customer"),
            models.Index(fields=["-created_at"], name="call_by_time"),
            models.Index(fields=["number", "-created_at"], name="call_by_number"),
            models.Index(fields=["created_at"], name="call_with_transcript", condition=~models.Q(transcript="")),
            *(models.Index(fields=[name, "-created_at"], name=f"call_by_{name}") for name in LISTED_BY),
            models.Index(fields=["-created_at"], condition=models.Q(claimed=True), name="call_claimed"),
            GinIndex(fields=["metadata"], opclasses=["jsonb_path_ops"], name="call_by_metadata"),
        ]

    def __str__(self) -> str:
        return self.vapi_id

    @property
    def length(self) -> str:
        """As minutes and seconds; "" where it is not known."""
        return minutes(self.duration_s)
