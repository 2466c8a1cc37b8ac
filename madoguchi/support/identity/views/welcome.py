"""The first login with a mailbox or a business account: agree to the terms, and the ID is there."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import assurance, first_use
from madoguchi.accounts.first_use import Newcomer
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.shell.languages import current
from madoguchi.support.identity.entrance import admit
from madoguchi.support.identity.views.register import terms_agreed, terms_version


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    newcomer = first_use.waiting(request)
    if newcomer is None:
        return HttpResponseRedirect(reverse("identity:login"))
    if request.method != "POST":
        return render(request, "identity/welcome.html", {"newcomer": newcomer, "terms": terms_version()})
    account = first_use.agree(request, newcomer, terms_version=terms_agreed(request), language=current())
    if account is None:
        return HttpResponseRedirect(reverse("identity:login"))
    return _admitted(request, account, newcomer)


def _admitted(request: HttpRequest, account: Account, newcomer: Newcomer) -> HttpResponse:
    vouched = newcomer.vouched
    return admit(
        request,
        account,
        method=AuthEvent.Method.BUSINESS if vouched else AuthEvent.Method.MAILBOX,
        stay=newcomer.stay,
        onward=newcomer.next,
        detail=assurance.TWO_FACTORS if vouched and vouched.two_factors else "",
        proven_at=vouched.when if vouched else None,
    )
