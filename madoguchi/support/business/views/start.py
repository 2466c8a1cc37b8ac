"""Over to the provider: to log in, to prove who is signed in, or to connect a business account."""

from typing import get_args

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from madoguchi.accounts.business import vouching
from madoguchi.accounts.business.refusals import Refused
from madoguchi.accounts.business.vouching import Purpose
from madoguchi.shell.languages import current
from madoguchi.support.business.refused import refused
from madoguchi.support.identity.onward import home, safe_next


@never_cache
@require_GET
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Changes nothing but what this session waits for, so that a link can lead here: a form could not (CSP)."""
    provider = vouching.provider_of(key)
    if provider is None:
        raise Http404
    purpose: Purpose = next((known for known in get_args(Purpose) if known == request.GET.get("for")), "login")
    onward = safe_next(request)
    if request.user.is_authenticated and purpose == "login":
        return HttpResponseRedirect(onward or home(request.user))
    if not request.user.is_authenticated and purpose != "login":
        return HttpResponseRedirect(reverse("identity:login"))
    try:
        return HttpResponseRedirect(vouching.begin(request, provider, purpose=purpose, next=onward, language=current()))
    except Refused as refusal:
        return refused(request, refusal.why, provider)
