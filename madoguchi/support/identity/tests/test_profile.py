"""``/id/profile/``: what is shown, and each change with its trace and its mail."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent, SignIn
from madoguchi.accounts.tests.people import alice, bob, sign_in
from madoguchi.support.identity.tests.letters import letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    someone = alice()
    sign_in(client, someone)
    return someone


def changed(account):
    account.refresh_from_db()
    return account


def trace(account):
    return list(AuthEvent.objects.filter(account=account, method="profile_changed").values_list("detail", flat=True))


@pytest.mark.usefixtures("owner")
def test_the_profile_shows_what_the_id_says_and_nobody_keeps_it(client):
    page = client.get("/en/id/profile/")
    said = page.content.decode()
    for text in ("alice@example.jp", "アオキ アリス", "2 Apr 1958", "日本語", "Tokyo (UTC+09:00)"):
        assert text in said
    assert "no-store" in page["Cache-Control"]


def test_a_name_is_brought_to_katakana_kept_and_told(client, owner):
    answer = client.post("/id/profile/name/", {"family_name_kana": "やまだ", "given_name_kana": "ﾊﾅｺ"})
    assert answer["Location"] == "/id/profile/?said=changed"
    assert changed(owner).kana_name == "ヤマダ ハナコ"
    assert trace(owner) == ["name"]
    (mail,) = letters(owner.email)
    assert "お名前" in mail.text
    assert "127.0.0.1" in mail.text
    assert "ヤマダ" not in mail.text  # somebody else may be reading it


@pytest.mark.usefixtures("owner")
def test_a_name_that_cannot_be_katakana_is_said_and_kept_in_the_form(client):
    answer = client.post("/id/profile/name/", {"family_name_kana": "山田", "given_name_kana": ""})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "山田" in said
    assert "エラー：" in said


def test_a_birth_date_is_changed(client, owner):
    form = {"birth_date_year": "１９６０", "birth_date_month": "12", "birth_date_day": "31"}
    assert client.post("/id/profile/birth-date/", form)["Location"] == "/id/profile/?said=changed"
    assert changed(owner).birth_date == date(1960, 12, 31)
    assert trace(owner) == ["birth_date"]


@pytest.mark.parametrize("day", ["30", "x", ""])
def test_a_day_that_is_none_is_refused(client, owner, day):
    form = {"birth_date_year": "1960", "birth_date_month": "2", "birth_date_day": day}
    assert client.post("/id/profile/birth-date/", form).status_code == 422
    assert changed(owner).birth_date == date(1958, 4, 2)


def test_pages_and_mails_follow_the_language(client, owner):
    answer = client.post("/id/profile/language/", {"language": "en"})
    assert answer["Location"] == "/en/id/profile/?said=changed"
    assert changed(owner).language == "en"
    assert letters(owner.email)[-1].subject == "Your customer ID was changed"
    back = client.post("/en/id/profile/language/", {"language": "ja"})
    assert back["Location"] == "/id/profile/?said=changed"
    assert letters(owner.email)[-1].subject == "お客さまサポートIDの登録内容が変更されました"


def test_a_language_nobody_offered_is_refused(client, owner):
    assert client.post("/id/profile/language/", {"language": "fr"}).status_code == 422
    assert changed(owner).language == "ja"


def test_times_are_shown_on_the_clock_chosen(client, owner):
    assert client.post("/id/profile/time-zone/", {"time_zone": "Europe/Paris"}).status_code == 302
    assert changed(owner).time_zone == "Europe/Paris"
    assert "CET" in letters(owner.email)[-1].text or "CEST" in letters(owner.email)[-1].text
    history = client.get("/en/id/history/").content.decode()
    assert " CET" in history or " CEST" in history


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "UTC", "Asia/Tokyo\0", ""])
def test_a_zone_that_is_none_is_refused(client, owner, zone):
    assert client.post("/id/profile/time-zone/", {"time_zone": zone}).status_code == 422
    assert changed(owner).time_zone == "Asia/Tokyo"


@pytest.mark.usefixtures("owner")
def test_the_zones_are_grouped_and_begin_with_japan(client):
    said = client.get("/id/profile/time-zone/").content.decode()
    assert said.index('<optgroup label="日本">') < said.index("東京（UTC+09:00）") < said.index('label="アジア"')
    assert "コルカタ" in said
    assert "Asia/Calcutta" not in said


def test_saving_what_is_there_already_changes_and_tells_nothing(client, owner):
    answer = client.post("/id/profile/time-zone/", {"time_zone": "Asia/Tokyo"})
    assert answer["Location"] == "/id/profile/?said=same"
    assert trace(owner) == []
    assert letters(owner.email) == []


@pytest.mark.parametrize("page", ["name", "birth-date", "email", "export", "close"])
def test_v7_5_1_what_identifies_the_owner_needs_a_fresh_proof(client, owner, page, time_machine):
    sign_in = SignIn.objects.get(account=owner)
    SignIn.objects.filter(pk=sign_in.pk).update(idle_at=timezone.now() + timedelta(days=1))
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    for method in (client.get, client.post):
        assert method(f"/id/profile/{page}/")["Location"] == "/id/prove/"


def test_a_change_sent_without_a_fresh_proof_is_carried_out_after_it(client, owner, time_machine):
    SignIn.objects.filter(account=owner).update(idle_at=timezone.now() + timedelta(days=1))
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    client.post("/id/profile/name/", {"family_name_kana": "ヤマダ", "given_name_kana": "ハナコ"})
    assert changed(owner).family_name_kana == "アオキ"
    answer = client.post("/id/prove/", {"way": "password", "password": "aoi-madoguchi-1"}, follow=True)
    assert answer.status_code == 200
    assert changed(owner).kana_name == "ヤマダ ハナコ"


def test_bobs_profile_is_not_touched(client, owner):
    other = bob()
    client.post("/id/profile/name/", {"family_name_kana": "ヤマダ", "given_name_kana": "ハナコ"})
    assert changed(other).kana_name == "バンドウ ボブ"
