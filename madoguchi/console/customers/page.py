"""``/console/customers/<id>/``: what keeps a customer from logging in, and no more about the person than helps."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from madoguchi.accounts.models import SignIn
from madoguchi.accounts.second_factor import has_passkey, has_totp
from madoguchi.console import roles
from madoguchi.console.customers import look
from madoguchi.console.customers.acts import ACTS, links_of
from madoguchi.console.customers.mail import Mail
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.models import Contract
from madoguchi.contracts.unlocking import locks_of
from madoguchi.lib.addresses import masked

ENTRIES_SHOWN = 20


@roles.may_help
@require_safe
def show(request: HttpRequest, customer: UUID) -> HttpResponse:
    account = look.granted(request, customer)
    if account is None:
        return redirect("console:customers")
    done = AuditEntry.objects.filter(object_type="account", object_key=str(customer)).select_related("actor")
    context = {
        "customer": account,
        "done": ACTS.get(request.GET.get("done", "")),
        "address": masked(account.email),
        "totp": has_totp(account),
        "passkey": has_passkey(account),
        "customers": account.customer_links.select_related("customer").order_by("created_at", "pk"),
        "contracts": Contract.objects.visible_to(account).count(),
        "locks": [(standing, ACTS[standing.lock]) for standing in locks_of(account)],
        "sessions": SignIn.objects.standing(account).count(),
        "resettable": ACTS["password"].possible(account),
        "links": links_of(account),
        "mail": Mail.of(account),
        "entries": done.order_by("-at", "-pk")[:ENTRIES_SHOWN],
    }
    return render(request, "console/customers/page.html", context)
