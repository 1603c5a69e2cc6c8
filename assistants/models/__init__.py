"""What staff keep in the admin: lines, ways of answering, and the rules that choose among them."""

from assistants.models.lines import HolidayList, Line
from assistants.models.outbound import OutboundPolicy
from assistants.models.rules import Condition, RoutingRule, Share
from assistants.models.saved_at_vapi import SavedAtVapi
from assistants.models.site import Pin, SiteSettings
from assistants.models.variants import AssistantVariant, RefusalText, Variable
from assistants.models.versions import Proposal, PublishedVersion

__all__ = [
    "AssistantVariant",
    "Condition",
    "HolidayList",
    "Line",
    "OutboundPolicy",
    "Pin",
    "Proposal",
    "PublishedVersion",
    "RefusalText",
    "RoutingRule",
    "SavedAtVapi",
    "Share",
    "SiteSettings",
    "Variable",
]
