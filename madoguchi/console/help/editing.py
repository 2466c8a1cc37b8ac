"""Saving what is kept in versions from the console: preview, save, and what a second writer is told."""

from collections.abc import Callable
from typing import Any, cast

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from madoguchi.accounts.models import Account
from madoguchi.catalog.edit import StaleText, latest_version
from madoguchi.catalog.models import Category, Guide, Question, Service
from madoguchi.console import audit
from madoguchi.console.help.differences import differences
from madoguchi.shell.forms import render_form

VERSIONS_A_PAGE = 20
Kept = Question | Guide | Service | Category
Saver = Callable[[], Kept]


def asked_version(request: HttpRequest, text: Kept) -> dict[str, Any] | None:
    """The content of the version that the address asks to begin from, if there is one."""
    number = request.GET.get("version", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    version = text.versions.filter(number=int(number)).first()
    return version.content if version else None


def _history(request: HttpRequest, text: Kept, form: Any) -> dict[str, Any]:
    """A page of its versions, newest first, each with what it changed; the first version has nothing before it."""
    page = Paginator(text.versions.select_related("by").order_by("-number"), VERSIONS_A_PAGE).get_page(
        request.GET.get("page")
    )
    numbers = [version.number - 1 for version in page]
    before = {version.number: version.content for version in text.versions.filter(number__in=numbers)}
    return {
        "page_obj": page,
        "versions": [
            (version, differences(before[version.number - 1], version.content, form=form))
            if version.number - 1 in before
            else (version, [])
            for version in page
        ],
        "latest": latest_version(text),
    }


def save(request: HttpRequest, text: Kept | None, saver: Saver, *, act: str) -> Kept:
    """Save and note in the audit log what was saved, by its version; raises :class:`StaleText`."""
    with transaction.atomic():
        saved = saver()
        audit.record(request, act, saved, version=latest_version(saved))
    return saved


def edit(  # noqa: PLR0913 - what differs between the two
    request: HttpRequest,
    text: Kept | None,
    form: Any,
    *,
    template: str,
    back_to: str,
    act: str,
    saver: Callable[..., Kept],
) -> HttpResponse:
    """The page of one text. The form's ``content()`` is what is saved, its field ``seen`` the version it began from.

    ``saver(content=, by=, seen=)`` saves; ``back_to`` is the page it is then shown on.
    """
    context: dict[str, Any] = {"text": text, **(_history(request, text, form) if text else {})}
    if form.is_bound and form.is_valid():
        content, seen = form.content(), form.cleaned_data["seen"]
        if "save" not in request.POST:
            return render_form(request, template, form, {**context, "preview": content})
        by = cast(Account, request.user)
        try:
            saved = save(request, text, lambda: saver(content=content, by=by, seen=seen), act=act)
        except StaleText as stale:
            typed = cast(QueryDict, form.data).copy()
            typed["seen"] = str(stale.number)
            form.data = typed
            return render_form(request, template, form, {**context, "stale": True}, status=409)
        return redirect(back_to, saved.pk)
    return render_form(request, template, form, context)
