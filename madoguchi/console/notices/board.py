"""``/console/notices/``: every notice, drafts included, filtered by the address."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.notices.models import Notice

A_PAGE = 50


class Filter(forms.Form):
    show = forms.ChoiceField(
        label=pgettext_lazy("console", "Show"),
        required=False,
        choices=[("", _("All")), ("drafts", _("Drafts")), ("in_force", _("Posted")), ("over", _("Over"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Work and trouble")), *Notice.Kind.choices]
    )
    q = forms.CharField(label=_("Number or title"), required=False, max_length=120)


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
    if words := chosen.get("q"):
        found = found.filter(Q(number__icontains=words) | Q(title_ja__icontains=words) | Q(title_en__icontains=words))
    page_obj = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"filter": wanted, "page_obj": page_obj, "can_write": roles.can_write(request)}
    return render(request, "console/notices/board.html", context)
