"""A notice and its first report on one page."""

from typing import Any

from django import forms

from madoguchi.console.notices.forms.about import AboutFields
from madoguchi.console.notices.forms.report import ReportForm


class FirstReportForm(AboutFields, ReportForm):
    # Of a page once opened: sent twice, it starts one notice.
    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.mark("title_ja", "services")
