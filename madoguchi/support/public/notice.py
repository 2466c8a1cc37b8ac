"""``/notices/<number>/``: one notice with every report, newest first; of a withdrawn one only that, and why."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from madoguchi.notices.models import Notice
from madoguchi.shell import languages
from madoguchi.shell.cacheable import public_page
from madoguchi.support.public.changes import Change, changes_of


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the page shows it. ``other_language``: its text is not in the reader's."""

    report: object
    changes: list[Change]
    other_language: bool


@public_page
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Withdrawn, the page answers 200 all the same: it says something, and has to stay up like the others."""
    found = Notice.objects.published().prefetch_related("services", "windows", "reports")
    shown = get_object_or_404(found, number=number)
    if shown.withdrawn_at:
        unsaid = not getattr(shown, f"withdrawn_reason_{languages.current()}")
        return render(request, "public/notice_withdrawn.html", {"notice": shown, "other_language": unsaid})
    return render(request, "public/notice.html", context_of(shown))


def context_of(shown: Notice) -> dict[str, Any]:
    """What the page of a notice shows, in the language in force."""
    due = shown.next_report_due if shown.is_in_force else None
    return {
        "notice": shown,
        "reports": [
            Told(report, changes_of(report), not getattr(report, f"body_{languages.current()}"))
            for report in shown.published_reports
        ],
        "some_contracts": shown.affected_contracts.exists(),
        "next_report_due": due,
        "overdue": due is not None and due < timezone.now(),
        "address": f"{settings.SITE_URL}{reverse('public:notice', args=[shown.number])}",
    }
