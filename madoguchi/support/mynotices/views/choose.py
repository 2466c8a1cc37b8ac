"""D3 to D5: choose which mail of a service, confirm, done."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.catalog.regions import BY_CODE
from madoguchi.contracts.models import Contract
from madoguchi.notices.follow import Wishes, follow, wishes_of
from madoguchi.notices.models import Destination, Subscription
from madoguchi.shell.forms import render_form
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.forms import WishesForm
from madoguchi.support.mynotices.views.access import account_of, agreed

STEPS = [
    pgettext_lazy("step of following a service", "Choose"),
    pgettext_lazy("step of following a service", "Confirm"),
    pgettext_lazy("step of following a service", "Done"),
]
EVERYTHING = Wishes(work=True, trouble=True)


@require_http_methods(["GET", "HEAD", "POST"])
@agreed
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    service, subscription = _service(request, slug)
    wishes = kept.wishes(request, slug) or (wishes_of(subscription) if subscription else EVERYTHING)
    form = WishesForm(request.POST if request.method == "POST" else None, initial=WishesForm.initial_of(wishes))
    if request.method == "POST" and form.is_valid():
        kept.keep_wishes(request, slug, form.wishes())
        return HttpResponseRedirect(reverse("mynotices:confirm", args=[slug]))
    context = {
        "service": service,
        "subscription": subscription,
        "has_contracts": _has_contracts(account_of(request)),
        "limited": bool(form["regions"].value() or form["only_my_contracts"].value()),
        "steps": STEPS,
        "current": 1,
    }
    return render_form(request, "mynotices/choose.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@agreed
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    service, subscription = _service(request, slug)
    wishes = kept.wishes(request, slug)
    if wishes is None:
        return HttpResponseRedirect(reverse("mynotices:choose", args=[slug]))
    if request.method == "POST":
        follow(account_of(request), service=service, wishes=wishes)
        kept.forget_wishes(request)
        return HttpResponseRedirect(reverse("mynotices:done", args=[slug]))
    context = {
        "service": service,
        "subscription": subscription,
        "wishes": wishes,
        "regions": [BY_CODE[code] for code in wishes.regions],
        "destinations": Destination.objects.standing().filter(account=account_of(request)),
        "never": wishes.only_my_contracts and not _has_contracts(account_of(request)),
        "steps": STEPS,
        "current": 2,
    }
    return render(request, "mynotices/confirm.html", context)


@require_safe
@agreed
def done(request: HttpRequest, slug: str) -> HttpResponse:
    service, subscription = _service(request, slug)
    if subscription is None:
        return HttpResponseRedirect(reverse("mynotices:choose", args=[slug]))
    context = {
        "service": service,
        "subscription": subscription,
        "destinations": Destination.objects.standing().filter(account=account_of(request)),
        "steps": STEPS,
        "current": 3,
    }
    return render(request, "mynotices/done.html", context)


def _service(request: HttpRequest, slug: str) -> tuple[Service, Subscription | None]:
    """The service, and how it is followed. A service that has ended is there for its followers only."""
    service = get_object_or_404(Service, slug=slug)
    subscription = Subscription.objects.filter(account=account_of(request), service=service).first()
    if subscription is None and not Service.objects.offered().filter(pk=service.pk).exists():
        raise Http404
    return service, subscription


def _has_contracts(account: Account) -> bool:
    return Contract.objects.visible_to(account).exists()
