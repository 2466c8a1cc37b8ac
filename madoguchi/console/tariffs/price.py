"""``/console/tariffs/price/``: what a call would cost, by the function that rates the bill."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.console import roles
from madoguchi.console.notices.forms.fields import moment
from madoguchi.console.tariffs.dated_forms import LIMITS
from madoguchi.contracts.models import TelephoneNumber
from madoguchi.shell.forms import render_form
from madoguchi.statements import numbers
from madoguchi.statements.models import TariffVersion, UsageKind
from madoguchi.statements.reasons import Unreadable, sentence
from madoguchi.statements.tariffs.explain import explain
from madoguchi.statements.tariffs.price_call import price_call

MOST_SECONDS = 1_000_000


def _number(typed: str) -> numbers.Number:
    try:
        return numbers.normalise(typed)
    except Unreadable as error:
        raise ValidationError(sentence(error.reason, error.value)) from None


class PriceForm(forms.Form):
    called = forms.CharField(
        label=gettext_lazy("Number called"),
        max_length=60,
        help_text=gettext_lazy("As it is dialled: 03-1234-5678, 010 44 20 7946 0999, 117."),
        error_messages={"required": gettext_lazy("Please enter the number called.")},
    )
    caller = forms.CharField(
        label=gettext_lazy("Calling number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("One of ours decides the kind of contract. It may be left empty."),
    )
    usage_kind = forms.ChoiceField(label=gettext_lazy("Kind of contract"), choices=UsageKind.choices)
    at = moment(gettext_lazy("When the call begins"), help_text=gettext_lazy("Empty: now."))
    seconds = forms.IntegerField(
        label=gettext_lazy("Talk in seconds"),
        min_value=0,
        max_value=MOST_SECONDS,
        error_messages=LIMITS | {"required": gettext_lazy("Please enter the seconds of talk.")},
    )
    version = forms.ModelChoiceField(
        label=gettext_lazy("Version"),
        queryset=TariffVersion.objects.all(),
        required=False,
        empty_label=gettext_lazy("The one in force at that moment"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.fields["at"].required = False

    def clean_called(self) -> str:
        if not _number(self.cleaned_data["called"]).e164:
            raise ValidationError(_("Please enter the number called."))
        return str(self.cleaned_data["called"])

    def clean(self) -> dict[str, Any]:
        entered = self.cleaned_data
        entered["at"] = entered.get("at") or timezone.now()
        if entered.get("caller"):
            try:
                entered["usage_kind"] = _kind_of(_number(entered["caller"]).e164, entered["at"])
            except ValidationError as error:
                self.add_error("caller", error)
        return entered


def _kind_of(e164: str, at: datetime) -> str:
    held = TelephoneNumber.objects.held_on(timezone.localdate(at)).filter(number=e164)
    if (number := held.select_related("contract").first()) is None:
        raise ValidationError(_("No contract holds this number on that day."))
    return str(number.contract.usage_kind)


@roles.may_look
@require_http_methods(["GET", "HEAD", "POST"])
def price(request: HttpRequest) -> HttpResponse:
    """Numbers are sent in a form and kept nowhere, not even in an address."""
    form = PriceForm(
        request.POST if request.method == "POST" else None, initial={"usage_kind": "ip050", "seconds": 180}
    )
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        answer = price_call(
            asked["called"],
            usage_kind=asked["usage_kind"],
            at=asked["at"],
            talk_seconds=asked["seconds"],
            version=asked["version"],
        )
        kind = UsageKind(asked["usage_kind"]).label
        context = {"price": answer, "rows": explain(answer), "kind": kind, "at": asked["at"]}
    return render_form(request, "console/tariffs/price.html", form, context)
