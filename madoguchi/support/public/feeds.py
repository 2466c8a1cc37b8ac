"""The same notices for programs: Atom feeds of reports, calendars of planned work."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.models import Service
from madoguchi.notices import atom, calendar
from madoguchi.notices.models import Notice, Report
from madoguchi.shell import languages
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.templatetags.shell import in_language_plain

LATEST = 50  # reports of a feed
# How long a calendar keeps work that is over: a program that was away for a while still hears how it ended.
KEPT = timedelta(days=90)


@public_page
def notices_atom(request: HttpRequest) -> HttpResponse:
    return _atom(request, _reports(), name=_all(), page=reverse("public:notices"))


@public_page
def service_atom(request: HttpRequest, slug: str) -> HttpResponse:
    service = get_object_or_404(Service, slug=slug)
    reports = _reports().filter(notice__services=service)
    return _atom(request, reports, name=_of(service), page=reverse("public:service", args=[slug]))


@public_page
def notices_calendar(request: HttpRequest) -> HttpResponse:
    return _calendar(_work(), name=_all(), page=reverse("public:notices"))


@public_page
def service_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    service = get_object_or_404(Service, slug=slug)
    work = _work().filter(services=service)
    return _calendar(work, name=_of(service), page=reverse("public:service", args=[slug]))


@public_page
def notice_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """One piece of work, however long ago; trouble has no calendar."""
    work = Notice.objects.published().work().filter(number=number)
    if not work:
        raise Http404
    return _calendar(work, name=number, page=reverse("public:notice", args=[number]))


def _reports() -> QuerySet[Report]:
    return Report.objects.published().filter(notice__withdrawn_at=None)


def _work() -> QuerySet[Notice]:
    return Notice.objects.published().work().filter(windows__ends_at__gt=timezone.now() - KEPT).distinct()


def _atom(request: HttpRequest, reports: QuerySet[Report], *, name: str, page: str) -> HttpResponse:
    shown = list(reports.select_related("notice").prefetch_related("notice__services")[:LATEST])
    text = atom.feed(shown, name=name, path=page, feed_path=request.path)
    return HttpResponse(text, content_type=atom.MEDIA_TYPE)


def _calendar(work: QuerySet[Notice], **about: Any) -> HttpResponse:
    page = f"{settings.SITE_URL}{about.pop('page')}"
    made = calendar.calendar(work.prefetch_related("services", "reports"), url=page, **about)
    return HttpResponse(made, content_type=calendar.MEDIA_TYPE)


def _all() -> str:
    return _("%(operator)s: work and trouble notices") % {"operator": _operator()}


def _of(service: Service) -> str:
    return _("%(operator)s: notices about %(service)s") % {
        "operator": _operator(),
        "service": in_language_plain(service, "name"),
    }


def _operator() -> str:
    return str(settings.OPERATOR[f"name_{languages.current()}"])
