"""``/console/tokens/``: which systems of the operator may read and store contracts, and what each did."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.tokens import shown_once
from madoguchi.console.tokens.forms import TokenForm
from madoguchi.contracts.models import OperatorToken
from madoguchi.contracts.models.operator_tokens import issue
from madoguchi.shell.forms import render_form

ACTS_SHOWN = 50


@roles.administrators
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    tokens = OperatorToken.objects.select_related("created_by")
    return render(request, "console/tokens/board.html", {"tokens": tokens})


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return render_form(request, "console/tokens/new.html", form)
    with transaction.atomic():
        token, text = issue(**form.cleaned_data, by=cast(Account, request.user))
        audit.record(request, "token.issue", token, scopes=token.scopes)
    shown_once.keep(request, token, text)
    return redirect("console:token", token.pk)


@roles.administrators
@require_safe
def show(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(OperatorToken.objects.select_related("created_by", "revoked_by"), pk=token_id)
    context = {
        "token": token,
        "text": shown_once.take(request, token) if request.method == "GET" else "",
        "acts": token.acts.all()[:ACTS_SHOWN],
        "acts_all": token.acts.count(),
    }
    return render(request, "console/tokens/page.html", context)


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(OperatorToken, pk=token_id)
    if request.method != "POST":
        return render(request, "console/tokens/revoke.html", {"token": token})
    with transaction.atomic():
        token = OperatorToken.objects.select_for_update().get(pk=token_id)
        if token.revoked_at is None:
            token.revoke(by=cast(Account, request.user))
            audit.record(request, "token.revoke", token)
    return redirect("console:token", token.pk)
