"""The figures of mail and jobs for ``/metrics``, from the database; ``docs/operation.md`` lists them."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from madoguchi.delivery import waiting
from madoguchi.delivery.models import Mailing, Reading, RelayState, Return, Suppression
from madoguchi.delivery.pace import pace
from madoguchi.delivery.relays import relays, resting
from madoguchi.delivery.returns.figures import without_effect

DAY = timedelta(days=1)


def collect() -> Iterable[Metric]:
    yield from _queues()
    yield from _mailings()
    yield from _relays()
    yield from _jobs()
    yield from _returns()


def _queues() -> Iterable[Metric]:
    number = _gauge("mail_waiting", "Letters that are due and not sent yet.", "lane")
    oldest = _gauge("mail_oldest_seconds", "How long the oldest of them has been due.", "lane")
    for lane, queue in waiting.letters().items():
        number.add_metric([lane.name.lower()], queue.number)
        oldest.add_metric([lane.name.lower()], queue.oldest)
    return [number, oldest]


def _mailings() -> Iterable[Metric]:
    open_ = Mailing.objects.filter(single=False, finished_at=None)
    rate = _gauge("mailing_letters_per_second", "Letters of mailings to many that leave a second.")
    rate.add_metric([], sum(pace(mailing).rate for mailing in open_))
    paused = _gauge("mailings_paused", "Mailings that are paused, by staff or by themselves after failures.", "reason")
    _by(paused, open_.filter(state=Mailing.State.PAUSED), "paused_reason", Mailing.Why.values)
    letters = _gauge(
        "mailing_letters", "Letters of the mailings begun in the last 24 hours, by outcome.", "state", "reason"
    )
    outcomes: Counter[tuple[str, str]] = Counter()
    for counts in Reading.objects.filter(mailing__created_at__gt=timezone.now() - DAY).values_list("counts", flat=True):
        for state, reason, number in counts:
            outcomes[state, reason] += number
    for (state, reason), number in sorted(outcomes.items()):
        letters.add_metric([state, reason], number)
    return [rate, paused, letters]


def _relays() -> Iterable[Metric]:
    up = _gauge("relay_up", "1 while a worker can use the relay, 0 while it is away.", "relay")
    open_ = _gauge("relay_connections", "Connections of all workers to the relay.", "relay")
    for one in relays():
        up.add_metric([one.relay], int(one.state != RelayState.State.AWAY))
        open_.add_metric([one.relay], one.connections)
    groups = _gauge("groups_paused", "Groups of addresses that are left in peace for a while.")
    groups.add_metric([], len(resting()))
    workers = _gauge("mail_workers", "Living workers that send mail.")
    workers.add_metric([], RelayState.objects.current().values("worker").distinct().count())
    return [up, open_, groups, workers]


def _jobs() -> Iterable[Metric]:
    queue = waiting.jobs()
    alive = _gauge("job_workers", "Living workers that run background jobs.")
    alive.add_metric([], waiting.job_workers())
    number = _gauge("jobs_waiting", "Background jobs that are due and have not begun.")
    number.add_metric([], queue.number)
    oldest = _gauge("jobs_oldest_seconds", "How long the oldest of them has been due.")
    oldest.add_metric([], queue.oldest)
    failed = _gauge("jobs_failed_last_day", "Background jobs that failed in the last 24 hours.")
    failed.add_metric([], queue.failed)
    return [alive, number, oldest, failed]


def _returns() -> Iterable[Metric]:
    came = _gauge("returns_last_day", "What came back of mail in the last 24 hours: bounces and complaints.", "kind")
    _by(came, Return.objects.filter(received_at__gt=timezone.now() - DAY), "kind", Return.Kind.values)
    idle = _gauge("returns_without_effect", "What came back since yesterday and was not believed or understood.", "why")
    for why, number in without_effect(since=timezone.now() - DAY).items():
        idle.add_metric([why], number)
    stopped = _gauge("suppressed_addresses", "Addresses that are not written to.", "reason")
    _by(stopped, Suppression.objects.filter(until=None), "reason", Suppression.Reason.values)
    return [came, idle, stopped]


def _gauge(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"madoguchi_{name}", said, labels=labels)


def _by(gauge: GaugeMetricFamily, rows: QuerySet, field: str, values: list[str]) -> None:
    """One line for each of ``values``, nought included: an alert needs something to look at."""
    found = dict(rows.values_list(field).annotate(Count("pk")).order_by())
    for value in values:
        gauge.add_metric([value], found.get(value, 0))
