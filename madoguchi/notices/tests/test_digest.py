"""Held letters: one leaves as it is, several leave as one mail, and none is lost or sent twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.renderers import render
from madoguchi.notices import audience, digest, mailings, unsubscribe, write
from madoguchi.notices.content import Period, ReportContent
from madoguchi.notices.deliveries import deliveries_of, told
from madoguchi.notices.models import Destination, Digest, Notice, Report
from madoguchi.notices.tests import make
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db

OPENS = NOW.replace(hour=20, minute=0)
IN_TWO_DAYS = Period(starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2))


@pytest.fixture
def hikari():
    return make.service()


@pytest.fixture
def hanako(hikari):
    account = make.account("hanako")
    make.follows(account, hikari)
    return account


@pytest.fixture
def box(hanako):
    return make.reads(hanako, hours=1 << 20, outside="hold")


def _publish(report, at=NOW):
    report = report.publish(by=None, at=at)
    audience.write_letters(mailing_id=Mailing.objects.get(renderer=mailings.REPORT, reference=str(report.pk)).pk)
    return report


def _further(notice, state, at=NOW):
    says = ReportContent(state_after=state, body_ja="続報です。", body_en="More.", impact="outage", started_at=NOW)
    return _publish(write.add_report(notice, content=says, by=None), at)


def _letter(report):
    return Letter.objects.get(mailing__renderer=mailings.REPORT, mailing__reference=str(report.pk))


def _digests():
    return Letter.objects.filter(mailing__renderer=digest.RENDERER)


def _said(letter, format="full", language="ja"):
    draft = render(digest.RENDERER, letter.mailing.reference, language, format)
    for name, value in letter.personal.items():
        slot = f"\ue000{name}\ue001"
        draft = replace(
            draft,
            subject=draft.subject.replace(slot, value),
            text=draft.text.replace(slot, value),
            html=draft.html and draft.html.replace(slot, value),
            headers=tuple((n, v.replace(slot, value)) for n, v in draft.headers),
        )
    return draft


def test_one_held_letter_leaves_as_it_is(hikari, box):
    report = _publish(make.trouble(hikari))
    assert digest.release_held(at=OPENS - timedelta(minutes=1)) == 0
    assert digest.release_held(at=OPENS) == 1
    assert (_letter(report).state, _letter(report).reason) == ("queued", "")
    assert not _digests().exists()


def test_several_leave_as_one_mail_that_carries_them(hikari, hanako, box):
    work, trouble = _publish(make.work(hikari)), _publish(make.trouble(hikari))
    assert digest.release_held(at=OPENS) == 2
    letter = _digests().get()
    assert (letter.address, letter.recipient_key, letter.state) == (box.address, box.recipient_key, "queued")
    for report in (work, trouble):
        assert (_letter(report).state, _letter(report).reason) == ("skipped", "digest")
    # The most urgent lane and the latest end of what it carries.
    of = Mailing.objects.filter(renderer=mailings.REPORT)
    assert letter.mailing.lane == min(mailing.lane for mailing in of)
    assert letter.mailing.expires_at == max(mailing.expires_at for mailing in of)
    # Again: nothing more.
    assert digest.release_held(at=OPENS) == 0
    assert _digests().count() == 1


def test_what_the_mail_says(hikari, hanako, box):
    first = _publish(make.trouble(hikari))
    work = _publish(make.work(hikari))
    second = _further(first.notice, "identified")
    digest.release_held(at=OPENS)
    letter = _digests().get()
    mail = _said(letter)
    assert mail.subject == "【お知らせ】配信時間外のご報告 3件"
    assert "\ue000" not in mail.text + mail.html + str(mail.headers)
    # Trouble first, with its newest state; the older report by name; both links.
    assert mail.text.index(first.notice.number) < mail.text.index(work.notice.number)
    assert mail.text.count(f"/notices/{first.notice.number}/") == 1
    assert mail.text.index("原因特定") < mail.text.index("調査中")
    assert "現在、原因を調査しています。" not in mail.text
    assert second.body_ja in mail.text
    assert second.body_ja in mail.html
    headers = dict(mail.headers)
    assert headers["List-Id"] == "<digest.notices.aoba.example>"
    token = headers["List-Unsubscribe"].rpartition("/unsubscribe/")[2].strip("/>")
    assert {(wish.service, wish.kind) for wish in unsubscribe.read_all(token)} == {
        (hikari, "trouble"),
        (hikari, "work"),
    }
    for place, kind in enumerate((Notice.Kind.TROUBLE, Notice.Kind.WORK)):
        assert unsubscribe.read(letter.personal[f"token_{place}"]) == unsubscribe.Wish(box, hikari, kind)
    assert "References" not in headers


def test_on_a_mobile_phone_it_is_short(hikari, hanako):
    make.reads(hanako, hours=1 << 20, outside="hold", device="mobile")
    _publish(make.trouble(hikari))
    _publish(make.work(hikari))
    digest.release_held(at=OPENS)
    letter = _digests().get()
    mail = _said(letter, format=letter.format)
    assert letter.format == "short"
    assert mail.html is None
    assert "現在、原因を調査しています。" not in mail.text
    assert len(mail.text) < 1200


def test_in_english_it_is_english(hikari, hanako, box):
    hanako.language = "en"
    hanako.save()
    _publish(make.trouble(hikari))
    _publish(make.work(hikari))
    digest.release_held(at=OPENS)
    letter = _digests().get()
    mail = _said(letter, language=letter.language)
    assert mail.subject == "[Notices] 2 reports from outside your hours"
    assert "We are investigating." in mail.text


@pytest.mark.parametrize("row", table("### Held and together")[1], ids=" / ".join)
def test_the_documented_outcomes_of_what_was_held(row, hikari, hanako, box):
    held, meanwhile, become, mails = row
    reports = {
        "A": lambda: _publish(make.trouble(hikari)),
        "B": lambda: _publish(make.work(hikari, windows=(IN_TWO_DAYS,))),
        "A′": lambda: _further(Notice.objects.get(kind="trouble"), "identified"),
    }
    made = {name: reports[name]() for name in held.split()}
    at = OPENS
    match meanwhile:
        case "A expires":
            at = OPENS + timedelta(days=1)
        case "A is withdrawn":
            withdraw(made["A"].notice, reason_ja="誤り", notify=True, by=None)
            for mailing in Mailing.objects.filter(renderer=mailings.WITHDRAWAL):
                audience.write_letters(mailing_id=mailing.pk)
        case "the address opts out of A":
            unsubscribe.fulfil(unsubscribe.read(unsubscribe.token_for(box, service=hikari, kind="trouble")))
        case "the address is paused":
            Destination.objects.update(state="paused")
        case "the address is removed":
            Destination.objects.update(state="removed")
        case other:
            assert other == ""
    digest.release_held(at=at)
    outcomes = [f"{name} {_letter(made[name]).state} {_letter(made[name]).reason}".strip() for name in made]
    assert ", ".join(outcomes) == become
    queued = _letters_queued()
    assert str(queued) == mails


def _letters_queued():
    return Letter.objects.filter(state="queued", mailing__renderer__in=[*mailings.ALL, digest.RENDERER]).count()


def test_a_later_report_hangs_under_the_first_even_if_that_came_in_the_digest(hikari, box):
    first = _publish(make.trouble(hikari))
    first_letter = _letter(first)
    _publish(make.work(hikari))
    digest.release_held(at=OPENS)
    Destination.objects.update(hours=0xFF_FFFF)
    second = _further(first.notice, "identified", OPENS + timedelta(hours=1))
    thread = _letter(second).personal["thread"]
    assert thread == f"<{first.notice.number}.1.{box.box}@aoba.example>"
    assert first_letter.personal["box"] == box.box


def test_who_read_it_in_a_digest_is_told_of_its_withdrawal(hikari, box):
    first = _publish(make.trouble(hikari))
    _publish(make.work(hikari))
    digest.release_held(at=OPENS)
    Destination.objects.update(hours=0xFF_FFFF)
    withdraw(Notice.objects.get(pk=first.notice_id), reason_ja="誤り", notify=True, by=None)
    mailing = Mailing.objects.get(renderer=mailings.WITHDRAWAL)
    audience.write_letters(mailing_id=mailing.pk)
    assert mailing.letters.get().address == box.address


@pytest.mark.parametrize(
    ("state", "filtered", "outcome"),
    [
        ("queued", "waiting", "queued"),
        ("sent", "sent", "digest"),
        ("failed", "not_delivered", "failed"),
        ("bounced", "not_delivered", "bounced"),
        ("skipped", "not_sent", "expired"),
    ],
)
def test_what_a_digest_carried_became_what_the_digest_became(box, hikari, state, filtered, outcome):
    reports = {_publish(make.trouble(hikari)), _publish(make.work(hikari))}
    digest.release_held(at=OPENS)
    _digests().update(state=state)
    found = told(deliveries_of(box.account, since=NOW - timedelta(days=1), outcome=filtered))
    assert {delivery.report for delivery in found} == reports
    assert {delivery.outcome for delivery in found} == {outcome}


def test_those_who_held_the_same_share_one_mailing(hikari):
    for number in range(3):
        person = make.account(f"p{number}")
        make.follows(person, hikari)
        make.reads(person, hours=1 << 20, outside="hold")
    _publish(make.trouble(hikari))
    _publish(make.work(hikari))
    assert digest.release_held(at=OPENS) == 6
    assert Digest.objects.count() == 1
    assert _digests().count() == 3
    assert Report.objects.count() == 2
