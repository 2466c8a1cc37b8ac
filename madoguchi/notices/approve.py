"""Approval by a second person, where ``MADOGUCHI_NOTICE_APPROVAL`` asks for it. Rules: ``docs/notices-life.md``."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.notices.fingerprint import fingerprint as fingerprint_of
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.models import Approval, Report
from madoguchi.notices.models.report import ReportQuerySet
from madoguchi.notices.publish import hold
from madoguchi.notices.ready import NotReady, Reason, incomplete, is_publisher, needs_approval
from madoguchi.notices.write import NotADraft, StaleDraft

__all__ = [
    "NotAPublisher",
    "OwnWork",
    "approve",
    "ask",
    "needs_approval",
    "send_back",
    "sign_off",
    "unsigned",
    "waiting",
]


class OwnWork(Exception):
    """Nobody approves, sends back or signs off what they wrote or published."""


class NotAPublisher(Exception):
    """The second person is one who may publish."""


@transaction.atomic
def ask(report: Report, *, by: Account | None) -> Report:
    """Ask for a second person's approval of a draft that lacks nothing else; :class:`NotReady` when it does."""
    report = hold(report)
    if reasons := incomplete(report):
        raise NotReady(reasons)
    report.approval_asked_at, report.approval_asked_by = timezone.now(), by
    report.save(update_fields=["approval_asked_at", "approval_asked_by"])
    return report


@transaction.atomic
def approve(report: Report, *, by: Account, fingerprint: str, remark: str = "") -> Approval:
    """Approve exactly what was read: its ``fingerprint``.

    Raises :class:`NotADraft`, :class:`~madoguchi.notices.write.StaleDraft` when it says something else by now,
    :class:`OwnWork`, :class:`NotAPublisher`.
    """
    report = _held_draft(report, by=by)
    if not constant_time_compare(fingerprint, fingerprint_of(report)):
        raise StaleDraft(report)
    return _decide(report, Approval.Decision.APPROVED, by=by, remark=remark)


@transaction.atomic
def send_back(report: Report, *, by: Account, remark: str) -> Approval:
    """Return a draft to its writers with a remark, without which :class:`NotReady`; an approval it had is void."""
    report = _held_draft(report, by=by)
    if not remark.strip():
        raise NotReady((Reason("no_remark", "remark", _("Enter what has to be changed.")),))
    return _decide(report, Approval.Decision.RETURNED, by=by, remark=remark)


@transaction.atomic
def sign_off(report: Report, *, by: Account) -> Approval | None:
    """Sign a published trouble report that went first. None when it is not, or not any more, among the unsigned."""
    report = Report.objects.select_for_update(of=("self",)).select_related("notice").get(pk=report.pk)
    if not unsigned().filter(pk=report.pk).exists():
        return None
    _may_decide(report, by=by)
    if report.published_by_id == by.pk:
        raise OwnWork
    return Approval.objects.create(
        report=report, by=by, decision=Approval.Decision.APPROVED, fingerprint=fingerprint_of(report)
    )


def waiting() -> "ReportQuerySet":
    """Drafts that wait for a second person, longest first."""
    asked = Report.objects.filter(ordinal=None, approval_asked_at__isnull=False, notice__withdrawn_at=None)
    return asked.select_related("notice").order_by("approval_asked_at", "pk")


def unsigned() -> "ReportQuerySet":
    """Published trouble reports that went first and wait for their signature, oldest first."""
    asked = Report.objects.filter(ordinal__isnull=False, approval_asked_at__isnull=False, notice__kind=Kind.TROUBLE)
    signed = Approval.objects.filter(decision=Approval.Decision.APPROVED, at__gte=F("report__published_at"))
    return asked.exclude(pk__in=signed.values("report")).select_related("notice").order_by("published_at", "pk")


def _held_draft(report: Report, *, by: Account) -> Report:
    report = hold(report)
    if report.ordinal is not None:
        raise NotADraft
    _may_decide(report, by=by)
    return report


def _may_decide(report: Report, *, by: Account) -> None:
    if not is_publisher(by):
        raise NotAPublisher
    if report.writers.filter(pk=by.pk).exists():
        raise OwnWork


def _decide(report: Report, decision: Approval.Decision, *, by: Account, remark: str) -> Approval:
    report.approval_asked_at = report.approval_asked_by = None
    report.save(update_fields=["approval_asked_at", "approval_asked_by"])
    return Approval.objects.create(
        report=report, by=by, decision=decision, fingerprint=fingerprint_of(report), remark=remark.strip()
    )
