"""Work that begins and ends by itself, each by a report of its own. Rules and table: ``docs/notices-life.md``."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from madoguchi.notices import lifecycle, wording, write
from madoguchi.notices.content import ReportContent
from madoguchi.notices.each import each
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import put
from madoguchi.notices.ready import was_mailed


@dataclass(frozen=True, slots=True)
class Course:
    """How work is to go on by itself as its last report, published at ``said_at``, has it."""

    state: str
    begin: datetime
    end: datetime
    starts_itself: bool
    ends_itself: bool
    said_at: datetime

    def move(self, at: datetime) -> State | None:
        """The state it comes to by itself at ``at``; None when it stays as it is."""
        begins = self.state == State.CONFIRMED and self.starts_itself and self.said_at < self.begin
        # What was to begin by itself and could not be told has begun all the same.
        begun = self.state == State.IN_PROGRESS or (self.state == State.CONFIRMED and self.starts_itself)
        if begun and self.ends_itself and self.said_at < self.end <= at:
            return State.COMPLETED
        if begins and self.begin <= at < self.end:
            return State.IN_PROGRESS
        return None


def move_due(*, at: datetime | None = None) -> int:
    """Publish the reports of all work that begins or ends by itself by ``at`` (now); how many there were."""
    at = at or timezone.now()
    underway = Notice.objects.in_force().work().filter(windows__spare=False, windows__starts_at__lte=at).distinct()
    return each([notice.pk for notice in underway if _move(notice, at=at)], lambda pk: _publish(pk, at=at))


@transaction.atomic
def _publish(pk: int, *, at: datetime) -> bool:
    # Whoever comes second waits here, and finds the state moved.
    notice = Notice.objects.select_for_update().get(pk=pk)
    after = _move(notice, at=at)
    if after is None:
        return False
    lifecycle.check(kind=notice.kind, before=notice.state, after=after)
    # Beside a draft that somebody is writing, of which there is one at most: this one is never a draft.
    report = Report(notice=notice)
    write.compose(report, _says(notice, after))
    put(report, by=None, at=at)
    return True


def _move(notice: Notice, *, at: datetime) -> State | None:
    last, begin, end = notice.latest_report, notice.first_begin, notice.last_end
    if notice.withdrawn_at or last is None or last.published_at is None or begin is None or end is None:
        return None
    course = Course(
        state=notice.state,
        begin=begin,
        end=end,
        starts_itself=last.starts_itself,
        ends_itself=last.ends_itself,
        said_at=last.published_at,
    )
    return course.move(at)


def _says(notice: Notice, after: State) -> ReportContent:
    """The facts as last published, the real times, and words that name them."""
    last = notice.latest_report
    assert last is not None  # noqa: S101 - it said that the work moves by itself
    known = write.further_content(notice)
    if after == State.IN_PROGRESS:
        known = replace(known, started_at=notice.first_begin, ended_at=None, notify=last.notify_start)
    else:
        began = notice.started_at if notice.state == State.IN_PROGRESS else notice.first_begin
        # Nobody who got a first report is left without the last.
        notify = last.notify_end or was_mailed(notice)
        known = replace(known, started_at=began, ended_at=notice.last_end, notify=notify)
    said = replace(known, state_after=after)
    return replace(said, body_ja=_words(said, "ja"), body_en=_words(said, "en"))


def _words(said: ReportContent, language: str) -> str:
    with override(language):
        times = {
            "begin": wording.moment(said.started_at) if said.started_at else "",
            "end": wording.moment(said.ended_at) if said.ended_at else "",
        }
        if said.state_after == State.IN_PROGRESS:
            words = gettext("The work began on %(begin)s.") % times
        elif said.started_at:
            words = gettext("The work began on %(begin)s and ended on %(end)s.") % times
        else:
            words = gettext("The work ended on %(end)s.") % times
        by_itself = gettext("This report was posted automatically at the planned time.")
        return f"{words}\n\n{by_itself}"
