"""``/console/customers/registrations/<key>/``: an ID that is not there yet, because its mail did not arrive."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import register
from madoguchi.accounts.models import Registration
from madoguchi.console import audit, roles
from madoguchi.console.customers import look
from madoguchi.console.customers.acts import done
from madoguchi.console.customers.forms import ActForm
from madoguchi.delivery.models import Letter
from madoguchi.delivery.returns import suppression
from madoguchi.lib.addresses import masked
from madoguchi.shell.forms import render_form


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, key: int) -> HttpResponse:
    """What became of the mail; with a reason another one goes out, and its page follows."""
    waits = look.granted_registration(request, key)
    if waits is None:
        return redirect("console:customers")
    form = ActForm(request.POST if request.method == "POST" else None)
    sent: list[Registration] = []
    try:
        before = audit.last("registration.send_again", waits)
        again = partial(_again, request, waits)
        if form.is_valid() and done(form, lambda: sent.append(again(form.cleaned_data["reason"])), before=before):
            return redirect(reverse("console:registration", args=[sent[0].pk], query={"done": "sent"}))
    except ValueError:  # it ended at this very moment
        return redirect("console:customers")
    letter = Letter.objects.filter(mailing__renderer="accounts.registration", mailing__reference=str(waits.pk)).first()
    context = {
        "registration": waits,
        "address": masked(waits.email),
        "letter": letter,
        "sent": request.GET.get("done") == "sent",
        "suppressed": suppression.standing(waits.email),
    }
    return render_form(request, "console/customers/registration.html", form, context)


def _again(request: HttpRequest, waits: Registration, reason: str) -> Registration:
    again = register.send_again(waits)
    audit.record(request, "registration.send_again", again, reason=reason, former=waits.pk)
    return again
