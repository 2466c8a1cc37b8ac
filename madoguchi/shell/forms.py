"""One look for every form field, and the answer to a form that cannot be accepted as it is."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Renderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


def render_form(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    context: Mapping[str, Any] | None = None,
    *,
    status: int | None = None,
) -> HttpResponse:
    """A page with ``form`` in it: 200 while there is nothing to complain of, 422 (RFC 9110, 15.5.21) with errors.

    The title of a page with errors begins with the word for it, so that a screen reader says it first. ``status``
    overrides the code, for a step that is refused for a reason of its own.
    """
    refused = bool(form.errors)
    return render(
        request,
        template,
        {"form": form, **(context or {}), "title_says_error": refused},
        status=status or (422 if refused else 200),
    )
