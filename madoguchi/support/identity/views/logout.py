"""``/id/logout/``: by the button alone. Whoever opens the address is shown one, so that no link logs anybody out."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.login import log_out


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        log_out(request)
        return HttpResponseRedirect(reverse("identity:login", query={"left": "1"}))
    if not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("identity:login"))
    return render(request, "identity/logout.html")
