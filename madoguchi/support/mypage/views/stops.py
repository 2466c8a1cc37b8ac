"""The pages that say until when an ID's phone verification rests."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.contracts import passcodes, phone_entry
from madoguchi.contracts.sessions import account_of
from madoguchi.support.mypage.refusals import full_minute
from madoguchi.support.mypage.walk import Walk


def stopped(request: HttpRequest, walk: Walk) -> HttpResponse | None:
    """The page that says so, if it does."""
    account = account_of(request)
    if until := phone_entry.locked_until(account):
        return locked(request, walk, until)
    if until := passcodes.paused_until(account):
        return paused(request, walk, until)
    return None


def locked(request: HttpRequest, walk: Walk, until: datetime) -> HttpResponse:
    return render(request, "mypage/verify_locked.html", {"until": full_minute(until), "walk": walk}, status=429)


def paused(request: HttpRequest, walk: Walk, until: datetime) -> HttpResponse:
    return render(request, "mypage/verify_paused.html", {"until": full_minute(until), "walk": walk}, status=429)
