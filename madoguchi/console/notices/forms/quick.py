"""A further report on trouble in one small form: the state, the text, when the next one comes."""

from typing import Any

from madoguchi.console.notices.forms.report import Said
from madoguchi.notices import lifecycle


class QuickReportForm(Said):
    field_order = ("state_after", "body_ja", "body_en", "ended_at", "next_report_in", "next_report_due", "notify")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("body_ja", "body_en"):
            self.fields[name].widget.attrs["rows"] = 4
        if all(state in lifecycle.FINAL for state, _label in self.fields["state_after"].choices):  # type: ignore[attr-defined]
            for name in ("next_report_in", "next_report_due"):
                self.fields.pop(name, None)
