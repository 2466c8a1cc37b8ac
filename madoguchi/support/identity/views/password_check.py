"""The live check list's question to the server: is this password easily guessed? Answers with the reasons."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from madoguchi.accounts import limits, passwords
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.network import source_network
from madoguchi.accounts.reset import account_of, waiting_reset
from madoguchi.support.identity.refusals import patient

_LONGEST = 128


@never_cache
@sensitive_post_parameters()
@require_POST
@patient
def password_check(request: HttpRequest) -> HttpResponse:
    """A list of reasons, empty where there are none. Nothing typed is kept, and no ID is looked up by it."""
    limits.take(limits.PASSWORD_CHECK, source_network(request))
    reasons: list[str] = []
    password = request.POST.get("password", "")[:_LONGEST]
    try:
        if password:  # of nothing the estimator knows no estimate
            passwords.check_guessable(password, _owner(request))
    except ValidationError as refused:
        reasons = refused.messages
    return render(request, "identity/password_reasons.html", {"reasons": reasons})


def _owner(request: HttpRequest) -> passwords.Owner:
    """Who is signed in, else whom the link in hand belongs to, else what stands in the form."""
    if request.user.is_authenticated:
        return passwords.owner_of(request.user)
    if link := request.POST.get("link"):
        try:
            return passwords.owner_of(account_of(waiting_reset(link)))
        except LinkDead:
            return passwords.Owner()
    names = (request.POST.get(name, "")[:60] for name in ("family_name_kana", "given_name_kana"))
    return passwords.Owner(email=request.POST.get("email", "")[:254], names=tuple(names))
