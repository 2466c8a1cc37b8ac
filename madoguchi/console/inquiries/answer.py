"""Answering: the mail is shown as it will arrive, then sent. What is sent is what was shown."""

import hashlib
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_POST

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.inquiries.forms import AnswerForm
from madoguchi.console.inquiries.page import find, page
from madoguchi.inquiries import handle, mail
from madoguchi.inquiries.models import Inquiry


@roles.may_help
@require_POST
def answer(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    inquiry, form = find(inquiry_id), AnswerForm(request.POST)
    if not form.is_valid():
        return page(request, inquiry, answer=form)
    body, seen = form.cleaned_data["body"], form.cleaned_data["seen"]
    if "send" not in request.POST:
        return _preview(request, inquiry, body=body, seen=seen)
    if not constant_time_compare(form.cleaned_data["shown"], _mark(body)):
        return _preview(request, inquiry, body=body, seen=seen, changed=True)
    try:
        with transaction.atomic():
            message = handle.answer(inquiry, body=body, by=cast(Account, request.user), seen=seen)
            audit.record(request, "inquiry.answer", inquiry, number=inquiry.number, message=message.pk)
    except handle.Overtaken as overtaken:
        later = overtaken.messages
        return _preview(request, find(inquiry_id), body=body, seen=later[-1].pk, overtaken=later, status=409)
    except handle.IsClosed:
        return _preview(request, find(inquiry_id), body=body, seen=seen, closed=True, status=409)
    return redirect("console:inquiry", inquiry_id)


def _preview(
    request: HttpRequest, inquiry: Inquiry, *, body: str, seen: int, status: int | None = None, **said: Any
) -> HttpResponse:
    """The page with the mail as it will arrive. ``seen`` stays what the writer of the answer has been shown."""
    form = AnswerForm(initial={"body": body, "seen": seen, "shown": _mark(body)})
    return page(request, inquiry, answer=form, status=status, preview=mail.preview(inquiry, body), **said)


def _mark(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
