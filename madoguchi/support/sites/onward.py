"""Going on to another site from a page of ours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.provider.models import Site


def let_form_lead_to(response: HttpResponse, origins: list[str]) -> HttpResponse:
    """Let the answer to this page's form be a redirect to ``origins``.

    ``form-action`` holds for the whole chain of redirects after a form (Chromium), so a page whose form ends at
    another site names that site; no other page does.
    """
    response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response


def pass_on(request: HttpRequest, site: Site, address: str) -> HttpResponse:
    """A page that goes on to ``address`` by itself.

    For where a form of another page of ours (logging in, proving it again) began the way here: a redirect would
    break that page's ``form-action``, and it cannot name every site there is.
    """
    response = render(request, "sites/onward.html", {"site": site, "address": address})
    response["Referrer-Policy"] = "no-referrer"
    return response
