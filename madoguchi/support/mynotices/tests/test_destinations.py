"""Delivery addresses: three slots, the tables of days and hours, the link in the mail, and who sees what."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from madoguchi.accounts.tests import people
from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter
from madoguchi.lib.tokens import unseal
from madoguchi.notices.destinations import slot_of
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination, DestinationChange
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db

EVERYTHING = {"device": "pc", "days": range(7), "hours": range(24), "outside": "skip"}
PHONE = "hanako.keitai@docomo.ne.jp"


@pytest.fixture
def alice():
    return people.alice()


@pytest.fixture
def hers(alice) -> Client:
    client = Client()
    people.sign_in(client, alice)
    return client


def _slot(account, number):
    return slot_of(account, number)


def _enter(client, address=PHONE, *, slot=2, prefix="", **said):
    return client.post(f"{prefix}/my/destinations/{slot}/", {**EVERYTHING, "address": address, **said})


def _ask(client, address=PHONE, *, slot=2, **said):
    assert _enter(client, address, slot=slot, **said)["Location"] == f"/my/destinations/{slot}/confirm/"
    return client.post(f"/my/destinations/{slot}/confirm/")


def _letter(to=PHONE):
    return Letter.objects.filter(address=to).latest("pk")


def _link(to=PHONE):
    return "/destinations/" + unseal(_letter(to).sealed).split("/destinations/")[1].strip('"}')


def _mail(letter) -> renderers.Draft:
    mailing = letter.mailing
    return renderers.render(mailing.renderer, mailing.reference, letter.language, letter.format)


def test_three_slots_of_which_the_empty_offer_registration(hers):
    page = hers.get("/my/destinations/").text
    assert page.count("未登録") == 3
    assert page.count("アドレスを登録する<") == 3
    assert settings.MAIL_FROM_NOTICES in page
    assert "no-store" in hers.get("/my/destinations/")["Cache-Control"]
    english = hers.get("/en/my/destinations/").text
    assert english.count("Not registered") == 3
    assert "alice@example.jp, is verified already" in english


def test_the_ids_own_address_is_offered_first_and_needs_no_mail(hers, alice):
    page = hers.get("/my/destinations/1/")
    assert page.context["form"]["address"].value() == "alice@example.jp"
    _enter(hers, "alice@example.jp", slot=1)
    assert "この内容で登録する" in hers.get("/my/destinations/1/confirm/").text
    assert hers.post("/my/destinations/1/confirm/")["Location"] == "/my/destinations/"
    page = hers.get("/my/destinations/").text
    assert "保存しました" in page
    assert "受信中" in page
    assert (_slot(alice, 1).destination.address, Letter.objects.count()) == ("alice@example.jp", 0)
    # The second slot offers nothing that is there already.
    assert hers.get("/my/destinations/2/").context["form"]["address"].value() == ""


def test_input_confirm_provisional_final(hers, alice):
    make.reads(alice)
    _enter(hers, " Hanako.Keitai@Docomo.NE.jp ", device="mobile", days=range(1, 6), hours=range(9, 18), outside="hold")
    confirm = hers.get("/my/destinations/2/confirm/").text
    for said in (PHONE, "月〜金", "9時〜17時台", "1通にまとめて", "携帯電話", "この内容で仮登録する"):
        assert said in confirm
    assert not DestinationChange.objects.exists()
    assert hers.post("/my/destinations/2/confirm/")["Location"] == "/my/destinations/2/sent/"
    sent = hers.get("/my/destinations/2/sent/").text
    assert PHONE in sent
    assert settings.MAIL_FROM_NOTICES in sent
    letter = _letter()
    assert (letter.format, _mail(letter).sender, _mail(letter).html) == ("short", settings.MAIL_FROM_NOTICES, None)
    assert "仮登録" in hers.get("/my/destinations/").text

    anybody = Client(enforce_csrf_checks=True)  # the phone, where nobody is logged in
    page = anybody.get(_link())
    for said in ("h•••@docomo.ne.jp", "a•••@example.jp", "このアドレスで受け取る", "月〜金"):
        assert said in page.text
    assert PHONE not in page.text
    assert (page["Referrer-Policy"], dict(anybody.cookies)) == ("no-referrer", {})
    assert _slot(alice, 2).destination is None, "GET changes nothing"
    link = _link()
    done = anybody.post(link)
    assert (done.status_code, done["Location"]) == (303, "/destinations/done/")
    assert "本登録が完了しました" in anybody.get("/destinations/done/").text
    there = _slot(alice, 2).destination
    assert (there.address, there.device, there.days, there.hours) == (PHONE, "mobile", 0b0111110, 0x3FE00)
    told = _letter("alice@example.jp")
    assert told.personal["address"] == "h•••@docomo.ne.jp"
    assert "追加されました" in _mail(told).subject
    used = anybody.get(link)
    assert (used.status_code, "すでに使われています" in used.text) == (410, True)
    assert anybody.post(link).status_code == 410


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_dead_links_say_why_and_what_next(hers, prefix):
    with time_machine.travel(NOW, tick=False) as clock:
        _ask(hers)
        first = _link()
        hers.post("/my/destinations/2/again/")
        newer = Client().get(prefix + first)
        assert (newer.status_code, ("新しいリンク" if not prefix else "A newer link has replaced") in newer.text) == (
            410,
            True,
        )
        second = _link()
        clock.shift(timedelta(minutes=31))
        late = Client().get(prefix + second)
        assert (late.status_code, ("有効期間" if not prefix else "has expired") in late.text) == (410, True)
    for damaged in (first[:-5] + "/", "/destinations/x/", "/destinations/" + "あ" * 50 + "/"):
        answer = Client().get(prefix + damaged)
        assert (answer.status_code, "/my/destinations/" in answer.text) == (404, True)


def test_days_hours_and_device_change_at_once_without_mail(hers, alice):
    make.reads(alice, address=PHONE)
    assert hers.get("/my/destinations/1/").context["form"]["address"].value() == PHONE
    _enter(hers, slot=1, device="smartphone", days=[0], hours=[8], critical_always="on")
    assert "保存する" in hers.get("/my/destinations/1/confirm/").text
    assert hers.post("/my/destinations/1/confirm/")["Location"] == "/my/destinations/"
    there = _slot(alice, 1).destination
    assert (there.device, there.days, there.hours, there.critical_always) == ("smartphone", 1, 1 << 8, True)
    page = hers.get("/my/destinations/").text
    assert "日の8時台に掲載されたお知らせは、すぐに届きます。" in page
    assert "重大な故障は、いつでもすぐに届きます。" in page
    assert not Letter.objects.exists()


def test_an_address_beyond_ascii_is_taken_where_the_relays_take_it(hers, alice, settings):
    settings.SMTPUTF8 = False
    refused = hers.post("/my/destinations/2/", {**EVERYTHING, "address": "花子@例え.jp"})
    assert (refused.status_code, refused.text.count("英数字以外の文字")) == (422, 2)
    settings.SMTPUTF8 = True
    _ask(hers, "花子＠例え.jp")
    letter = _letter("花子@xn--r8jz45g.jp")
    assert Client().post(_link(letter.address)).status_code == 303
    assert _slot(alice, 2).destination.address == "花子@xn--r8jz45g.jp"


def test_the_work_calendar_comes_where_it_is_asked_for(hers, alice):
    make.reads(alice, address=PHONE)
    _enter(hers, slot=1, with_calendar="on")
    assert "工事情報メールに添付する" in hers.get("/my/destinations/1/confirm/").text
    hers.post("/my/destinations/1/confirm/")
    assert _slot(alice, 1).destination.with_calendar
    assert "工事カレンダーを添付します" in hers.get("/my/destinations/").text
    assert hers.get("/my/destinations/1/").context["form"]["with_calendar"].value() is True
    assert "Work emails bring the work calendar." in hers.get("/en/my/destinations/").text
    _enter(hers, slot=1)
    assert "添付しない" in hers.get("/my/destinations/1/confirm/").text
    hers.post("/my/destinations/1/confirm/")
    assert not _slot(alice, 1).destination.with_calendar


def test_a_new_address_has_the_calendar_once_its_link_is_used(hers, alice):
    _ask(hers, with_calendar="on", device="smartphone")
    assert _slot(alice, 2).change.with_calendar
    Client().post(_link())
    assert _slot(alice, 2).destination.with_calendar


@pytest.mark.parametrize(
    ("preset", "days", "hours"),
    [("business", 5, 9), ("always", 7, 24), ("as-it-is", 1, 1)],
)
def test_the_presets_work_without_script_and_keep_what_was_typed(hers, preset, days, hours):
    said = {"address": "not yet", "device": "mobile", "outside": "hold", "days": [3], "hours": [4], "preset": preset}
    page = hers.post("/my/destinations/2/", said)
    assert page.status_code == 200
    form = page.context["form"]
    assert (form["address"].value(), form["device"].value(), form["outside"].value()) == ("not yet", "mobile", "hold")
    assert page.text.count('name="days" value="') == 7
    assert page.text.count('name="hours" value="') == 24
    assert sum(box.checked for box in form.day_boxes()) == days
    assert sum(box.checked for part in form.hour_parts() for box in part.boxes) == hours
    words = {"business": "月〜金の9時〜17時台", "always": "掲載されるとすぐに", "as-it-is": "水の4時台"}
    assert words[preset] in page.text


@pytest.mark.parametrize(
    ("press", "days", "hours"),
    [
        ("hours 6 7 8 9 10 11", [3], [*range(4, 12)]),
        ("hours 4 10 16 22", [3], [4, 5, 10, 16, 22]),
        ("hours 4 5", [3], []),
        ("days 0 1 2 3 4 5 6", [*range(7)], [4, 5]),
        ("hours 24", [3], [4, 5]),
        ("device 1", [3], [4, 5]),
        (" ", [3], [4, 5]),
        ("hours", [3], [4, 5]),
    ],
)
def test_the_buttons_of_the_tables_work_without_script(hers, press, days, hours):
    said = {"address": "not yet", "device": "mobile", "outside": "hold", "days": [3], "hours": [4, 5], "preset": press}
    page = hers.post("/my/destinations/2/", said)
    assert page.status_code == 200
    form = page.context["form"]
    assert form["address"].value() == "not yet"
    assert [box.value for box in form.day_boxes() if box.checked] == days
    assert [box.value for part in form.hour_parts() for box in part.boxes if box.checked] == hours


def test_a_button_for_each_row_and_each_column(hers):
    page = hers.get("/en/my/destinations/2/").text
    for press, name in {
        "hours 6 7 8 9 10 11": "Whole row: Morning",
        "hours 0 6 12 18": "Whole column: 0, 6, 12, 18",
        "hours 5 11 17 23": "Whole column: 5, 11, 17, 23",
        f"hours {' '.join(map(str, range(24)))}": "Tick or clear all hours",
        "days 0 1 2 3 4 5 6": "All days",
    }.items():
        (button,) = re.findall(f'<button [^>]*value="{press}"[^>]*>', page)
        assert f'aria-label="{name}"' in button
    assert 'aria-label="列全体：5・11・17・23"' in hers.get("/my/destinations/2/").text


def test_what_counts_at_once_has_two_steps_and_a_new_address_four(hers):
    def steps():
        return [len(hers.get(f"/my/destinations/1/{page}").context["steps"]) for page in ("", "confirm/")]

    _enter(hers, "alice@example.jp", slot=1)
    assert steps() == [2, 2]
    hers.post("/my/destinations/1/confirm/")
    _enter(hers, "alice@example.jp", slot=1, hours=[8])
    assert steps() == [2, 2]
    assert "ステップ 2 / 2" in hers.get("/my/destinations/1/confirm/").text
    _enter(hers, PHONE, slot=1)
    assert steps() == [4, 4]


def test_every_box_has_a_name_out_of_its_row_and_column(hers):
    page = hers.get("/en/my/destinations/2/").text
    for box in ('aria-labelledby="day-6 days-row"', 'aria-labelledby="part-1-words hour-9"'):
        assert box in page
    assert '<span id="part-1-words">Morning</span>' in page
    assert '<th scope="rowgroup" rowspan="2" id="part-1">' in page
    assert '<th scope="col" id="hour-9">9</th>' in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"address": ""}, "メールアドレスを入力してください"),
        ({"address": "nobody"}, "name@example.jp の形"),
        ({"address": "a..b@example.jp"}, "連続した「.」か"),
        ({"address": "x" * 250 + "@example.jp"}, "長すぎます"),
        ({"address": "a\u202eb@example.jp"}, "目に見えない文字"),
        ({"address": "日 本@example.jp"}, "name@example.jp の形"),
        ({"address": "first@example.jp"}, "別の配信先として登録されています"),
        ({"days": []}, "曜日を1つ以上"),
        ({"hours": []}, "時間を1つ以上"),
        ({"device": "fax"}, "端末を選んで"),
        ({"device": "mobile", "with_calendar": "on"}, "短い文字だけのメールには添付できません"),
        ({"outside": ""}, "それ以外の時間のお知らせをどうするか"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_in_the_summary(hers, alice, said, words):
    make.reads(alice, address="first@example.jp")
    refused = hers.post("/my/destinations/2/", {**EVERYTHING, "address": PHONE, **said})
    assert refused.status_code == 422
    assert refused.text.count(words) == 2
    assert hers.get("/my/destinations/2/confirm/")["Location"] == "/my/destinations/2/"


@pytest.mark.parametrize("wrong", [{"address": "a\0@b.jp"}, {"days": ["9"]}, {"hours": ["24", "\0"]}, {"days": ["x"]}])
def test_what_no_form_of_ours_sends_is_refused(hers, wrong):
    assert hers.post("/my/destinations/2/", {**EVERYTHING, "address": PHONE, **wrong}).status_code == 422


def test_no_hours_at_all_are_possible_for_critical_trouble_alone(hers):
    _enter(hers, days=[], hours=[], critical_always="on")
    assert "お知らせは届きません" in hers.get("/my/destinations/2/confirm/").text


def test_old_mobile_addresses_are_warned_of_and_sent_quoted(hers, alice):
    _enter(hers, "ab..c.@docomo.ne.jp")
    assert "届かないことがあります" in hers.get("/my/destinations/2/confirm/").text
    hers.post("/my/destinations/2/confirm/")
    Client().post(_link('"ab..c."@docomo.ne.jp'))
    assert _slot(alice, 2).destination.address == '"ab..c."@docomo.ne.jp'
    page = hers.get("/my/destinations/").text
    assert "<b>ab..c.@docomo.ne.jp</b>" in page
    assert "規格に合わない" in page
    assert _enter(hers, '"ab..c."@docomo.ne.jp', slot=3).status_code == 422, "the same address in its other form"


@pytest.mark.parametrize("typed", ["tanaka..x@example.jp", '"tanaka..x"@example.jp', "tanaka.@example.jp"])
def test_where_dots_alone_are_wrong_the_message_says_so(hers, typed):
    page = _enter(hers, typed)
    assert page.status_code == 422
    assert "連続した「.」か、先頭・末尾の「.」があります" in page.text
    assert escape(typed) in page.text, "what was typed is kept"
    assert "name@example.jp の形で" in _enter(hers, "tanaka..x@example").text, "the dots are not all that is wrong"


def test_an_internationalised_domain_is_kept_in_the_form_that_is_sent(hers):
    _ask(hers, "yama@日本語.jp")
    assert _letter("yama@xn--wgv71a119e.jp")


def test_deleting_asks_warns_of_the_last_and_keeps_the_row(hers, alice):
    make.follows(alice, make.service())
    make.reads(alice)
    make.reads(alice, slot=2)
    assert "最後の配信先" not in hers.get("/my/destinations/2/delete/").text
    hers.post("/my/destinations/2/delete/")
    assert "最後の配信先" in hers.get("/my/destinations/1/delete/").text
    assert _slot(alice, 1).destination
    assert hers.post("/my/destinations/1/delete/")["Location"] == "/my/destinations/"
    page = hers.get("/my/destinations/").text
    assert "配信先を削除しました" in page
    assert "お知らせメールが届かない状態です" in page
    assert set(Destination.objects.values_list("state", flat=True)) == {"removed"}
    assert hers.get("/my/destinations/1/delete/")["Location"] == "/my/destinations/"


def test_a_provisional_registration_is_called_off(hers):
    _ask(hers)
    hers.post("/my/destinations/2/call-off/")
    assert "仮登録を取りやめました" in hers.get("/my/destinations/").text
    answer = Client().get(f"/destinations/{'x' * 43}/")
    assert answer.status_code == 404
    assert hers.get("/my/destinations/2/sent/")["Location"] == "/my/destinations/"


def test_a_test_mail_to_an_address_that_receives(hers, alice):
    there = make.reads(alice, address=PHONE, device="mobile", hours=0)
    hers.post("/my/destinations/1/test/")
    assert "テストメールを送信しました" in hers.get("/my/destinations/").text
    letter = _letter()
    assert (letter.state, letter.format, letter.recipient_key) == ("queued", "short", there.recipient_key)
    draft = _mail(letter)
    assert dict(draft.headers)["List-Id"].startswith("<test.notices.")
    assert draft.sender == settings.MAIL_FROM_NOTICES
    for _ in range(4):
        hers.post("/my/destinations/1/test/")
    assert hers.post("/my/destinations/1/test/").status_code == 429
    there.state = "paused"
    there.save()
    hers.post("/my/destinations/1/test/")
    assert Letter.objects.count() == 5


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("hard_bounce", "存在しない"),
        ("soft_bounces", "数日のあいだに"),
        ("complaint", "迷惑メール"),
        ("", "戻ってきました"),
    ],
)
def test_a_paused_address_says_why_and_resumes_by_a_mail(hers, alice, reason, words):
    make.reads(alice, address=PHONE, state="paused", paused_at=NOW, paused_reason=reason)
    for path in ("/my/notices/", "/my/destinations/"):
        page = hers.get(path).text
        assert f"{PHONE} への配信を停止しています" in page
        assert words in page
        assert "2026年11月22日（日）14:05 JSTから停止しています" in page
    assert "停止中は、お知らせは届きません" in hers.get("/my/destinations/").text
    assert hers.post("/my/destinations/1/again/")["Location"] == "/my/destinations/1/sent/"
    assert _slot(alice, 1).destination.state == "paused"
    sent = hers.get("/my/destinations/1/sent/").text
    assert "停止中のアドレスに、リンクを送信しました" in sent
    assert "仮登録" not in sent
    assert "もう一度お知らせを受け取る" in _mail(_letter()).text + (_mail(_letter()).html or "")
    asked = Client().get(_link()).text
    assert "このアドレスでの受信を再開する" in asked
    assert "仮登録" not in asked
    done = Client().post(_link(), follow=True).text
    assert "受信を再開しました" in done
    there = _slot(alice, 1).destination
    assert (there.state, there.paused_at, there.paused_reason) == ("verified", None, "")


def test_a_pause_is_told_on_the_clock_of_the_id(hers, alice):
    alice.time_zone = "Asia/Kolkata"
    alice.save()
    make.reads(alice, address=PHONE, state="paused", paused_at=NOW, paused_reason="hard_bounce")
    for path in ("/my/notices/", "/my/destinations/"):
        assert "2026年11月22日（日）10:35 ISTから停止しています" in hers.get(path).text


def test_the_limits_are_told_with_429(hers):
    for _ in range(3):
        _ask(hers)
    _enter(hers)
    assert hers.post("/my/destinations/2/confirm/").status_code == 429
    assert hers.post("/my/destinations/2/again/").status_code == 429


PAGES = ("", "1/", "1/confirm/", "1/sent/", "1/delete/")
ACTS = ("1/", "1/confirm/", "1/delete/", "1/again/", "1/call-off/", "1/test/")


def test_bob_and_charlie_see_and_touch_nothing_of_alices(hers, alice):
    make.reads(alice, address="secret@example.jp")
    _ask(hers, "waiting@example.jp", slot=1)
    letters = Letter.objects.count()
    for person in (people.bob(), people.charlie()):
        client = Client()
        people.sign_in(client, person)
        for path in PAGES:
            page = client.get(f"/my/destinations/{path}").text
            assert "secret@example.jp" not in page
            assert "waiting@example.jp" not in page
        for path in ACTS:
            client.post(f"/my/destinations/{path}", {**EVERYTHING, "address": "secret@example.jp"})
    slot = _slot(alice, 1)
    assert (slot.destination.address, slot.change.address) == ("secret@example.jp", "waiting@example.jp")
    assert (slot.destination.days, slot.destination.hours) == (ALL_DAYS, ALL_HOURS)
    # Both named it as theirs, which sent it mail and told them nothing.
    assert Letter.objects.exclude(address="secret@example.jp").count() == letters
    assert hers.get("/my/destinations/4/").status_code == 404
    assert hers.get("/my/destinations/0/delete/").status_code == 404


@pytest.mark.parametrize("path", ["1/again/", "1/call-off/", "1/test/"])
def test_acts_are_no_pages(hers, path):
    assert hers.get(f"/my/destinations/{path}").status_code == 405
