"""``/console/tariffs/compare/``: ask for a real month under two versions; what was asked for lately."""

import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.tariffs.version_field import VersionField
from madoguchi.shell.forms import render_form
from madoguchi.statements.closing.months import stored_months
from madoguchi.statements.models import TariffComparison, TariffVersion
from madoguchi.statements.rating import month_before
from madoguchi.statements.tariffs import comparing

A_PAGE = 30
TEMPLATE = "console/tariffs/compare.html"


class CompareForm(forms.Form):
    first = VersionField(
        label=gettext_lazy("Version before"),
        error_messages={"required": gettext_lazy("Please choose a version.")},
    )
    second = VersionField(
        label=gettext_lazy("Version after"),
        error_messages={"required": gettext_lazy("Please choose a version.")},
    )
    month = forms.ChoiceField(
        label=gettext_lazy("Calls of the month"), error_messages={"required": gettext_lazy("Please choose a month.")}
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        today = timezone.localdate()
        months = [f"{month:%Y-%m}" for month in reversed(stored_months()) if month <= today]
        self.fields["month"].choices = [(month, month) for month in months]  # type: ignore[attr-defined]  # fields are typed as their base

    def clean(self) -> dict[str, Any]:
        first, second = self.cleaned_data.get("first"), self.cleaned_data.get("second")
        if first and first == second:
            raise ValidationError({"second": _("Please choose a version other than the one before.")})
        if first and second and not set(first.usage_kinds) & set(second.usage_kinds):
            raise ValidationError({"second": _("The two versions are for different kinds of contract.")})
        return self.cleaned_data


@roles.may_look
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and not roles.can_bill(request):
        raise PermissionDenied
    form = CompareForm(request.POST if request.method == "POST" else None, initial=_wanted(request))
    if not (form.is_bound and form.is_valid()):
        asked = TariffComparison.objects.select_related("asked_by")
        page_obj = Paginator(asked, A_PAGE).get_page(request.GET.get("page"))
        context = {
            "page_obj": page_obj,
            "moving": any(one.moves for one in page_obj),
            "can_bill": roles.can_bill(request),
        }
        return render_form(request, TEMPLATE, form, context)
    entered = form.cleaned_data
    return ask(
        request,
        entered["first"],
        entered["second"],
        month=date.fromisoformat(f"{entered['month']}-01"),
        key=entered["key"] or uuid.uuid4(),
    )


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: last month, and the version that the address names."""
    named = request.GET.get("second", "")
    return {
        "month": f"{month_before(timezone.localdate(), 1):%Y-%m}",
        "second": named if named.isascii() and named.isdigit() else None,
        "key": uuid.uuid4(),
    }


def ask(
    request: HttpRequest, first: TariffVersion, second: TariffVersion, *, month: date, key: uuid.UUID
) -> HttpResponse:
    """Have it worked out, and show how far that is; what is under way or was asked by this form is not asked twice."""
    with transaction.atomic():
        by = cast(Account, request.user)
        asked, is_new = comparing.begin(first, second, month=month, by=by, key=key)
        if is_new:
            detail = {"first": asked.first_name, "second": asked.second_name, "month": f"{month:%Y-%m}"}
            audit.record(request, "tariff.compare", asked, **detail)
    return redirect("console:tariff_comparison", asked.pk)
