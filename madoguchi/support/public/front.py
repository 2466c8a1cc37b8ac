"""``/``, ``/personal/`` and ``/business/``: first whether something is wrong now, then the way to a service."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from madoguchi.catalog.models import Category, Service
from madoguchi.notices.models import Notice
from madoguchi.shell.cacheable import public_page

# So many of each kind; the rest is one link away.
TROUBLE_SHOWN, WORK_SHOWN = 6, 4
AUDIENCES = {"individuals": "for_individuals", "companies": "for_companies"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something is wrong now, counted over the notices in force."""

    trouble: list[Notice]
    work: list[Notice]

    @property
    def tone(self) -> str:
        """``good``: nothing wrong; ``watch``: repaired, being watched; ``alert``: something is wrong."""
        if self.wrong:
            return "alert"
        return "watch" if self.trouble else "good"

    @property
    def unrepaired(self) -> list[Notice]:
        return [notice for notice in self.trouble if notice.state != Notice.State.MONITORING]

    @property
    def wrong(self) -> int:
        """Troubles that are not repaired yet."""
        return len(self.unrepaired)

    @property
    def services(self) -> list[Service]:
        """What is wrong with, each once, in the order of the troubles."""
        return list({service.pk: service for notice in self.unrepaired for service in notice.services.all()}.values())

    @property
    def since(self) -> datetime | None:
        """When the first of what is wrong now began."""
        return min((notice.started_at for notice in self.unrepaired if notice.started_at), default=None)

    @property
    def watched(self) -> int:
        """Troubles that are repaired and still posted, being watched."""
        return len(self.trouble) - self.wrong

    @property
    def under_way(self) -> int:
        return sum(notice.state == Notice.State.IN_PROGRESS for notice in self.work)

    @property
    def to_come(self) -> int:
        return len(self.work) - self.under_way


def answer_for(audience: str) -> Answer:
    """The notices in force for ``audience`` (a key of ``AUDIENCES``, or empty for everybody)."""
    notices = Notice.objects.in_force().prefetch_related("services", "windows")
    found = [notice for notice in notices if not audience or _concerns(notice, audience)]
    return Answer(
        trouble=sorted((notice for notice in found if notice.kind == Notice.Kind.TROUBLE), key=_gravest),
        work=sorted((notice for notice in found if notice.kind == Notice.Kind.WORK), key=_begins),
    )


def _gravest(notice: Notice) -> tuple[bool, bool]:
    """Critical before normal, and what is repaired last; the newest report first among equals."""
    return notice.state == Notice.State.MONITORING, notice.severity != Notice.Severity.CRITICAL


def _begins(notice: Notice) -> tuple[bool, datetime]:
    """Work under way first, then what begins next."""
    starts = [window.starts_at for window in notice.windows.all() if not window.spare]
    return notice.state != Notice.State.IN_PROGRESS, min(starts, default=timezone.now())


def _concerns(notice: Notice, audience: str) -> bool:
    return any(getattr(service, AUDIENCES[audience]) for service in notice.services.all())


def _page(request: HttpRequest, audience: str) -> HttpResponse:
    answer = answer_for(audience)
    offered = Service.objects.offered().filter(category=OuterRef("pk"))
    if audience:
        offered = offered.filter(**{AUDIENCES[audience]: True})
    context = {
        "audience": audience,
        "answer": answer,
        "checked_at": timezone.now(),
        "trouble": answer.trouble[:TROUBLE_SHOWN],
        "work": answer.work[:WORK_SHOWN],
        "in_force": len(answer.trouble) + len(answer.work),
        "more": len(answer.trouble) > TROUBLE_SHOWN or len(answer.work) > WORK_SHOWN,
        "categories": Category.objects.filter(Exists(offered)),
    }
    return render(request, "public/front.html", context)


@public_page
def front(request: HttpRequest) -> HttpResponse:
    return _page(request, "")


@public_page
def personal(request: HttpRequest) -> HttpResponse:
    return _page(request, "individuals")


@public_page
def business(request: HttpRequest) -> HttpResponse:
    return _page(request, "companies")
