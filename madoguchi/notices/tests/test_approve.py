"""A second person: what is approved is exactly what goes out, and nobody approves their own work."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from madoguchi.accounts.models import StaffRole
from madoguchi.notices import approve, course, schedule, write
from madoguchi.notices.approve import NotAPublisher, OwnWork
from madoguchi.notices.fingerprint import fingerprint
from madoguchi.notices.models import Approval, Notice, Report
from madoguchi.notices.publish import NotReady
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def approval_on(settings):
    settings.NOTICE_APPROVAL = True
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def staff():
    roles = {"editor": StaffRole.EDITOR, "sato": StaffRole.PUBLISHER, "suzuki": StaffRole.PUBLISHER}
    return {name: make.account(name, staff_role=role) for name, role in roles.items()}


def _approve(report, by):
    report = Report.objects.get(pk=report.pk)
    return approve.approve(report, by=by, fingerprint=fingerprint(report))


def test_work_is_published_when_a_second_person_approved_it(staff):
    report = make.work(make.service(), by=staff["editor"])
    with pytest.raises(NotReady, match="not_approved"):
        report.publish(by=staff["sato"], at=NOW)
    approve.ask(report, by=staff["editor"])
    assert list(approve.waiting()) == [report]
    _approve(report, staff["sato"])
    assert not approve.waiting().exists()
    assert report.publish(by=staff["sato"], at=NOW).ordinal == 1


def test_the_slightest_change_voids_it_and_changing_it_back_revives_it(staff):
    report = make.work(make.service(), by=staff["editor"])
    says = write.content_of_report(report)
    _approve(report, staff["sato"])
    write.edit_report(report, content=replace(says, notify=False), by=staff["editor"])
    with pytest.raises(NotReady, match="not_approved"):
        report.publish(by=staff["editor"], at=NOW)
    write.edit_report(report, content=says, by=staff["editor"])
    assert report.publish(by=staff["sato"], at=NOW).ordinal == 1


def test_only_what_was_read_is_approved(staff):
    report = make.work(make.service(), by=staff["editor"])
    read = fingerprint(report)
    about = replace(write.content_of(report.notice), contract_numbers=("C100000001",))
    write.edit_report(report, content=write.content_of_report(report), about=about, by=staff["editor"])
    with pytest.raises(write.StaleDraft):
        approve.approve(report, by=staff["sato"], fingerprint=read)


def test_nobody_approves_what_they_wrote_any_of(staff):
    report = make.work(make.service(), by=staff["sato"])
    write.edit_report(report, content=replace(write.content_of_report(report), body_en="Changed."), by=staff["suzuki"])
    for name in ("sato", "suzuki"):
        with pytest.raises(OwnWork):
            _approve(report, staff[name])
        with pytest.raises(OwnWork):
            approve.send_back(report, by=staff[name], remark="直してください。")
    with pytest.raises(NotAPublisher):
        _approve(report, staff["editor"])


def test_it_counts_only_while_its_giver_may_publish(staff):
    report = make.work(make.service(), by=staff["editor"])
    _approve(report, staff["sato"])
    staff["sato"].staff_role = StaffRole.EDITOR
    staff["sato"].save()
    with pytest.raises(NotReady, match="not_approved"):
        report.publish(by=staff["suzuki"], at=NOW)


def test_the_last_word_counts(staff, approval_on):
    report = make.work(make.service(), by=staff["editor"])
    _approve(report, staff["sato"])
    approval_on.shift(60)
    with pytest.raises(NotReady, match="no_remark"):
        approve.send_back(report, by=staff["suzuki"], remark=" ")
    approve.send_back(report, by=staff["suzuki"], remark="時刻を確かめてください。")
    with pytest.raises(NotReady, match="not_approved"):
        report.publish(by=staff["sato"], at=NOW)
    assert [word.decision for word in Approval.objects.all()] == ["approved", "returned"]


def test_an_incomplete_draft_is_not_put_before_anybody(staff):
    with pytest.raises(NotReady, match="no_body_ja"):
        approve.ask(make.work(make.service(), body_ja="", by=staff["editor"]), by=staff["editor"])


def test_a_schedule_needs_the_approval_and_keeps_needing_it(staff):
    report = make.work(make.service(), by=staff["editor"])
    moment = NOW + timedelta(hours=1)
    with pytest.raises(NotReady, match="not_approved"):
        schedule.schedule(report, at=moment, by=staff["sato"])
    _approve(report, staff["sato"])
    schedule.schedule(report, at=moment, by=staff["sato"])
    staff["suzuki"].is_active = False
    staff["suzuki"].save()
    assert schedule.publish_due(at=moment) == 1


def test_what_work_says_by_itself_was_approved_with_the_report_that_asked_for_it(staff):
    report = make.work(make.service(), by=staff["editor"], starts_itself=True, ends_itself=True)
    _approve(report, staff["sato"])
    report.publish(by=staff["sato"], at=NOW)
    assert course.move_due(at=report.first_begin) == 1


def test_trouble_goes_first_and_is_signed_off_by_somebody_else(staff):
    report = make.trouble(make.service(), by=staff["editor"]).publish(by=staff["sato"], at=NOW)
    assert list(approve.unsigned()) == [report]
    with pytest.raises(OwnWork):
        approve.sign_off(report, by=staff["sato"])
    with pytest.raises(NotAPublisher):
        approve.sign_off(report, by=staff["editor"])
    approve.sign_off(report, by=staff["suzuki"])
    assert not approve.unsigned().exists()
    assert approve.sign_off(report, by=staff["suzuki"]) is None
    assert Approval.objects.count() == 1


def test_trouble_approved_before_needs_no_signature(staff):
    report = make.trouble(make.service(), by=staff["editor"])
    _approve(report, staff["sato"])
    report.publish(by=staff["sato"], at=NOW)
    assert not approve.unsigned().exists()


def test_where_it_is_off_nobody_waits_for_a_second_person(staff, settings):
    settings.NOTICE_APPROVAL = False
    make.work(make.service(), by=staff["sato"]).publish(by=staff["sato"], at=NOW)
    make.trouble(Notice.objects.get().services.get(), by=staff["sato"]).publish(by=staff["sato"], at=NOW)
    assert not approve.unsigned().exists()


def test_what_was_said_stands(staff):
    report = make.work(make.service(), by=staff["editor"])
    said = _approve(report, staff["sato"])
    said.remark = "別の理由"
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        said.save()
    # It goes with a draft that is thrown away, and stays with what is published.
    report.publish(by=staff["sato"], at=NOW)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        said.delete()
