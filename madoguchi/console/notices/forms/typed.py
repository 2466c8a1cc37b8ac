"""A form filled with what is kept, and a form drawn again as it was typed when only more of it was asked for."""

import dataclasses
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest

from madoguchi.console.notices.forms import periods
from madoguchi.console.notices.forms.about import AboutFields
from madoguchi.console.notices.forms.report import ReportForm
from madoguchi.notices import affected
from madoguchi.notices.content import NoticeContent, ReportContent

F = TypeVar("F", bound=ReportForm)


def typed_report(content: ReportContent) -> dict[str, Any]:
    """``content`` as the form's initial values."""
    typed = {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}
    return {**typed, **periods.typed(typed.pop("windows"))}


def typed_notice(content: NoticeContent) -> dict[str, Any]:
    return {
        "title_ja": content.title_ja,
        "title_en": content.title_en,
        "services": [service.slug for service in content.services],
        "regions": list(content.regions),
        "contract_numbers": "\n".join(content.contract_numbers),
        "external_reference": content.external_reference,
    }


def submitted(request: HttpRequest, form: forms.Form) -> bool:
    """Whether ``form`` was sent to be kept, and nothing in it is wrong."""
    return request.method == "POST" and not asks_for_more(request) and form.is_valid()


def asks_for_more(request: HttpRequest) -> bool:
    """Whether a button was pressed that changes the form and keeps nothing: another period, a filter over the list."""
    return request.method == "POST" and bool({"more", "filter"} & set(request.POST))


def retyped(request: HttpRequest, form: F) -> F:
    """``form`` as it was typed, not judged, with what was asked for: one more period, or fewer services in the list."""
    typed = {name: field.widget.value_from_datadict(form.data, form.files, name) for name, field in form.fields.items()}
    if file := form.files.get("contract_file"):
        typed["contract_numbers"] = "\n".join(affected.read(file.read()).numbers)
    places, more = form.places, request.POST.get("more", "")
    if more in ("main", "spare"):
        places = places.more(more)
    again = type(form)(kind=form.kind, before=form.before, states=form.states, initial=typed, places=places)
    if new := again.fields.get(f"{more}_{getattr(places, more, 0)}_starts"):
        new.widget.attrs["autofocus"] = True
    if isinstance(again, AboutFields) and (words := request.POST.get("service_words", "").strip()):
        again.show_services(matching=words, ticked=typed["services"])
    return again
