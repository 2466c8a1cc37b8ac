"""The worker: it lives, its jobs and the mail do not pile up."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good, warning
from madoguchi.delivery import backlog
from madoguchi.delivery.relays import relays
from madoguchi.delivery.waiting import job_workers, jobs

# Seconds. A worker reports every ten; a code is worth nothing after some minutes.
LATE, TOO_LATE = 60, 600


def look() -> Iterator[Finding]:
    alive = job_workers()
    start = _("Start it: systemctl start madoguchi-worker; its log says why it stopped.")
    if alive:
        yield good(_("Workers that run jobs: %(number)s.") % {"number": alive})
    else:
        yield bad(_("No worker runs jobs: nothing is sent, published by the clock or imported."), start)
    if relays():
        yield good(_("A worker sends mail."))
    else:
        yield bad(_("No worker sends mail."), start)
    waiting = jobs()
    yield _age(_("The oldest job that is due has waited for %(seconds)s s."), waiting.oldest)
    yield _age(_("The oldest email that is due has waited for %(seconds)s s."), backlog.age())
    if waiting.failed:
        yield warning(
            _("Jobs that failed in the last 24 hours: %(number)s.") % {"number": waiting.failed},
            _("The worker's log has each with its reason; what they should have done is still to do."),
        )


def _age(said: str, seconds: float) -> Finding:
    words = said % {"seconds": round(seconds)}
    remedy = _("Look whether a worker runs and whether the relay answers; more workers may run beside it.")
    if seconds >= TOO_LATE:
        return bad(words, remedy)
    return warning(words, remedy) if seconds >= LATE else good(words)
