"""``/faq/<id>/``: a question with its answer, and "did this help?".

The page is the same for everybody and read without a cookie, so its form has no CSRF token and the press needs none:
it adds one to a counter, for whoever sends it, and touches nobody's session. What a token would keep off is kept off
by other means: a press sent from another site is refused where the browser says so (``Sec-Fetch-Site``), and one
network with one browser counts once a day for a question (:data:`PRESS`), so a press made by somebody else's page
could at most stand in for the visitor's own.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madoguchi.accounts import limits
from madoguchi.accounts.network import source_network
from madoguchi.catalog.models import Question
from madoguchi.shell.cacheable import public_page

RELATED = 5
# One visitor, as far as that can be told without a cookie; and what a whole network may add to one question.
PRESS = limits.Limit("helpful press", 1, timedelta(days=1))
PRESSES_OF_A_NETWORK = limits.Limit("helpful presses of a network", 50, timedelta(days=1))


def _published(number: int) -> Question:
    questions = Question.objects.published().select_related("category").prefetch_related("services")
    return get_object_or_404(questions, pk=number)


@public_page
def question(request: HttpRequest, number: int) -> HttpResponse:
    shown = _published(number)
    related = Question.objects.published().related_to(shown)[:RELATED]
    return render(request, "public/question.html", {"question": shown, "related": related})


@csrf_exempt
@never_cache
@require_POST
def helpful(request: HttpRequest, number: int) -> HttpResponse:
    """Count the press and say thanks. A press that counts no more is thanked like the first."""
    shown = _published(number)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise PermissionDenied
    answer = request.POST.get("helped", "")
    if answer not in ("yes", "no"):
        return HttpResponseRedirect(reverse("public:question", args=[number]))
    network = source_network(request)
    try:
        limits.take(PRESSES_OF_A_NETWORK, f"{number} {network}")
        limits.take(PRESS, f"{number} {network} {request.headers.get('User-Agent', '')}")
    except limits.TooMany:
        pass
    else:
        shown.count(helped=answer == "yes")
    return HttpResponseRedirect(reverse("public:question_thanks", args=[number, answer]), status=303)


@public_page
def thanks(request: HttpRequest, number: int, answer: str) -> HttpResponse:
    if answer not in ("yes", "no"):
        raise Http404
    shown = _published(number)
    related = Question.objects.published().related_to(shown)[:RELATED]
    context = {"question": shown, "related": related, "helped": answer == "yes"}
    return render(request, "public/question_thanks.html", context)
