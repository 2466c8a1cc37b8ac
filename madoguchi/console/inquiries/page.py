"""``/console/inquiries/<id>/``: everything said in one inquiry, and what can be done with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.inquiries.forms import AnswerForm, AssignForm, NoteForm
from madoguchi.console.models import AuditEntry
from madoguchi.delivery.models import Letter
from madoguchi.inquiries.mail import ANSWER
from madoguchi.inquiries.models import Inquiry
from madoguchi.lib.addresses import masked
from madoguchi.shell.forms import render_form

ENTRIES_SHOWN = 20


@roles.may_help
@require_safe
def show(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    return page(request, find(inquiry_id))


def find(inquiry_id: int) -> Inquiry:
    inquiries = Inquiry.objects.select_related("service", "account", "assignee")
    return get_object_or_404(inquiries, pk=inquiry_id)


def page(  # noqa: PLR0913 - the forms of the page
    request: HttpRequest,
    inquiry: Inquiry,
    *,
    answer: AnswerForm | None = None,
    note: NoteForm | None = None,
    assign: AssignForm | None = None,
    status: int | None = None,
    **more: Any,
) -> HttpResponse:
    """The page with a form as it was sent, where one cannot be accepted as it is; the others are fresh."""
    said = list(inquiry.messages.select_related("by"))
    last = said[-1].pk
    fresh = {"to": inquiry.assignee_id, "instead_of": inquiry.assignee_id}
    answer = answer or AnswerForm(initial={"seen": last})
    note = note or NoteForm()
    assign = assign or AssignForm(initial=fresh)
    entries = AuditEntry.objects.filter(object_type="inquiry", object_key=str(inquiry.pk)).select_related("actor")
    context = {
        "inquiry": inquiry,
        "address": masked(inquiry.address),
        "said": [(message, _outcomes(inquiry).get(str(message.pk))) for message in said],
        "answer": answer,
        "note": note,
        "assign": assign,
        "now": timezone.now(),
        "entries": entries.order_by("-at", "-pk")[:ENTRIES_SHOWN],
        **more,
    }
    wrong = next((form for form in (answer, note, assign) if form.errors), answer)
    return render_form(request, "console/inquiries/page.html", wrong, context, status=status)


def _outcomes(inquiry: Inquiry) -> dict[str, str]:
    """What became of the mail of each answer: the letter's state by the message's id."""
    letters = Letter.objects.filter(recipient_key=inquiry.recipient_key, mailing__renderer=ANSWER)
    return dict(letters.values_list("mailing__reference", "state"))
