"""The corner of the header that differs from person to person, fetched by itself so that public pages can be kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def corner(request: HttpRequest) -> HttpResponse:
    response = render(request, "shell/corner.html")
    if request.user.is_authenticated:
        # Other parts of a public page that differ from person to person wait for this event, so that a rush of
        # strangers asks for none of them.
        response["HX-Trigger"] = "signed-in"
    return response
