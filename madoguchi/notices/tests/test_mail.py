"""What a report looks like as mail, in both languages and formats, and how the reports of a notice hang together."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser
from email.utils import format_datetime

import pytest
from django.utils.translation import override

from madoguchi.delivery.compose import compose
from madoguchi.delivery.models import Mailing
from madoguchi.delivery.renderers import render
from madoguchi.delivery.returns.path import wish_path
from madoguchi.notices import audience, mail, wording, write
from madoguchi.notices.content import Period, ReportContent
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db

GOLDEN_JA = """\
調査中 / 第1報　2026年11月22日（日）14:05 JST

故障情報 T-2026-000001
通信しづらい状況

対象サービス：あおば光
発生日時：2026年11月22日（日）13:45 JST
影響：断
影響地域：東京都、神奈川県
緊急通報（110・118・119）：つながりにくくなっています。
代替手段：お近くの公衆電話をご利用ください。
次の報：2026年11月22日（日）15:05 JSTまでにお知らせします

現在、原因を調査しています。

このお知らせのすべての報：
http://127.0.0.1:8000/notices/T-2026-000001/

----------------------------------------
このメールは、「あおば光」の故障情報メールの配信先に登録されているアドレスにお送りしています。
通知の設定：
http://127.0.0.1:8000/my/notices/
このアドレスへのあおば光の故障情報メールを停止する：
http://127.0.0.1:8000/unsubscribe/-/

あおば通信
"""

GOLDEN_EN_SHORT = """\
Planned / Report 1
W-2026-000001
Aoba Hikari and 1 more
Work period: 23 Nov 2026, 01:00–05:00
JST
Impact: Lower quality or short
interruptions
Equipment renewal

We are renewing equipment.

http://127.0.0.1:8000/en/notices/W-2026-000001/
Notification settings:
http://127.0.0.1:8000/en/my/notices/
Stop the work email of Aoba Hikari
http://127.0.0.1:8000/en/unsubscribe/-/
Aoba Telecom
"""


def _hikari():
    return make.service("hikari", name_ja="あおば光", name_en="Aoba Hikari")


def _trouble(**says):
    about = {"regions": ("13", "14")}
    says = {
        "emergency_calls_ja": "つながりにくくなっています。",
        "alternatives_ja": "お近くの公衆電話をご利用ください。",
        **says,
    }
    return make.trouble(_hikari(), notice=about, **says).publish(by=None, at=NOW)


def test_the_japanese_text():
    draft = mail.preview(_trouble(), "ja", "full")
    assert draft.subject == "【故障】T-2026-000001 通信しづらい状況"
    assert draft.text == GOLDEN_JA


def test_the_short_english_text():
    other = make.service("phone", name_ja="ん", name_en="Other", kana="ン")
    report = make.work(_hikari(), other).publish(by=None, at=NOW)
    draft = mail.preview(report, "en", "short")
    assert (draft.subject, draft.html) == ("[Work] W-2026-000001 Equipment renewal", None)
    assert draft.text == GOLDEN_EN_SHORT


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_first_screen_of_a_phone_says_what_where_when_and_how_bad(language):
    nights = [NOW + timedelta(days=day) for day in (1, 2)]
    windows = tuple(Period(starts_at=at, ends_at=at + timedelta(hours=4), spare=at != nights[0]) for at in nights)
    report = make.work(_hikari(), windows=windows, body_ja="長い説明です。" * 100, body_en="A long story. " * 50)
    report.publish(by=None, at=NOW)
    text = mail.preview(report, language, "short").text
    first = text[:250].replace("\n", "")
    with override(language):
        for said in ("W-0000-000000", "あおば光" if language == "ja" else "Aoba Hikari", "23"):
            assert said in first
        assert wording.facts(report)[2].text.split()[0] in first
    assert all(wording.columns(line) <= mail.SHORT_WIDTH for line in text.splitlines() if "://" not in line)
    assert len(text) < 900


def test_html_says_the_same_and_escapes_what_staff_wrote():
    report = make.trouble(_hikari(), body_ja="<script>alert(1)</script> & 復旧", body_en="")
    draft = mail.preview(report, "ja", "full")
    assert draft.html is not None
    assert "&lt;script&gt;" in draft.html
    assert "<script" not in draft.html
    assert "調査中" in draft.html
    assert "<script>" in draft.text


def test_a_text_that_is_missing_in_english_says_so():
    report = make.trouble(_hikari(), notice={"title_en": ""}, body_en="").publish(by=None, at=NOW)
    draft = mail.preview(report, "en", "full")
    assert draft.subject == "[Trouble] T-2026-000001 通信しづらい状況"
    assert "available in Japanese only" in draft.text
    assert "現在、原因を調査しています。" in draft.text


def test_a_moved_window_shows_the_old_one():
    first = make.work(_hikari()).publish(by=None, at=NOW)
    notice = Notice.objects.get()
    later = tuple(
        Period(starts_at=p.starts_at + timedelta(days=7), ends_at=p.ends_at + timedelta(days=7)) for p in notice.periods
    )
    says = ReportContent(state_after="confirmed", body_ja="日程を変更します。", impact="degraded", windows=later)
    second = write.add_report(notice, content=says, by=None).publish(by=None, at=NOW)
    assert "変更前の期間：2026年11月23日（月）01:00〜05:00 JST" in mail.preview(second, "ja", "full").text
    assert mail.preview(second, "ja", "full").subject == mail.preview(first, "ja", "full").subject


def _sent(letter):
    """The mail as the engine sends it, read by Python's strict parser."""
    draft = render("notices.report", letter.mailing.reference, letter.language, letter.format)
    engine = {"letter_to": letter.address, "letter_date": format_datetime(NOW), "letter_message_id": "<unused@x>"}
    raw = compose(draft, language=letter.language, feedback_id="test").splice({**letter.personal, **engine})
    return BytesParser(policy=policy.SMTP.clone(raise_on_defect=True)).parsebytes(raw)


def _letters(report):
    mailing = Mailing.objects.get(reference=str(report.pk))
    audience.write_letters(mailing_id=mailing.pk)
    return mailing.letters


def test_later_reports_refer_to_the_first_mail_to_that_address():
    service = _hikari()
    hanako, late = make.account("hanako"), make.account("late")
    for person in (hanako, late):
        make.reads(person)
    make.follows(hanako, service)
    first = make.trouble(service).publish(by=None, at=NOW)
    first_headers = _sent(_letters(first).get())
    assert first_headers["References"] is first_headers["In-Reply-To"] is None

    make.follows(late, service)
    notice = Notice.objects.get()
    says = ReportContent(state_after="recovering", body_ja="復旧作業中です。", impact="outage", started_at=NOW)
    second = _letters(write.add_report(notice, content=says, by=None).publish(by=None, at=NOW))
    to_hanako = _sent(second.get(address="hanako@example.jp"))
    assert to_hanako["References"] == to_hanako["In-Reply-To"] == first_headers["Message-ID"]
    assert to_hanako["Message-ID"] != first_headers["Message-ID"]
    assert _sent(second.get(address="late@example.jp"))["References"] is None

    third = _letters(write.add_report(notice, content=says, by=None).publish(by=None, at=NOW))
    assert _sent(third.get(address="hanako@example.jp"))["References"] == first_headers["Message-ID"]
    # Whoever came later hangs the rest under the first mail they got.
    second_to_late = _sent(second.get(address="late@example.jp"))["Message-ID"]
    assert _sent(third.get(address="late@example.jp"))["References"] == second_to_late


def test_a_report_that_was_skipped_is_no_first_mail():
    service = _hikari()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    destination = make.reads(hanako, hours=0)
    first = make.trouble(service).publish(by=None, at=NOW)
    assert _letters(first).get().state == "skipped"
    destination.hours = 0xFFFFFF
    destination.save()
    says = ReportContent(state_after="recovering", body_ja="復旧作業中です。", impact="outage", started_at=NOW)
    second = write.add_report(Notice.objects.get(), content=says, by=None).publish(by=None, at=NOW)
    assert _sent(_letters(second).get())["References"] is None


def test_the_list_headers():
    service = _hikari()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako)
    letter = _letters(make.trouble(service).publish(by=None, at=NOW)).get()
    headers = _sent(letter)
    assert headers["List-Id"] == "<trouble.notices.aoba.example>"
    token = letter.personal["token"]
    assert headers["List-Unsubscribe"] == (
        f"<http://127.0.0.1:8000/unsubscribe/{token}/>, <mailto:u+{token}@return.aoba.example?subject=unsubscribe>"
    )
    assert wish_path(token) == f"u+{token}@return.aoba.example"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Nothing in the headers names the person, save the one that has to.
    assert [name for name, value in headers.items() if "hanako" in value] == ["To"]


@pytest.mark.parametrize(("language", "device"), [("ja", "pc"), ("en", "smartphone"), ("ja", "mobile")])
def test_the_whole_mail_survives_a_strict_parser(language, device):
    service = _hikari()
    hanako = make.account("hanako", language=language)
    make.follows(hanako, service)
    make.reads(hanako, device=device)
    report = make.trouble(service).publish(by=None, at=NOW)
    letter = _letters(report).get()
    sent = _sent(letter)
    assert "T-2026-000001" in sent["Subject"]
    body = sent.get_body(("plain",)).get_content()
    assert body.splitlines()[0].startswith("調査中 / 第1報" if language == "ja" else "Investigating / Report 1")
    assert letter.personal["token"] in body
    assert ("あおば光" if language == "ja" else "Aoba Hikari") in body.split("----")[-1]
    html = sent.get_body(("html",))
    assert (html is None) == (device == "mobile")
    if html is not None:
        assert letter.personal["token"] in html.get_content()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("あいうえおかきくけこ", ["あいうえお", "かきくけこ"]),
        ("one two three four", ["one two", "three four"]),
        ("https://example.jp/a-long-address", ["https://example.jp/a-long-address"]),
        ("abcdefghijklm", ["abcdefghij", "klm"]),
        ("短い\n\n行", ["短い", "", "行"]),
        # A time stays whole, and no line begins with a full stop.
        ("期間 00:08〜00:11 JST", ["期間", "00:08〜", "00:11 JST"]),
        ("あいうえお。", ["あいうえ", "お。"]),
    ],
)
def test_wrapping_counts_full_width_characters_twice(text, lines):
    assert wording.wrapped(text, width=10).split("\n") == lines
