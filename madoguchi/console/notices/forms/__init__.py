"""What staff type about a notice and in a report. A draft may be incomplete: only checking asks for everything."""

from madoguchi.console.notices.forms.first import FirstReportForm
from madoguchi.console.notices.forms.quick import QuickReportForm
from madoguchi.console.notices.forms.report import ReportForm
from madoguchi.console.notices.forms.typed import asks_for_more, retyped, submitted, typed_notice, typed_report

__all__ = [
    "FirstReportForm",
    "QuickReportForm",
    "ReportForm",
    "asks_for_more",
    "retyped",
    "submitted",
    "typed_notice",
    "typed_report",
]
