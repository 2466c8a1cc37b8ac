"""The terms have changed: what is new, agree and go on, or log out."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import terms as act
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account
from madoguchi.catalog.models import LegalText
from madoguchi.lib.markdown import to_html
from madoguchi.shell.languages import current
from madoguchi.support.identity.onward import home, safe_next


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of paragraphs that was replaced, as HTML; either side may be empty."""

    before: SafeString
    after: SafeString


def in_force() -> str:
    """The version of the terms in force, for :func:`madoguchi.accounts.terms.register_lookup`: one query."""
    return LegalText.objects.version_in_force(LegalText.Kind.TERMS)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@act.open_before_terms
def terms(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    onward = safe_next(request) or home(account)
    if not act.due_here(request):
        return HttpResponseRedirect(onward)
    if request.method == "POST" and act.agree(request, account, version=request.POST.get("version", "")):
        return HttpResponseRedirect(onward)
    text = LegalText.objects.current(LegalText.Kind.TERMS)
    former = LegalText.objects.filter(kind=text.kind, version=act.former(account)).first()
    context = {
        "terms": text,
        "former": former,
        "changes": changes(_body(former), _body(text)) if former else [],
        "text": _html(_body(text)),
        "next": onward,
        # Somebody agreed to a version that was replaced while it was being read.
        "overtaken": request.method == "POST",
    }
    return render(request, "identity/terms.html", context)


def changes(before: str, after: str) -> list[Change]:
    """What differs between two texts, paragraph by paragraph, in the order of the new one."""
    old, new = _paragraphs(before), _paragraphs(after)
    found = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    return [
        Change(_html("\n\n".join(old[a:b])), _html("\n\n".join(new[c:d])))
        for how, a, b, c, d in found
        if how != "equal"
    ]


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _body(text: LegalText) -> str:
    return (text.body_en or text.body_ja) if current() == "en" else text.body_ja


def _html(text: str) -> SafeString:
    return mark_safe(to_html(text))  # noqa: S308 - Markdown turned into HTML in which nothing acts
