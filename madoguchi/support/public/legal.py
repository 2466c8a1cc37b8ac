"""``/terms/``, ``/privacy/``, ``/accessibility/``: each text as it holds now, and every version at its own address."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import LegalText
from madoguchi.shell.cacheable import public_page


@dataclass(frozen=True, slots=True)
class Version:
    """``standing``: upcoming, in_force or earlier."""

    text: LegalText
    standing: str
    address: str
    shown: bool


def _page(request: HttpRequest, kind: str, title: Promise, *, version: str) -> HttpResponse:
    """The version in force, or the one asked for: what will hold and what held before can be read by everybody."""
    texts = LegalText.objects.filter(kind=kind)
    if "\0" in version:
        raise Http404
    try:
        current = texts.current(kind)
    except LegalText.DoesNotExist as error:
        raise Http404 from error
    text = get_object_or_404(texts, version=version) if version else current
    others = texts.defer("body_ja", "body_en").order_by("-effective_at", "-pk")
    versions = [_version(other, kind=kind, current=current, shown=text) for other in others]
    context = {
        "heading": title,
        "text": text,
        "standing": next(one.standing for one in versions if one.shown),
        "versions": versions,
        "upcoming": [one for one in versions if one.standing == "upcoming" and not one.shown],
        "current_address": reverse(f"public:{kind}"),
    }
    return render(request, "public/legal.html", context)


def _version(text: LegalText, *, kind: str, current: LegalText, shown: LegalText) -> Version:
    if text.pk == current.pk:
        return Version(text, "in_force", reverse(f"public:{kind}"), text.pk == shown.pk)
    standing = "upcoming" if text.effective_at > timezone.now() else "earlier"
    address = reverse(f"public:{kind}_version", args=[text.version])
    return Version(text, standing, address, text.pk == shown.pk)


@public_page
def terms(request: HttpRequest, version: str = "") -> HttpResponse:
    return _page(request, LegalText.Kind.TERMS, _("Terms of use"), version=version)


@public_page
def privacy(request: HttpRequest, version: str = "") -> HttpResponse:
    return _page(request, LegalText.Kind.PRIVACY, _("Privacy policy"), version=version)


@public_page
def accessibility(request: HttpRequest, version: str = "") -> HttpResponse:
    return _page(request, LegalText.Kind.ACCESSIBILITY, _("Accessibility"), version=version)
