"""``/console/texts/``: the terms, the privacy policy and what else is published in versions.

A version is never edited, because people agreed to it: what is wrong is put right by the next one.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import LegalText
from madoguchi.console import audit, roles
from madoguchi.console.notices.forms.fields import moment
from madoguchi.shell.forms import render_form

Kind = LegalText.Kind
LONGEST = 100_000  # characters of a text
NAMES: dict[str, str | Promise] = {
    Kind.TERMS: gettext_lazy("Terms of use"),
    Kind.NOTIFICATION_TERMS: gettext_lazy("Terms of the notification service"),
    Kind.PRIVACY: gettext_lazy("Privacy policy"),
    Kind.ACCESSIBILITY: gettext_lazy("Accessibility"),
    Kind.KEPT: gettext_lazy("What is kept of a closed customer ID"),
}
# Those with a page of their own on the site; the others are shown where they are asked for.
PAGES = {Kind.TERMS, Kind.PRIVACY, Kind.ACCESSIBILITY}


class TextForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Text"), choices=NAMES.items())
    version = forms.RegexField(
        r"^[0-9A-Za-z][0-9A-Za-z.-]*\Z",
        label=gettext_lazy("Version"),
        max_length=20,
        help_text=gettext_lazy("Such as 2026-12. It is part of an address: letters, digits, hyphens and dots."),
        error_messages={
            "required": gettext_lazy("Please give the version a name, such as 2026-12."),
            "invalid": gettext_lazy("Please use half-width letters, digits, hyphens and dots for the version."),
        },
    )
    effective_at = moment(gettext_lazy("In force from"), help_text=gettext_lazy("Empty: at once."))
    body_ja = forms.CharField(
        label=gettext_lazy("Text in Japanese"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=gettext_lazy("Markdown: ## heading, - list, **bold**, [words](/address/)."),
        error_messages={"required": gettext_lazy("Please enter it in Japanese at least.")},
    )
    body_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=gettext_lazy("It cannot be added to this version later."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})

    def clean_effective_at(self) -> Any:
        when = self.cleaned_data["effective_at"]
        if when and when < timezone.now():
            raise ValidationError(_("Please choose a time still to come, or leave it empty."))
        return when

    def clean(self) -> dict[str, Any]:
        entered = self.cleaned_data
        if LegalText.objects.filter(kind=entered.get("kind"), version=entered.get("version")).exists():
            self.refuse_version()
        return entered

    def refuse_version(self) -> None:
        self.add_error("version", _("This version has been published already and stays as it is."))


@roles.administrators
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    texts = LegalText.objects.defer("body_ja", "body_en").order_by("-effective_at", "-pk")
    now = timezone.now()
    # Not by version_in_force, which learns of a new version some seconds late: who just published one looks here.
    in_force = {text.kind: text.version for text in reversed(texts) if text.effective_at <= now}
    kinds = [
        {
            "kind": kind,
            "name": name,
            "in_force": in_force.get(kind, ""),
            "versions": [text for text in texts if text.kind == kind],
            "page": f"public:{kind}_version" if kind in PAGES else "",
        }
        for kind, name in NAMES.items()
    ]
    return render(request, "console/legal_texts.html", {"kinds": kinds, "now": now})


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = TextForm(request.POST if request.method == "POST" else None, initial=_begin(request))
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        if "publish" in request.POST and _publish(request, form):
            return redirect("console:texts")
        if not form.errors:
            context = {
                "preview": form.cleaned_data,
                "asked": Account.objects.filter(is_active=True, staff_role="").count(),
                "asks": form.cleaned_data["kind"],
            }
    return render_form(request, "console/legal_text_new.html", form, context)


def _publish(request: HttpRequest, form: TextForm) -> bool:
    """Whether it is published; False, said by the form, where somebody else was faster with this version."""
    entered = {**form.cleaned_data, "effective_at": form.cleaned_data["effective_at"] or timezone.now()}
    try:
        with transaction.atomic():
            text = LegalText.objects.create(**entered)
            audit.record(request, "legal_text.publish", text, kind=text.kind, version=text.version)
    except IntegrityError:
        form.refuse_version()
        return False
    return True


def _begin(request: HttpRequest) -> dict[str, str]:
    """The words of the version in force of the kind that the address names."""
    kind = request.GET.get("kind", "")
    in_force = LegalText.objects.filter(kind=kind, effective_at__lte=timezone.now()) if kind in NAMES else None
    text = in_force.order_by("effective_at", "pk").last() if in_force is not None else None
    return {"kind": kind, "body_ja": text.body_ja, "body_en": text.body_en} if text else {"kind": kind}
