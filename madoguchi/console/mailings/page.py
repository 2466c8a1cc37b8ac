"""``/console/mailings/<id>/``: one mailing, as it goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.mailings.acts import possible
from madoguchi.console.mailings.told import tell
from madoguchi.console.models import AuditEntry
from madoguchi.delivery.models import Mailing
from madoguchi.delivery.relays import relays, resting

ENTRIES_SHOWN = 20


@roles.may_look
@require_safe
def show(request: HttpRequest, mailing_id: int) -> HttpResponse:
    done = AuditEntry.objects.filter(object_type="mailing", object_key=str(mailing_id)).select_related("actor")
    context = {**_context(request, mailing_id), "entries": done[:ENTRIES_SHOWN]}
    return render(request, "console/mailings/page.html", context)


@roles.may_look
@require_safe
def progress(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """The part of the page that changes, for the page itself to fetch."""
    return render(request, "console/mailings/progress.html", _context(request, mailing_id))


def _context(request: HttpRequest, mailing_id: int) -> dict[str, object]:
    # A mailing to many; a single letter is nobody's business here.
    (told,) = tell([get_object_or_404(Mailing, pk=mailing_id, single=False)])
    return {
        "told": told,
        "pace": told.pace,
        "acts": possible(told) if roles.can_publish(request) else [],
        "resting": resting(),
        "relays": relays(),
    }
