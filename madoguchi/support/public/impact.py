"""``/notices/impact/``: which notices name the contract numbers somebody types.

The numbers are in the body of a POST alone: never in an address, a log or a cache. The POST changes nothing but the
sender's own rate limit, so it needs no token, and the empty form can be kept by proxies like every public page.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from madoguchi.accounts import limits
from madoguchi.accounts.network import source_network
from madoguchi.contracts import contract_number
from madoguchi.notices import impact
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.errors import too_many
from madoguchi.shell.forms import render_form

SAID, LONGEST_SAID = 5, 30  # wrong numbers quoted in the message, and the characters of each
EVERYBODY_SHOWN = 30  # notices without a list of contracts; the rest is one link away


class ImpactForm(forms.Form):
    numbers = forms.CharField(
        label=gettext_lazy("Contract numbers"),
        help_text=gettext_lazy(
            "Up to 100, with line breaks, spaces or commas between them. They are printed on your contract documents "
            "and bills, for example C100000001."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        error_messages={"required": gettext_lazy("Enter at least one contract number.")},
    )

    def clean_numbers(self) -> list[str]:
        """The numbers in their usual form, each once, in the order typed."""
        read = {
            piece: contract_number.normalised(piece) for piece in contract_number.split(self.cleaned_data["numbers"])
        }
        if wrong := [piece for piece, number in read.items() if number is None]:
            raise ValidationError(_wrong(wrong), code="shape")
        found = list(dict.fromkeys(number for number in read.values() if number))
        if not found:
            raise ValidationError(self.fields["numbers"].error_messages["required"], code="required")
        if len(found) > impact.MOST:
            raise ValidationError(_too_long(len(found)), code="most")
        return found


def _wrong(pieces: list[str]) -> str:
    quoted = pgettext("between names", ", ").join(
        _("“%(typed)s”") % {"typed": piece[:LONGEST_SAID]} for piece in pieces[:SAID]
    )
    if len(pieces) > SAID:
        quoted = _("%(quoted)s and others") % {"quoted": quoted}
    return ngettext(
        "This is not a contract number: %(quoted)s. Use letters, digits and hyphens.",
        "These are not contract numbers: %(quoted)s. Use letters, digits and hyphens.",
        len(pieces),
    ) % {"quoted": quoted}


def _too_long(count: int) -> str:
    return _("You entered %(count)s contract numbers. Enter up to %(most)s at a time.") % {
        "count": count,
        "most": impact.MOST,
    }


@csrf_exempt
def search(request: HttpRequest) -> HttpResponse:
    return _found(request) if request.method == "POST" else _empty(request)


@public_page
def _empty(request: HttpRequest) -> HttpResponse:
    return _page(request, ImpactForm())


@never_cache
def _found(request: HttpRequest) -> HttpResponse:
    form = ImpactForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    numbers = form.cleaned_data["numbers"]
    try:
        limits.take(impact.NUMBERS_SEARCHED, source_network(request), tries=len(numbers))
    except limits.TooMany as full:
        return too_many(request, retry_after=full.seconds)
    answers = impact.naming(numbers)
    everybody = impact.for_every_contract().prefetch_related("services")
    context = {
        "answers": answers,
        "named": sum(bool(notices) for notices in answers.values()),
        "everybody": everybody[:EVERYBODY_SHOWN],
        "more": everybody.count() > EVERYBODY_SHOWN,
    }
    return _page(request, form, **context)


def _page(request: HttpRequest, form: ImpactForm, **context: Any) -> HttpResponse:
    return render_form(request, "public/impact.html", form, {"days": impact.RECENTLY.days, **context})
