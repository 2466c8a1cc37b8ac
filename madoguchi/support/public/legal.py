"""``/terms/``, ``/privacy/``, ``/accessibility/``: the version in effect of each text, with its date."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import LegalText
from madoguchi.shell.cacheable import public_page


def _page(request: HttpRequest, kind: str, title: Promise) -> HttpResponse:
    try:
        text = LegalText.objects.current(kind)
    except LegalText.DoesNotExist as error:
        raise Http404 from error
    return render(request, "public/legal.html", {"text": text, "heading": title})


@public_page
def terms(request: HttpRequest) -> HttpResponse:
    return _page(request, LegalText.Kind.TERMS, _("Terms of use"))


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, LegalText.Kind.PRIVACY, _("Privacy policy"))


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, LegalText.Kind.ACCESSIBILITY, _("Accessibility"))
