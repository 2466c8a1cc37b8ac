"""Work and trouble notices, their reports, and who wants to hear of them."""

from madoguchi.notices.models.notice import AffectedContract, Notice, NumberSeries, Window
from madoguchi.notices.models.report import Report
from madoguchi.notices.models.subscription import ALL_DAYS, ALL_HOURS, Destination, OptOut, Subscription

__all__ = [
    "ALL_DAYS",
    "ALL_HOURS",
    "AffectedContract",
    "Destination",
    "Notice",
    "NumberSeries",
    "OptOut",
    "Report",
    "Subscription",
    "Window",
]
