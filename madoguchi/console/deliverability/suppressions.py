"""``/console/deliverability/suppressions/``: the addresses that are not written to.

Whole addresses are typed and sent in a form; what is shown of others is enough for somebody who knows the address.
"""

from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.customers.forms import ReasonField
from madoguchi.delivery.models import Suppression
from madoguchi.delivery.returns import figures, suppression
from madoguchi.shell.address_field import AddressField
from madoguchi.shell.forms import render_form

A_PAGE = 50


class AddressOrDomainField(AddressField):
    """A whole address, or ``@`` and a domain."""

    def clean(self, value: Any) -> Any:
        typed = str(forms.CharField.clean(self, value)).lower()
        return typed if typed.startswith("@") else super().clean(value)


class SearchForm(forms.Form):
    q = AddressOrDomainField(
        autocomplete="off",
        label=gettext_lazy("Whole address, or @ and a domain"),
        error_messages={"required": gettext_lazy("Please enter the email address.")},
    )


class AddForm(forms.Form):
    address = AddressField(
        autocomplete="off",
        label=gettext_lazy("Email address"),
        error_messages={"required": gettext_lazy("Please enter the email address.")},
    )
    reason = ReasonField()


class LiftForm(forms.Form):
    reason = ReasonField()


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def suppressions(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST if request.method == "POST" else None)
    wanted = form.cleaned_data["q"] if form.is_valid() else ""
    # Of one that is looked for, former times are shown too: somebody asks why mail stopped.
    found = figures.suppressions(search=wanted, lifted=bool(wanted))
    context = {"page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")), "wanted": wanted}
    return render_form(request, "console/deliverability/suppressions.html", form, context)


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = AddForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            row = suppression.add(
                form.cleaned_data["address"],
                Suppression.Reason.OPERATOR,
                note=form.cleaned_data["reason"][:200],
                by=cast(Account, request.user).email,
            )
            audit.record(request, "suppression.add", row, reason=form.cleaned_data["reason"])
        return redirect("console:suppressions")
    return render_form(request, "console/deliverability/add.html", form)


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest, suppression_id: int) -> HttpResponse:
    row = get_object_or_404(Suppression, pk=suppression_id)
    if row.until is not None:
        # Pressed twice, or somebody else was faster.
        return redirect("console:suppressions")
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            reason = form.cleaned_data["reason"]
            suppression.lift(row.address, by=cast(Account, request.user).email, note=reason)
            audit.record(request, "suppression.lift", row, reason=reason)
        return redirect("console:suppressions")
    return render_form(request, "console/deliverability/lift.html", form, {"row": row})
