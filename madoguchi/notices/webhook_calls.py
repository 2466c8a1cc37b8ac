"""Calling customers' programs: who is due, what they are told, and trying until it was taken. ``docs/webhooks.md``.

A call is a row before it is sent, unique by webhook and report. Whoever sends takes a webhook by moving its
``not_before`` ahead: each is sent to by one at a time, and a sender that dies is followed by another.
"""

import contextlib
import json
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.db.models.functions import Greatest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from madoguchi.delivery import outside
from madoguchi.lib.lanes import Lane
from madoguchi.notices import as_json, audience, webhook_mail, webhooks
from madoguchi.notices.models import Notice, Report, Webhook, WebhookCall
from madoguchi.notices.touched import touched

log = structlog.get_logger(__name__)

Event, State = WebhookCall.Event, WebhookCall.State
# Seconds from a try that failed to the next; after the last a call has failed.
AGAIN = (10, 60, 300, 900, 3600, 10_800, 21_600, 43_200)
# A program that does not answer well is left alone for so long times its failures in a row, whatever waits for it.
LEFT_ALONE, LEFT_ALONE_AT_MOST = timedelta(seconds=5), timedelta(minutes=5)
# It is stopped when a call was given up and no answer was good for so long.
STOPPED_AFTER = timedelta(days=3)
# A sender that is not heard of for so long is dead.
TAKEN = timedelta(seconds=60)
AT_ONCE = 16
_GOOD, _GONE = range(200, 300), 410


def announce(notice: Notice, *, event: str, ordinal: int = 0) -> None:
    """Have customers' programs told, in the caller's transaction; nothing where no program asked for its kind."""
    if Webhook.objects.running().of_kind(notice.kind).exists():
        job = app.configure_task("notices.write_webhook_calls", priority=Lane.REST.priority)
        job.defer(notice_id=notice.pk, event=event, ordinal=ordinal)


@transaction.atomic
def write(*, notice_id: int, event: str, ordinal: int) -> int:
    """Write the calls of one event for the programs it is due to; run again, it adds nothing. How many are new."""
    notice = Notice.objects.prefetch_related("services").get(pk=notice_id)
    told = as_json.notice(notice)
    report = notice.reports.get(ordinal=ordinal) if event == Event.REPORT else None
    latest = report or Report.objects.published().filter(notice=notice)[0]
    at = notice.withdrawn_at if event == Event.WITHDRAWN and notice.withdrawn_at else latest.published_at
    calls = []
    asked = Webhook.objects.running().of_kind(notice.kind).filter(account__is_active=True)
    running = list(asked.select_related("account").order_by("pk"))
    wanting = audience.wanting(latest, among={webhook.account_id for webhook in running})
    for webhook in running:
        contracts = touched(notice, account=webhook.account)
        if not contracts and webhook.account_id not in wanting:
            continue
        data = {"notice": told, "contracts": contracts}
        if report and not notice.withdrawn_at:
            data["report"] = as_json.report(report)
        calls.append(_call(webhook, event, at, data, notice=notice, ordinal=ordinal))
    before = WebhookCall.objects.filter(notice=notice, event=event, ordinal=ordinal).count()
    WebhookCall.objects.bulk_create(calls, ignore_conflicts=True)
    send_soon()
    return WebhookCall.objects.filter(notice=notice, event=event, ordinal=ordinal).count() - before


@transaction.atomic
def test(webhook: Webhook) -> WebhookCall:
    """A call that tells nothing, sent like any other."""
    data = {"message": "This is a test. / これはテストです。"}
    call = _call(webhook, Event.TEST, timezone.now(), data)
    call.save(force_insert=True)
    send_soon()
    return call


@transaction.atomic
def again(call: WebhookCall) -> None:
    """The owner wants a call that failed to be tried anew."""
    failed = WebhookCall.objects.filter(pk=call.pk, state=State.FAILED)
    if failed.update(state=State.WAITING, tries=0, due_at=timezone.now()):
        send_soon()


def send_soon() -> None:
    """Wake a sender once this transaction holds."""
    transaction.on_commit(_wake)


def send_due(*, seconds: float = 20.0) -> int:
    """Send what is due, to many programs at a time and to each one by one; begin nothing after ``seconds``.

    Returns how many tries that were. Programs are called from threads that know no database.
    """
    ends, tries, running = time.monotonic() + seconds, 0, dict[Future[Outcome], WebhookCall]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            if time.monotonic() < ends:
                running |= {pool.submit(_try, call): call for call in _take(AT_ONCE - len(running))}
            if not running:
                break
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                _record(running.pop(done), done.result())
                tries += 1
    if (soon := _next_due()) is not None:
        _wake(at=soon)
    return tries


def _wake(*, at: datetime | None = None) -> None:
    """One sender that waits is enough, now or for a moment to come."""
    lock = "notices.send_webhook_calls later" if at else "notices.send_webhook_calls"
    job = app.configure_task("notices.send_webhook_calls", queueing_lock=lock, schedule_at=at)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(timestamp=0)


def _next_due() -> datetime | None:
    """When there is something to send before the minute's look comes by itself."""
    waiting = WebhookCall.objects.filter(state=State.WAITING, webhook__stopped_at=None)
    moments = waiting.annotate(moment=Greatest("due_at", "webhook__not_before"))
    soon: datetime | None = moments.aggregate(soon=Min("moment"))["soon"]
    return soon if soon and soon < timezone.now() + timedelta(minutes=1) else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one try. ``status`` is HTTP's, None where no answer came; ``trouble`` says why in one word."""

    at: datetime
    milliseconds: int
    status: int | None = None
    trouble: str = ""
    retry_after: int | None = None

    @property
    def is_good(self) -> bool:
        return self.status in _GOOD


def _call(webhook: Webhook, event: str, at: datetime | None, data: dict[str, Any], **about: Any) -> WebhookCall:
    body = json.dumps({"type": event, "timestamp": at, "data": data}, cls=DjangoJSONEncoder, ensure_ascii=False)
    return WebhookCall(webhook=webhook, event=event, body=body, **about)


@transaction.atomic
def _take(most: int) -> list[WebhookCall]:
    """The oldest due call of each of ``most`` webhooks, which nobody else sends to until the outcome is written."""
    now = timezone.now()
    due = WebhookCall.objects.filter(state=State.WAITING, due_at__lte=now)
    free = Webhook.objects.running().filter(Exists(due.filter(webhook=OuterRef("pk"))), not_before__lte=now)
    webhooks_taken = list(free.select_for_update(skip_locked=True).order_by("not_before")[:most])
    Webhook.objects.filter(pk__in=[webhook.pk for webhook in webhooks_taken]).update(not_before=now + TAKEN)
    calls = []
    for webhook in webhooks_taken:
        call = due.filter(webhook=webhook).order_by("due_at", "created_at")[0]
        call.webhook = webhook
        calls.append(call)
    return calls


def _try(call: WebhookCall) -> Outcome:
    at, began = timezone.now(), time.monotonic()

    def outcome(**said: Any) -> Outcome:
        return Outcome(at=at, milliseconds=round(1000 * (time.monotonic() - began)), **said)

    return _answered(call, at, outcome)


def _answered(call: WebhookCall, at: datetime, outcome: Callable[..., Outcome]) -> Outcome:
    url, headers = webhooks.url_of(call.webhook), webhooks.headers(call, at=at)
    if url is None or headers is None:
        return outcome(trouble="seal")
    try:
        answer = outside.post(url, body=call.body.encode(), headers=headers)
    except (outside.Unfit, outside.NoAnswer) as error:
        return outcome(trouble=str(error))
    return outcome(status=answer.status, retry_after=answer.retry_after)


@transaction.atomic
def _record(call: WebhookCall, outcome: Outcome) -> None:
    webhook = Webhook.objects.select_for_update().get(pk=call.webhook_id)
    call.tries += 1
    call.tried_at, call.status, call.trouble = outcome.at, outcome.status, outcome.trouble
    call.milliseconds = outcome.milliseconds
    if outcome.is_good:
        call.state = State.DELIVERED
        webhook.failures, webhook.failing_since, webhook.not_before = 0, None, outcome.at
    else:
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or outcome.at
        webhook.not_before = outcome.at + left_alone(webhook.failures, retry_after=outcome.retry_after)
        pause = again_after(call.tries)
        if pause is None:
            call.state = State.FAILED
        else:
            call.due_at = outcome.at + pause
    # A call whose webhook was stopped meanwhile is over, whatever came of it.
    fields = ("tries", "tried_at", "status", "trouble", "milliseconds", "due_at", "state")
    WebhookCall.objects.filter(pk=call.pk, state=State.WAITING).update(**{name: getattr(call, name) for name in fields})
    webhook.save(update_fields=["failures", "failing_since", "not_before"])
    log.info("webhook.tried", webhook=webhook.pk, status=outcome.status, trouble=outcome.trouble, tries=call.tries)
    if (why := _reason_to_stop(call, webhook, outcome)) and webhooks.stop(webhook, why=why):
        webhook_mail.tell_stopped(webhook)


def _reason_to_stop(call: WebhookCall, webhook: Webhook, outcome: Outcome) -> str:
    if outcome.status == _GONE:
        return Webhook.Stop.GONE
    given_up = call.state == State.FAILED and call.event != Event.TEST
    long = webhook.failing_since is not None and outcome.at - webhook.failing_since >= STOPPED_AFTER
    return Webhook.Stop.FAILING if given_up and long else ""


def again_after(tries: int) -> timedelta | None:
    """How long after a try that failed the next one comes; None when that was the last. ``tries``: made so far."""
    return timedelta(seconds=AGAIN[tries - 1]) if tries <= len(AGAIN) else None


def left_alone(failures: int, *, retry_after: int | None = None) -> timedelta:
    """How long nothing is sent to a program after so many failures in a row; it may ask for longer, up to an hour."""
    asked = timedelta(seconds=min(retry_after or 0, 3600))
    return max(asked, min(failures * LEFT_ALONE, LEFT_ALONE_AT_MOST))
