"""D6: delete a service from mine, and undo that on the next page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.catalog.models import Service
from madoguchi.notices.follow import follow, unfollow
from madoguchi.notices.models import Subscription
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.views.access import account_of, agreed


@require_http_methods(["GET", "HEAD", "POST"])
@agreed
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    mine = Subscription.objects.select_related("service").filter(account=account_of(request))
    subscription = get_object_or_404(mine, service__slug=slug)
    if request.method == "POST":
        kept.keep_deleted(request, slug, unfollow(subscription))
        return HttpResponseRedirect(reverse("mynotices:table"))
    return render(request, "mynotices/delete.html", {"subscription": subscription, "service": subscription.service})


@require_POST
@agreed
def undo(request: HttpRequest) -> HttpResponse:
    if deleted := kept.deleted(request):
        slug, wishes = deleted
        follow(account_of(request), service=get_object_or_404(Service, slug=slug), wishes=wishes)
        kept.forget_deleted(request)
        kept.say(request, "undone")
    return HttpResponseRedirect(reverse("mynotices:table"))
