"""Withdrawing a notice that was published by mistake. Its page stays and says why; there is no way back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.notices import mailings, webhook_calls
from madoguchi.notices.lifecycle import Withdrawn
from madoguchi.notices.models import Notice
from madoguchi.notices.ready import NotReady, Reason, was_mailed


class NotPublished(Exception):
    """A draft is thrown away, not withdrawn."""


@transaction.atomic
def withdraw(notice: Notice, *, reason_ja: str, reason_en: str = "", notify: bool, by: Account | None) -> None:
    """Withdraw a published notice; what was not sent of it is not sent, and who got mail about it is told.

    They are told whenever an earlier report was mailed, whatever ``notify`` says. Raises :class:`NotPublished`,
    :class:`~madoguchi.notices.lifecycle.Withdrawn` the second time, :class:`NotReady` without a reason in Japanese.
    """
    at = timezone.now()
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.is_draft:
        raise NotPublished
    if notice.withdrawn_at is not None:
        raise Withdrawn(str(notice))
    if not reason_ja.strip():
        raise NotReady((Reason("no_reason_ja", "reason_ja", _("Enter the reason in Japanese.")),))
    notice.withdrawn_at, notice.withdrawn_by = at, by
    notice.withdrawn_reason_ja, notice.withdrawn_reason_en = reason_ja.strip(), reason_en.strip()
    notice.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason_ja", "withdrawn_reason_en"])
    notice.reports.filter(ordinal=None).update(publish_at=None, scheduled_by=None)
    mailings.take_back(notice, reason="withdrawn")
    if notify or was_mailed(notice):
        mailings.open_mailing(notice, renderer=mailings.WITHDRAWAL, reference=str(notice.pk), at=at)
    webhook_calls.announce(notice, event=webhook_calls.Event.WITHDRAWN)
