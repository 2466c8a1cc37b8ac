"""How it stands with one service, or with all, in a few words: for badges and frames on other people's pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from madoguchi.catalog.models import Service
from madoguchi.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Condition:
    """``tone`` as in components/badge.css, ``icon`` of our family: a word, a shape and a colour, never one alone."""

    tone: str
    icon: str
    words: str


def condition_of(notices: Iterable[Notice]) -> Condition:
    """The gravest thing that ``notices`` in force say: trouble, trouble being watched, work under way, or nothing."""
    states = [(notice.kind, notice.state) for notice in notices]
    if wrong := sum(kind == Notice.Kind.TROUBLE and state != Notice.State.MONITORING for kind, state in states):
        return Condition(
            "alert", "trouble", ngettext("Trouble: %(count)s", "Trouble: %(count)s", wrong) % {"count": wrong}
        )
    if (Notice.Kind.TROUBLE, Notice.State.MONITORING) in states:
        return Condition("watch", "eye", pgettext("badge", "Repaired, being watched"))
    if (Notice.Kind.WORK, Notice.State.IN_PROGRESS) in states:
        return Condition("act", "work", pgettext("badge", "Work under way"))
    return Condition("good", "check", _("No trouble reported"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A service (None: all of them) with its notices in force, trouble first, and when that was looked up."""

    service: Service | None
    notices: list[Notice]
    condition: Condition
    checked_at: datetime


def standing(slug: str = "") -> Standing:
    """``slug``: the service's, or empty for all; ``Http404`` when there is none."""
    service = Service.objects.filter(slug=slug).first() if slug else None
    if slug and service is None:
        raise Http404
    notices = Notice.objects.in_force().prefetch_related("windows", "services")
    found = list(notices.of_service(service) if service else notices)
    found.sort(key=lambda notice: notice.kind != Notice.Kind.TROUBLE)
    return Standing(service, found, condition_of(found), timezone.now())
