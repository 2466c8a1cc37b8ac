"""Work and trouble notices, their reports, and who wants to hear of them."""

from madoguchi.notices.models.destination import ALL_DAYS, ALL_HOURS, Destination, DestinationChange
from madoguchi.notices.models.notice import AffectedContract, Notice, NumberSeries, Window
from madoguchi.notices.models.report import Approval, Report
from madoguchi.notices.models.subscription import CalendarFeed, Digest, OptOut, Subscription
from madoguchi.notices.models.template import ReportTemplate
from madoguchi.notices.models.webhook import Webhook, WebhookCall

__all__ = [
    "ALL_DAYS",
    "ALL_HOURS",
    "AffectedContract",
    "Approval",
    "CalendarFeed",
    "Destination",
    "DestinationChange",
    "Digest",
    "Notice",
    "NumberSeries",
    "OptOut",
    "Report",
    "ReportTemplate",
    "Subscription",
    "Webhook",
    "WebhookCall",
    "Window",
]
