"""``/console/notices/``: every notice, drafts included, filtered by the address."""

from functools import reduce
from operator import or_

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.mailings.told import stopped
from madoguchi.console.notices.watch import Watch
from madoguchi.notices import lifecycle
from madoguchi.notices.models import Notice

A_PAGE = 50


def _states() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """The states by kind, in their usual order."""
    return [
        (
            kind.label,
            [
                (state, lifecycle.State(state).label)
                for state in lifecycle.MOVES[kind]
                if state != lifecycle.State.DRAFT
            ],
        )
        for kind in lifecycle.Kind
    ]


class Filter(forms.Form):
    show = forms.ChoiceField(
        label=pgettext_lazy("console", "Show"),
        required=False,
        choices=[("", _("All")), ("drafts", _("Drafts")), ("in_force", _("Posted")), ("over", _("Over"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Work and trouble")), *Notice.Kind.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any state")), *_states()])
    q = forms.CharField(label=_("Number, title or text"), required=False, max_length=120)


@roles.may_look
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    wanted = Filter(request.GET, auto_id="filter_%s")
    chosen = wanted.cleaned_data if wanted.is_valid() else {}
    found = Notice.objects.prefetch_related("services", "reports").order_by("-created_at", "-pk")
    match chosen.get("show"):
        case "drafts":
            found = found.filter(number__isnull=True)
        case "in_force":
            found = found.filter(pk__in=Notice.objects.in_force().values("pk"))
        case "over":
            found = found.filter(number__isnull=False).exclude(pk__in=Notice.objects.in_force().values("pk"))
    if kind := chosen.get("kind"):
        found = found.filter(kind=kind)
    if state := chosen.get("state"):
        found = found.filter(state=state)
    if words := chosen.get("q"):
        found = found.filter(_says(words)).distinct()
    page_obj = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": wanted,
        "page_obj": page_obj,
        # Who looks for something wants the list alone.
        "watch": None if set(request.GET) - {"page"} else Watch.now(),
        "stopped": stopped(),
        "can_write": roles.can_write(request),
    }
    return render(request, "console/notices/board.html", context)


def _says(words: str) -> Q:
    """In the number, the operator's own reference, a title, or a report's text."""
    places = ("number", "external_reference", "title_ja", "title_en", "reports__body_ja", "reports__body_en")
    return reduce(or_, (Q(**{f"{place}__icontains": words}) for place in places))
