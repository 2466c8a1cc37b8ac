"""``/console/mailings/``: watching mail go out, and stepping in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.delivery.models import GroupPause, Letter, Mailing, Reading, RelayState
from madoguchi.notices import mailings, staff_mail
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db
OUTCOMES = [
    *[("queued", "")] * 5,
    *[("queued", "refused")] * 2,
    *[("held", "")] * 3,
    *[("sent", "")] * 10,
    *[("skipped", "outside_hours")] * 4,
    *[("failed", "refused")] * 2,
    ("failed", "expired"),
    ("failed", "content"),
    ("bounced", "hard"),
    ("suppressed", "opted_out"),
]


@pytest.fixture
def report(db: None) -> Report:
    return make.trouble(make.service()).publish(by=people.publisher())


@pytest.fixture
def mailing(report: Report) -> Mailing:
    made = Mailing.objects.get(renderer=mailings.REPORT, reference=str(report.pk))
    Mailing.objects.filter(pk=made.pk).update(checkpoint=None, expires_at=timezone.now() + timedelta(days=1))
    now = timezone.now()
    Letter.objects.bulk_create(
        Letter(
            mailing=made,
            recipient_key=str(number),
            address=f"person{number}@example.jp",
            language="ja",
            state=state,
            reason=reason,
            finished_at=None if state in {"queued", "held"} else now,
        )
        for number, (state, reason) in enumerate(OUTCOMES)
    )
    made.refresh_from_db()
    return made


def staff(role: StaffRole = StaffRole.PUBLISHER) -> Client:
    client = Client()
    address = f"{role.value}2@aoba.example"
    people.sign_in(client, people.account(address, staff_role=role))
    return client


def jobs_done() -> None:
    """Run the jobs of this room that an act left, as a worker would."""
    for job in ProcrastinateJob.objects.filter(task_name__startswith="delivery.", status="todo"):
        app.tasks[job.task_name](**job.args)


def text(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def test_what_is_under_way_and_what_is_over(report, mailing) -> None:
    page = text(staff(StaffRole.VIEWER).get("/en/console/mailings/").content)
    assert f"{report.notice.number} {report.label}" in page or report.notice.number in page
    assert "20 of 30 (66 %)" in page
    assert "publisher@aoba.example" in page
    assert "No mailing has finished yet." in page
    Letter.objects.filter(mailing=mailing, state__in=["queued", "held"]).update(state="sent")
    Mailing.objects.filter(pk=mailing.pk).update(finished_at=timezone.now())
    page = text(staff(StaffRole.EDITOR).get("/en/console/mailings/").content)
    assert "Nothing is being sent now." in page
    assert "Finished" in page


def test_single_letters_are_nobodys_business_here(mailing) -> None:
    single = Mailing.objects.create(
        renderer="x", reference="1", lane=0, single=True, expires_at=timezone.now() + timedelta(days=1)
    )
    client = staff()
    assert client.get(f"/console/mailings/{single.pk}/").status_code == 404
    assert client.post(f"/console/mailings/{single.pk}/pause/").status_code == 404


@pytest.mark.parametrize("part", ["", "progress/"])
def test_a_mailings_numbers_with_their_reasons(mailing, part: str) -> None:
    page = text(staff(StaffRole.VIEWER).get(f"/en/console/mailings/{mailing.pk}/{part}").content)
    for row in (
        "Waiting 7 not tried yet: 5 refused for now, to be tried again: 2",
        "Sent 10",
        "Held 3",
        "Skipped 4 outside the days and hours of the address: 4",
        "Failed 4 refused for good by the relay or the recipient's server: 2 refused for what it says",
        "Bounced 1 the address does not exist, or takes no email: 1",
        "Suppressed 1 stopped by the link in an email: 1",
    ):
        assert row in page.replace("&#x27;", "'"), row
    assert "20 of 30 (66 %)" in page
    assert "Letters/s 10 Time to go" in page


def test_what_went_out_in_a_digest_is_not_called_skipped_beside_its_report(report, mailing) -> None:
    Letter.objects.filter(mailing=mailing, state="held").update(
        state="skipped", reason="digest", finished_at=timezone.now()
    )
    page = text(staff(StaffRole.VIEWER).get(f"/en/console/notices/{report.notice_id}/").content)
    assert "Sent 10 Sent in a digest 3 Skipped 4" in page


def test_the_page_keeps_itself_up_to_date_with_and_without_script(mailing) -> None:
    address = f"/console/mailings/{mailing.pk}/"
    page = staff().get(address).content.decode()
    assert f'hx-get="{address}progress/" hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    Mailing.objects.filter(pk=mailing.pk).update(finished_at=timezone.now())
    page = staff(StaffRole.VIEWER).get(address).content.decode()
    assert "progress/" not in page
    assert "http-equiv" not in page


def test_pausing_and_going_on(mailing) -> None:
    client = staff()
    address = f"/console/mailings/{mailing.pk}/"
    assert client.get(f"{address}pause/").status_code == 302  # looking changes nothing
    mailing.refresh_from_db()
    assert mailing.state == "open"
    assert client.post(f"{address}pause/")["Location"] == address
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    page = client.get(address).content.decode()
    assert "一時停止中" in page
    client.post(f"{address}pause/")  # pressed twice
    assert client.post(f"{address}resume/").status_code == 302
    mailing.refresh_from_db()
    assert mailing.state == "open"
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["mailing.pause", "mailing.resume"]
    assert {entry.object_key for entry in AuditEntry.objects.all()} == {str(mailing.pk)}


def test_calling_off_says_how_many_and_asks_why(mailing) -> None:
    client = staff()
    address = f"/en/console/mailings/{mailing.pk}/cancel/"
    assert "10 letters that have not left yet will never be sent." in text(client.get(address).content)
    refused = client.post(address, {"reason": "no"})
    assert refused.status_code == 422
    assert "at least 5 characters" in refused.content.decode()
    mailing.refresh_from_db()
    assert mailing.state == "open"
    assert client.post(address, {"reason": "wrong service named"}).status_code == 302
    mailing.refresh_from_db()
    assert mailing.state == "cancelled"
    jobs_done()
    assert mailing.progress()["skipped"] == 14
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.reason, entry.detail) == ("mailing.cancel", "wrong service named", {"letters": 10})
    assert client.post(address, {"reason": "once more"}).status_code == 302
    assert AuditEntry.objects.count() == 1


def test_failed_letters_are_tried_again_unless_the_address_is_at_fault(mailing) -> None:
    client = staff()
    address = f"/en/console/mailings/{mailing.pk}/retry/"
    assert "2 of 4 failed letters are queued again." in text(client.get(address).content)
    assert client.post(address, {"reason": "the relay is back"}).status_code == 302
    jobs_done()
    assert mailing.progress()["failed"] == 2
    assert AuditEntry.objects.get().detail == {"letters": 2}
    Reading.objects.all().delete()  # as if two seconds had passed
    assert "retry/" not in client.get(f"/console/mailings/{mailing.pk}/").content.decode()


def test_where_no_address_is_at_fault_all_are_tried_again(mailing) -> None:
    Letter.objects.filter(mailing=mailing, state="failed").update(reason="expired")
    page = text(staff().get(f"/en/console/mailings/{mailing.pk}/retry/").content)
    assert "All 4 failed letters are queued again." in page
    assert "at fault" not in page
    assert "inquiry" not in page


@pytest.mark.parametrize("address", ["/en/console/", "/en/console/notices/"])
def test_a_mailing_that_paused_itself_is_shown_loudly(mailing, report, address: str) -> None:
    mailing.pause(reason="failures")
    page = text(staff(StaffRole.VIEWER).get(address).content)
    assert f"The mailing of {report.notice.number}" in page
    assert "has paused itself after too many failures" in page
    assert "4 failed, 10 letters wait." in page
    shown = staff().get(f"/en/console/mailings/{mailing.pk}/").content
    assert "Nothing more of it is sent until somebody lets it go on." in text(shown)
    assert b"/resume/" in shown


def test_a_pause_by_staff_is_not_loud_but_says_who(mailing) -> None:
    mailing.pause(by="publisher@aoba.example")
    assert "paused itself" not in text(staff(StaffRole.VIEWER).get("/en/console/").content)
    client = staff()
    page = text(client.get(f"/en/console/mailings/{mailing.pk}/").content)
    assert "by publisher@aoba.example" in page
    assert "Letters/s – Time to go –" in page
    assert "Letters/s – Time to go –" in text(client.get("/en/console/mailings/").content)


def test_the_alarms_to_the_staff_are_not_among_them(mailing, report) -> None:
    assert staff_mail.report_due(report.notice, due=timezone.now(), is_overdue=True)
    board = staff().get("/console/mailings/")
    assert [told.mailing for told in board.context["running"]] == [mailing]
    Mailing.objects.update(finished_at=timezone.now())
    over = staff(StaffRole.VIEWER).get("/console/mailings/").context["over"]
    assert [told.mailing for told in over] == [mailing]


def test_relays_and_groups_left_in_peace(mailing) -> None:
    client = staff()
    address = f"/en/console/mailings/{mailing.pk}/"
    assert "No worker is sending" in text(client.get(address).content)
    for worker, state, connections in (("a/1", "well", 10), ("b/1", "away", 0)):
        RelayState.objects.create(worker=worker, relay="relay.example:25", state=state, connections=connections)
    GroupPause.objects.create(worker="a/1", group="docomo", until=timezone.now() + timedelta(minutes=2))
    GroupPause.objects.create(worker="a/1", group="softbank", until=timezone.now() - timedelta(minutes=2))
    page = text(client.get(address).content)
    assert "In use relay.example:25" in page
    assert "10 connections" in page
    assert "docomo until" in page
    assert "softbank" not in page


@pytest.mark.parametrize("role", [role for role in StaffRole if role not in {"publisher", "administrator"}])
def test_only_publishers_step_in(mailing, role: StaffRole) -> None:
    client = staff(role)
    assert "<form" not in client.get(f"/console/mailings/{mailing.pk}/progress/").content.decode()
    for name in ("pause", "resume", "cancel", "retry"):
        assert client.post(f"/console/mailings/{mailing.pk}/{name}/", {"reason": "because I can"}).status_code == 403
    mailing.refresh_from_db()
    assert mailing.state == "open"


def test_customers_see_nothing_of_it(mailing) -> None:
    client = Client()
    for person in (people.alice(), people.bob(), people.charlie()):
        people.sign_in(client, person)
        for part in ("", "running/", f"{mailing.pk}/", f"{mailing.pk}/progress/", f"{mailing.pk}/cancel/"):
            assert client.get(f"/console/mailings/{part}").status_code == 403
            assert client.post(f"/console/mailings/{part}").status_code == 403


def test_no_address_is_shown(mailing) -> None:
    assert "person1" not in staff().get(f"/console/mailings/{mailing.pk}/").content.decode()
