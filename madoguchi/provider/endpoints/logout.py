"""``/oidc/logout``: a site asks that its customer be logged out here. Leads to the page of the customer's session."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from madoguchi.provider import leaving
from madoguchi.provider.endpoints.authorize import language_of, refused
from madoguchi.provider.protocol import BadRequest
from madoguchi.shell.languages import in_language


@never_cache
@csrf_exempt  # a site's form may lead here; nothing is changed before the next page
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    given = (request.GET if request.method == "GET" else request.POST).dict()
    try:
        leave = leaving.read({name: str(value) for name, value in given.items()})
    except BadRequest:
        return refused(request)
    page = reverse("sites:leave", query={"ask": leaving.sealed(leave)})
    language = language_of(request, str(given.get("ui_locales", "")))
    # A form from another site comes without our cookies; the page it is sent on to gets them.
    return HttpResponseRedirect(in_language(page, language), status=303)
