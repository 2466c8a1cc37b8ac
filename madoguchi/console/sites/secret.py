"""A site's secret, shown once: sealed in the session from the form that made it to the page after it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from madoguchi.console import audit, roles
from madoguchi.lib.tokens import seal, unseal
from madoguchi.provider.models import Site

_KEY = "site_secret"


def keep(request: HttpRequest, site: Site, secret: str) -> None:
    request.session[_KEY] = {"site": site.pk, "sealed": seal(secret).decode("ascii")}


def take(request: HttpRequest, site: Site) -> str:
    """The secret just made for ``site``; empty when it was shown already."""
    kept = request.session.get(_KEY)
    if not kept or kept["site"] != site.pk:
        return ""
    del request.session[_KEY]
    return unseal(kept["sealed"].encode())


@roles.administrators
@require_POST
def renew(request: HttpRequest, client_id: str) -> HttpResponse:
    site = get_object_or_404(Site, client_id=client_id)
    audit.record(request, "site.secret", site)
    keep(request, site, site.new_secret())
    return redirect("console:site", client_id)
