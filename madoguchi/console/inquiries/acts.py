"""Taking an inquiry, giving it to somebody, leaving a note, closing and opening again; each with its audit entry."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.inquiries.forms import AssignForm, NoteForm
from madoguchi.console.inquiries.page import find, page
from madoguchi.inquiries import handle


@roles.may_help
@require_POST
def assign(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """To who is chosen; with ``mine`` to who presses."""
    inquiry, form = find(inquiry_id), AssignForm(request.POST)
    if not form.is_valid():
        return page(request, inquiry, assign=form)
    to = cast(Account, request.user) if "mine" in request.POST else form.cleaned_data["to"]
    try:
        with transaction.atomic():
            handle.assign(inquiry, to=to, instead_of=form.cleaned_data["instead_of"])
            whom = str(to.public_id) if to else ""
            audit.record(request, "inquiry.assign", inquiry, number=inquiry.number, to=whom)
    except handle.Taken:
        return page(request, find(inquiry_id), status=409, taken=True)
    except handle.IsClosed:
        return page(request, find(inquiry_id), status=409, closed=True)
    return redirect("console:inquiry", inquiry_id)


@roles.may_help
@require_POST
def note(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    inquiry, form = find(inquiry_id), NoteForm(request.POST)
    if not form.is_valid():
        return page(request, inquiry, note=form)
    with transaction.atomic():
        message = handle.note(inquiry, body=form.cleaned_data["note"], by=cast(Account, request.user))
        audit.record(request, "inquiry.note", inquiry, number=inquiry.number, message=message.pk)
    return redirect("console:inquiry", inquiry_id)


@roles.may_help
@require_POST
def state(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """``act`` is ``close`` or ``reopen``; anything else does nothing."""
    inquiry = find(inquiry_id)
    act = {"close": handle.close, "reopen": handle.reopen}.get(request.POST.get("act", ""))
    if act is None:
        return redirect("console:inquiry", inquiry_id)
    try:
        with transaction.atomic():
            act(inquiry)
            audit.record(request, f"inquiry.{act.__name__}", inquiry, number=inquiry.number)
    except handle.IsClosed:
        return page(request, find(inquiry_id), status=409, closed=True)
    return redirect("console:inquiry", inquiry_id)
