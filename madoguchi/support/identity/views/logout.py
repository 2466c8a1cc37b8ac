from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.accounts.login import log_out


@never_cache
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    log_out(request)
    return HttpResponseRedirect(reverse("identity:login", query={"left": "1"}))
