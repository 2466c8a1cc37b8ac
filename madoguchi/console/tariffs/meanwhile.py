"""Two at one draft: who saves second is told what stands by now, and may put theirs in its place."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _


def mark(value: Any) -> str:
    """Of what a form was opened at: it travels in the form as ``seen``."""
    return json.dumps(value, ensure_ascii=False, default=str)


def changed_meanwhile(request: HttpRequest, form: forms.Form, value: Any, *, words: str) -> bool:
    """Whether ``value`` is not what the form was opened at; the form then says what stands now, ``words``.

    The page is shown again with the present mark, so that a second press replaces what its reader has seen. To be
    asked while the draft is locked.
    """
    if request.POST.get("seen", mark(value)) == mark(value):
        return False
    form.add_error(
        None, _("It was changed meanwhile and is now: %(now)s. Save again to put yours in its place.") % {"now": words}
    )
    return True
