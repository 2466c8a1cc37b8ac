"""``…/withdraw/``: take back what was published by mistake, after saying what that does and to how many."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find
from madoguchi.console.notices.forms.fields import text
from madoguchi.delivery.models import Letter
from madoguchi.notices import mailings
from madoguchi.notices import withdraw as verb
from madoguchi.notices.lifecycle import Withdrawn
from madoguchi.notices.models import Notice
from madoguchi.notices.ready import was_mailed
from madoguchi.shell.forms import render_form

_DASHES = re.compile("[ー−‐–—]")


class WithdrawForm(forms.Form):
    reason_ja = text(_("Reason in Japanese"), rows=3, most=1000, lang="ja")
    reason_en = text(_("Reason in English"), rows=3, most=1000, lang="en")
    number = forms.CharField(
        label=_("Number of the notice, to confirm"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 18}),
    )

    def __init__(self, *args: Any, notice: Notice, **more: Any) -> None:
        super().__init__(*args, **more)
        self.notice = notice
        self.fields["reason_ja"].required = True
        self.fields["number"].help_text = _("Type %(number)s.") % {"number": notice.number}

    def clean_number(self) -> str:
        # Typed at night with a Japanese keyboard: of full width, with a long vowel mark for the hyphen.
        typed = _DASHES.sub("-", unicodedata.normalize("NFKC", self.cleaned_data["number"])).strip().upper()
        if not constant_time_compare(typed, self.notice.number or ""):
            raise forms.ValidationError(_("This is not the number of this notice."))
        return typed


@dataclass(frozen=True, slots=True)
class Reach:
    """How many addresses got mail about it and will get the withdrawal, and how many letters still wait."""

    told: int
    waiting: int

    @classmethod
    def of(cls, notice: Notice) -> "Reach":
        letters = Letter.objects.filter(mailing__in=mailings.about(notice))
        waits = Q(state__in=(Letter.State.QUEUED, Letter.State.HELD))
        return cls(
            **letters.aggregate(
                told=Count("recipient_key", distinct=True, filter=Q(state=Letter.State.SENT)),
                waiting=Count("pk", filter=waits),
            )
        )


@roles.may_publish
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = find.notice(notice_id)
    if notice.is_draft or notice.withdrawn_at is not None:
        return redirect("console:notice", notice_id)
    # Nobody who got the mistake is left without its withdrawal, and nobody else is bothered with it.
    mailed = was_mailed(notice)
    form = WithdrawForm(request.POST or None, notice=notice)
    if request.method != "POST" or not form.is_valid():
        context = {"notice": notice, "mailed": mailed, "reach": Reach.of(notice)}
        return render_form(request, "console/notices/withdraw.html", form, context)
    said = form.cleaned_data
    try:
        with transaction.atomic():
            verb.withdraw(
                notice,
                reason_ja=said["reason_ja"],
                reason_en=said["reason_en"],
                notify=mailed,
                by=cast(Account, request.user),
            )
            audit.record(request, "notice.withdraw", notice, reason=said["reason_ja"][:300], number=notice.number)
    except Withdrawn:
        # Pressed twice, or somebody else was faster.
        pass
    return redirect("console:notice", notice_id)
