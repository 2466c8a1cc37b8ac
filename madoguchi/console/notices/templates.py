"""``/console/templates/``: words prepared by day. Writers keep them, and start reports from them."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.console import audit, roles
from madoguchi.console.notices.forms.template import TemplateForm
from madoguchi.notices import lifecycle
from madoguchi.notices.models import ReportTemplate
from madoguchi.shell.forms import render_form

_IS_ID = re.compile(r"[0-9]{1,9}")
EDIT = "console/notices/template_edit.html"
# What a template gives a report's form.
_GIVES = (
    *("state_after", "impact", "severity", "title_ja", "title_en", "body_ja", "body_en"),
    *("emergency_calls_ja", "emergency_calls_en", "alternatives_ja", "alternatives_en"),
)


class Filter(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Work and trouble")), *lifecycle.Kind.choices]
    )
    q = forms.CharField(label=_("Name or text"), required=False, max_length=120)


@roles.may_write
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    wanted = Filter(request.GET, auto_id="filter_%s")
    chosen = wanted.cleaned_data if wanted.is_valid() else {}
    found = ReportTemplate.objects.order_by("kind", "order", "name_ja")
    if kind := chosen.get("kind"):
        found = found.filter(kind=kind)
    if words := chosen.get("q"):
        places = ("name_ja", "name_en", "title_ja", "title_en", "body_ja", "body_en")
        found = found.filter(Q(*((f"{place}__icontains", words) for place in places), _connector=Q.OR))
    context = {
        "filter": wanted,
        "found": found,
        "saved": _saved(request.GET.get("saved", "")),
        "firsts": {pk for kind in lifecycle.Kind for pk in first(kind).values_list("pk", flat=True)},
    }
    return render(request, "console/notices/templates.html", context)


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "trouble")
    if kind not in lifecycle.Kind:
        raise Http404
    return _edit(request, ReportTemplate(kind=kind), act="template.add")


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(ReportTemplate, pk=template_id), act="template.edit")


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, template_id: int) -> HttpResponse:
    template = ReportTemplate.objects.filter(pk=template_id).first()
    if request.method != "POST":
        if template is None:
            raise Http404
        return render(request, "console/notices/template_remove.html", {"template": template})
    # Pressed twice, or somebody else was faster: it is gone, and that is what was wanted.
    if template is not None:
        with transaction.atomic():
            audit.record(request, "template.remove", template, name=template.name_ja)
            template.delete()
    return redirect("console:templates")


def _saved(typed: str) -> ReportTemplate | None:
    """The template whose form was just sent, to say so."""
    return ReportTemplate.objects.filter(pk=typed).first() if _IS_ID.fullmatch(typed) else None


def offered(kind: str, *, states: Sequence[lifecycle.State]) -> QuerySet[ReportTemplate]:
    """The templates a report of ``kind`` can start from when one of ``states`` may follow."""
    return ReportTemplate.objects.filter(kind=kind, state_after__in=states)


def first(kind: str) -> QuerySet[ReportTemplate]:
    """Those a notice can start from: with a title, and of a state it can begin with."""
    states = lifecycle.next_states(kind=kind, state=lifecycle.State.DRAFT)
    return offered(kind, states=states).exclude(title_ja="")


def given(request: HttpRequest, kind: str, *, states: Sequence[lifecycle.State]) -> dict[str, Any]:
    """What the template chosen by ``?template=`` gives a form; nothing where none is chosen or it does not fit."""
    wanted = request.GET.get("template", "")
    if not _IS_ID.fullmatch(wanted):
        return {}
    template = offered(kind, states=states).filter(pk=wanted).first()
    return {name: getattr(template, name) for name in _GIVES} if template else {}


def _edit(request: HttpRequest, template: ReportTemplate, *, act: str) -> HttpResponse:
    form = TemplateForm(request.POST or None, instance=template)
    if request.method == "POST" and form.is_valid():
        if form.has_changed() or template.pk is None:
            with transaction.atomic():
                form.save()
                audit.record(request, act, template, name=template.name_ja)
        return redirect(f"{reverse('console:templates')}?saved={template.pk}")
    return render_form(request, EDIT, form, {"template": template, "kind": template.kind})
