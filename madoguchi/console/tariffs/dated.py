"""``/console/tariffs/dated/``: the incoming-call discount, fees per number, tax rates, prices of messages and what
plans include of data, each from a month on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.dated_forms import DatedForm, DiscountForm, FeeForm, TaxForm
from madoguchi.console.tariffs.usage_forms import AllowanceForm, MessageForm
from madoguchi.shell.forms import render_form
from madoguchi.statements.models import DataAllowance, IncomingCallDiscount, MessagePrice, NumberFee, TaxRate

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Kind:
    model: type[Model]
    form: type[DatedForm]
    add: str | Promise
    change: str | Promise


KINDS = {
    "discount": Kind(
        IncomingCallDiscount, DiscountForm, _("Add a discount from a month on"), _("Change a discount to come")
    ),
    "fee": Kind(NumberFee, FeeForm, _("Add a fee from a month on"), _("Change a fee to come")),
    "tax": Kind(TaxRate, TaxForm, _("Add a tax rate from a month on"), _("Change a tax rate to come")),
    "message": Kind(
        *(MessagePrice, MessageForm),
        *(_("Add a price of messages from a month on"), _("Change a price of messages to come")),
    ),
    "allowance": Kind(
        *(DataAllowance, AllowanceForm),
        *(_("Add what a plan includes from a month on"), _("Change what a plan will include")),
    ),
}


def this_month() -> date:
    """Rows of earlier months are what bills were made of: none is added, changed or taken away."""
    return timezone.localdate().replace(day=1)


@roles.may_look
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    context = {
        "discounts": IncomingCallDiscount.objects.order_by("name_ja", "-valid_from", "-pk"),
        "fees": NumberFee.objects.order_by("code", "-valid_from"),
        "taxes": TaxRate.objects.order_by("tax", "-valid_from"),
        "messages_prices": MessagePrice.objects.order_by("prefix", "-valid_from"),
        "allowances": DataAllowance.objects.select_related("service").order_by("service__slug", "plan", "-valid_from"),
        "this_month": this_month(),
        "can_bill": roles.can_bill(request),
    }
    return render(request, "console/tariffs/dated.html", context)


def _kind(what: str) -> Kind:
    if what not in KINDS:
        raise Http404
    return KINDS[what]


@roles.may_bill
@require_http_methods(METHODS)
def new(request: HttpRequest, what: str) -> HttpResponse:
    """Begins from the row that the address names, if there is one."""
    kind = _kind(what)
    asked = request.GET.get("from", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 9
    like = kind.model._default_manager.filter(pk=asked).first() if known else None
    initial = kind.form.of(like) if like else kind.form.usual()
    return _edit(request, what, None, {**initial, "valid_from": None})


@roles.may_bill
@require_http_methods(METHODS)
def change(request: HttpRequest, what: str, row_id: int) -> HttpResponse:
    kind = _kind(what)
    row: Any = get_object_or_404(kind.model, pk=row_id)
    if kind.form.stays(row, this_month=this_month()):
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        with transaction.atomic():
            audit.record(request, f"{what}.remove", row, row=_said(kind.form.of(row)))
            row.delete()
        return redirect("console:tariff_dated")
    return _edit(request, what, row, kind.form.of(row))


def _edit(request: HttpRequest, what: str, row: Any, initial: dict[str, Any]) -> HttpResponse:
    kind = KINDS[what]
    form = kind.form(
        request.POST if request.method == "POST" else None, row=row, earliest=this_month(), initial=initial
    )
    if not (form.is_bound and form.is_valid()):
        context = {"row": row, "heading": kind.change if row else kind.add}
        return render_form(request, "console/tariffs/dated_row.html", form, context)
    with transaction.atomic():
        saved = row or kind.model()
        for name, value in form.values().items():
            setattr(saved, name, value)
        saved.save()
        before = _said(initial) if row else {}
        audit.record(
            request, f"{what}.{'change' if row else 'add'}", saved, before=before, row=_said(kind.form.of(saved))
        )
    return redirect("console:tariff_dated")


def _said(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
