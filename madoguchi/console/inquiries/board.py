"""``/console/inquiries/``: the queue, filtered by the address; nobody's first, then who waits longest."""

from typing import cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.console import roles
from madoguchi.inquiries.models import Inquiry, InquiryQuerySet
from madoguchi.shell.templatetags.shell import in_language_plain

A_PAGE = 50


class Filter(forms.Form):
    show = forms.ChoiceField(
        label=pgettext_lazy("console", "Show"),
        required=False,
        choices=[
            ("", _("Waiting for us")),
            ("mine", _("Mine, waiting")),
            ("new", pgettext_lazy("inquiries", "Unassigned")),
            ("assigned", pgettext_lazy("inquiries", "Assigned")),
            ("answered", pgettext_lazy("inquiries", "Answered")),
            ("closed", pgettext_lazy("inquiries", "Closed")),
            ("all", _("All")),
        ],
    )
    service = forms.ModelChoiceField(
        label=_("Service"),
        queryset=Service.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("All services"),
    )
    q = forms.CharField(label=_("Inquiry number"), required=False, max_length=20)

    def __init__(self, data: object) -> None:
        super().__init__(data, auto_id="filter_%s")  # type: ignore[arg-type]
        services = self.fields["service"]
        services.label_from_instance = lambda service: in_language_plain(service, "name")  # type: ignore[attr-defined]
        services.queryset = Service.objects.by_name()  # type: ignore[attr-defined]

    def found(self, account: Account) -> InquiryQuerySet:
        """What is asked for. A number is looked for everywhere, in whatever state; a wrong value is left out."""
        self.full_clean()
        found = Inquiry.objects.queued()
        if number := self.cleaned_data.get("q"):
            return found.filter(number__icontains=number.strip())
        match self.cleaned_data.get("show", ""):
            case "":
                found = found.waiting()
            case "mine":
                found = found.waiting().filter(assignee=account)
            case "all":
                pass
            case state:
                found = found.filter(state=state)
        if service := self.cleaned_data.get("service"):
            found = found.filter(service=service)
        return found


@roles.may_help
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    wanted = Filter(request.GET)
    found = wanted.found(cast(Account, request.user)).select_related("service", "assignee")
    now = timezone.now()
    context = {
        "filter": wanted,
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "now": now,
        "waiting": Inquiry.objects.waiting().count(),
    }
    return render(request, "console/inquiries/board.html", context)
