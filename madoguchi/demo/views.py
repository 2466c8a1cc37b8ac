"""``/demo/``: what there is to try, and who can show it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madoguchi.demo.mailboxes import MAILBOXES
from madoguchi.demo.sample.logins import LOGINS, PASSWORD, UNLINKED_NUMBER, UNLINKED_PHONE


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    english = get_language() == "en"
    rows = [
        {
            "email": login.email,
            "shows": login.shows_en if english else login.shows_ja,
            "staff": bool(login.staff_role),
            "contact_phone": login.contact_phone,
        }
        for login in LOGINS
    ]
    context = {
        "customers": [row for row in rows if not row["staff"]],
        "staff": [row for row in rows if row["staff"]],
        "mailboxes": list(MAILBOXES),
        "password": PASSWORD,
        "unlinked_number": UNLINKED_NUMBER,
        "unlinked_phone": UNLINKED_PHONE,
    }
    return render(request, "demo/home.html", context)
