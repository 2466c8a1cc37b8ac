"""``/console/customers/``: find a customer ID by its mail address, or a customer by a number. What is typed is sent by
POST and never stands in a link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Registration
from madoguchi.console import roles
from madoguchi.console.customers import look
from madoguchi.console.customers.forms import FindForm
from madoguchi.shell.forms import render_form


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["customer"]:
            return _of_number(request, form)
        found = look.find(request, email=form.cleaned_data["email"], reason=form.cleaned_data["reason"])
        if isinstance(found, Registration):
            return redirect("console:registration", found.pk)
        if found:
            return redirect("console:customer", found.public_id)
        form.add_error("email", _("No customer ID has this email address."))
    return render_form(request, "console/customers/find.html", form)


def _of_number(request: HttpRequest, form: FindForm) -> HttpResponse:
    """To the customer; where a telephone number leads to several, to choose among them."""
    asked = {name: form.cleaned_data[name] for name in ("number", "phone", "reason")}
    found = look.find_customers(request, **asked)
    if len(found) == 1:
        return redirect("console:customer_contracts", found[0].pk)
    if not found:
        form.add_error("customer", _("No customer has this number."))
    return render_form(request, "console/customers/find.html", form, {"found": found})
