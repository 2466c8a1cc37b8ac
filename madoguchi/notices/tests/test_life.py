"""The whole life of notices as a state machine against the database: whatever staff and the clock do, in any order."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from madoguchi.accounts.models import StaffRole
from madoguchi.delivery.models import Mailing
from madoguchi.notices import approve, course, lifecycle, mailings, overdue, remind, schedule, write
from madoguchi.notices.content import Period
from madoguchi.notices.fingerprint import fingerprint
from madoguchi.notices.lifecycle import FINAL, MOVES, IllegalMove, State, Withdrawn
from madoguchi.notices.models import Notice, NumberSeries, Report
from madoguchi.notices.publish import NotReady
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import NotPublished, withdraw

MOST_NOTICES = 2
kinds = st.sampled_from(["work", "trouble"])
chances = st.booleans()
# A notice by its place; places beyond the last one wrap around.
places = st.integers(0, MOST_NOTICES - 1)


def _state(kind: str, before: str):
    """Mostly one that may follow."""
    legal = MOVES[kind].get(before, ())
    return st.sampled_from([*legal, *legal, *legal, *MOVES[kind]])


class Life(RuleBasedStateMachine):
    """Every verb with random choices, and a clock that only goes forward. What must hold is checked after each step."""

    def __init__(self) -> None:
        super().__init__()
        # One transaction a run, which is rolled back at its end: real PostgreSQL, triggers and constraints included.
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now = NOW
        self.clock = time_machine.travel(NOW, tick=False)
        self.traveller = self.clock.start()
        self.service = make.service()
        self.editor = make.account("editor", staff_role=StaffRole.EDITOR)
        self.sato = make.account("sato", staff_role=StaffRole.PUBLISHER)
        self.suzuki = make.account("suzuki", staff_role=StaffRole.PUBLISHER)
        self.approval = override_settings()
        self.approval.enable()
        self.published: dict[int, dict[str, object]] = {}
        self.withdrawn: dict[int, int] = {}

    @initialize(approval=chances)
    def choose_approval(self, approval: bool) -> None:
        self.approval.disable()
        self.approval = override_settings(NOTICE_APPROVAL=approval)
        self.approval.enable()

    def teardown(self) -> None:
        self.approval.disable()
        self.clock.stop()
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    @property
    def notices(self) -> list[Notice]:
        return list(Notice.objects.order_by("pk"))

    def _notice(self, place: int) -> Notice:
        return self.notices[place % Notice.objects.count()]

    def _draft(self, place: int) -> Report | None:
        return Report.objects.filter(notice=self._notice(place), ordinal=None).first()

    @precondition(lambda self: Notice.objects.count() < MOST_NOTICES)
    @rule(kind=kinds, data=st.data(), notify=chances)
    def start(self, kind: str, data: st.DataObject, notify: bool) -> None:
        state = data.draw(_state(kind, State.DRAFT), label="state")
        if kind == "work":
            begin = self.now + timedelta(hours=data.draw(st.sampled_from([30, 3, -2]), label="begins in"))
            course_ = {name: data.draw(chances, label=name) for name in write.COURSE}
            windows = (
                Period(starts_at=begin, ends_at=begin + timedelta(hours=4)),
                Period(starts_at=begin + timedelta(days=1), ends_at=begin + timedelta(hours=28), spare=True),
            )
            says = {**course_, "windows": windows, "remind_hours": (24, 2)}
        else:
            over = {"ended_at": self.now} if state in FINAL else {}
            says = {"started_at": self.now - timedelta(minutes=5), **over}
        report = getattr(make, kind)(self.service, by=self.editor, state_after=state, notify=notify, **says)
        if data.draw(chances, label="publish"):
            self._publish(report, approve_first=True)

    @precondition(lambda self: self.notices)
    @rule(place=places, data=st.data(), notify=chances, move_windows=chances)
    def write_further(self, place: int, data: st.DataObject, notify: bool, move_windows: bool) -> None:
        notice = self._notice(place)
        state = data.draw(_state(notice.kind, notice.state), label="state")
        says = replace(write.further_content(notice), state_after=state, body_ja="続報です。", notify=notify)
        if move_windows:
            day = timedelta(days=1)
            moved = [replace(p, starts_at=p.starts_at + day, ends_at=p.ends_at + day) for p in says.windows]
            says = replace(says, windows=tuple(moved))
        if state in FINAL and notice.kind == "trouble":
            says = replace(says, ended_at=self.now)
        try:
            if draft := notice.draft_report:
                report = write.edit_report(draft, content=says, by=self.editor, revision=draft.revision)
            else:
                report = write.add_report(notice, content=says, by=self.editor)
        except Withdrawn:
            assert notice.pk in self.withdrawn
            return
        if data.draw(chances, label="publish"):
            self._publish(report, approve_first=True)

    @precondition(lambda self: self.notices)
    @rule(place=places)
    def publish(self, place: int) -> None:
        if draft := self._draft(place):
            self._publish(draft, approve_first=False)

    def _publish(self, draft: Report, *, approve_first: bool) -> None:
        if approve_first:
            approve.approve(draft, by=self.suzuki, fingerprint=fingerprint(Report.objects.get(pk=draft.pk)))
        draft = Report.objects.get(pk=draft.pk)
        before, after = draft.notice.state, draft.state_after
        legal = after in MOVES[draft.notice.kind].get(before, ())
        move: tuple[str, str] | None = None
        codes: set[str] = set()
        try:
            with transaction.atomic():
                assert draft.publish(by=self.sato).published_by == self.sato
        except IllegalMove as illegal:
            move = (illegal.before, illegal.after)
        except NotReady as not_ready:
            codes = {reason.code for reason in not_ready.reasons}
        gone = draft.notice_id in self.withdrawn
        assert move == (None if legal or gone else (before, after))
        assert codes <= {"withdrawn", "final_unmailed", "not_approved"}
        assert ("withdrawn" in codes) == gone

    @precondition(lambda self: self.notices)
    @rule(place=places)
    def approve(self, place: int) -> None:
        if draft := self._draft(place):
            approve.approve(draft, by=self.suzuki, fingerprint=fingerprint(draft))

    @precondition(lambda self: self.notices)
    @rule(place=places, hours=st.integers(1, 30))
    def schedule(self, place: int, hours: int) -> None:
        if draft := self._draft(place):
            try:
                with transaction.atomic():
                    schedule.schedule(draft, at=self.now + timedelta(hours=hours), by=self.sato)
            except (IllegalMove, NotReady):
                assert self._draft(place) == draft

    @precondition(lambda self: self.notices)
    @rule(place=places)
    def withdraw(self, place: int) -> None:
        notice = self._notice(place)
        try:
            withdraw(notice, reason_ja="誤り", notify=False, by=self.sato)
        except NotPublished:
            assert notice.is_draft
        except Withdrawn:
            assert notice.pk in self.withdrawn
        else:
            self.withdrawn[notice.pk] = len(notice.published_reports)

    @rule(minutes=st.sampled_from([1, 60, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self._now_is(self.now + timedelta(minutes=minutes))

    @precondition(lambda self: self.notices)
    @rule(place=places, data=st.data())
    def a_moment_comes(self, place: int, data: st.DataObject) -> None:
        """To the minute: a reminder's, the begin, the end, or the promised report's."""
        notice = self._notice(place)
        begin, end, due = notice.first_begin, notice.last_end, notice.next_report_due
        moments = [begin - timedelta(hours=24), begin - timedelta(hours=2), begin] if begin else []
        ahead = [moment for moment in (*moments, end, due) if moment and moment > self.now]
        if ahead:
            self._now_is(data.draw(st.sampled_from(ahead), label="moment"))

    def _now_is(self, now: datetime) -> None:
        self.now = now
        self.traveller.move_to(self.now)
        for verb in (schedule.publish_due, course.move_due, remind.remind_due, overdue.tell_overdue):
            verb()
            assert verb() == 0, f"{verb.__name__} did it twice"

    @invariant()
    def the_rules_hold(self) -> None:
        notices = list(Notice.objects.order_by("pk").prefetch_related("reports__approvals"))
        mailings_ = list(Mailing.objects.filter(renderer__in=mailings.ALL))
        self.numbers_have_no_gaps(notices)
        for notice in notices:
            reports = notice.published_reports[::-1]
            self.reports_follow_one_another_and_never_change(notice, reports)
            about = [mailing for mailing in mailings_ if _is_about(mailing, notice, reports)]
            self.nobody_is_left_without_the_last(notice, reports, about)
            self.a_withdrawal_is_the_last_word(notice, about)
            self.reminders_are_of_work_that_is_ahead(notice, about)
            self.what_needs_a_second_person_had_one(notice, reports)

    def numbers_have_no_gaps(self, notices) -> None:
        numbers = sorted(str(notice) for notice in notices if notice.number)
        given = {series.kind: series.last for series in NumberSeries.objects.all()}
        expected = [f"{kind[0].upper()}-2026-{n:06}" for kind in given for n in range(1, given[kind] + 1)]
        assert numbers == sorted(expected)

    def reports_follow_one_another_and_never_change(self, notice, reports) -> None:
        assert [report.ordinal for report in reports] == list(range(1, len(reports) + 1))
        states = [State.DRAFT, *(report.state_after for report in reports)]
        for before, after in pairwise(states):
            lifecycle.check(kind=notice.kind, before=before, after=after)
        assert notice.state == states[-1]
        moments = [report.published_at for report in reports]
        assert moments == sorted(moments)
        for report in reports:
            said = {field.attname: getattr(report, field.attname) for field in Report._meta.concrete_fields}
            assert self.published.setdefault(report.pk, said) == said

    def nobody_is_left_without_the_last(self, notice, reports, about) -> None:
        mailed = [report.notify for report in reports]
        for place, report in enumerate(reports):
            if report.is_final and any(mailed[:place]):
                assert report.notify
        assert [mailing.renderer for mailing in about].count(mailings.REPORT) == sum(mailed)
        if notice.withdrawn_at and any(mailed):
            assert [mailing.renderer for mailing in about].count(mailings.WITHDRAWAL) == 1

    def a_withdrawal_is_the_last_word(self, notice, about) -> None:
        if notice.pk in self.withdrawn:
            assert len(notice.published_reports) == self.withdrawn[notice.pk]
            assert {m.renderer for m in about if m.state != Mailing.State.CANCELLED} <= {mailings.WITHDRAWAL}
            assert notice.draft_report is None or notice.draft_report.publish_at is None

    def reminders_are_of_work_that_is_ahead(self, notice, about) -> None:
        for mailing in about:
            if mailing.renderer == mailings.REMINDER and mailing.state != Mailing.State.CANCELLED:
                begun = mailing.expires_at <= self.now
                assert begun or (notice.state, notice.first_begin) == (State.CONFIRMED, mailing.expires_at)

    def what_needs_a_second_person_had_one(self, notice, reports) -> None:
        if django_settings.NOTICE_APPROVAL and notice.kind == "work":
            for report in reports:
                by_itself = report.published_by_id is None
                assert by_itself or any(said.by_id == self.suzuki.pk for said in report.approvals.all())


def _is_about(mailing, notice, reports):
    if mailing.renderer == mailings.REPORT:
        return mailing.reference in {str(report.pk) for report in reports}
    return mailing.reference.split("/")[0] == str(notice.pk)


@pytest.mark.django_db
def test_any_life_keeps_the_rules():
    few = settings(
        max_examples=10,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Life, settings=few)
