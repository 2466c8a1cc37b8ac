"""D1 to D6: the table, the terms, choosing, confirming, deleting and undoing."""

import pytest
from django.test import Client

from madoguchi.accounts.models import TermsAcceptance
from madoguchi.accounts.tests import people
from madoguchi.catalog.models import LegalText
from madoguchi.notices.models import Destination, OptOut, Subscription
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def hikari():
    return make.service("hikari", name_ja="あおば光", name_en="Aoba Hikari")


@pytest.fixture
def alice():
    return people.alice()


@pytest.fixture
def hers(alice) -> Client:
    client = Client()
    people.sign_in(client, alice)
    return client


@pytest.fixture
def terms():
    return LegalText.objects.create(
        kind="notification", version="2", body_ja="## 第1条\n\n規約です。", body_en="## 1\n\nTerms."
    )


def test_the_empty_table_says_what_to_do(hers):
    page = hers.get("/my/notices/")
    assert page.status_code == 200
    assert "登録しているサービスはありません" in page.text
    assert 'href="/services/"' in page.text
    assert "Find a service" in hers.get("/en/my/notices/").text
    assert "no-store" in page["Cache-Control"]


def test_the_terms_come_before_the_first_use_and_lead_back_to_the_service(hers, alice, hikari, terms):
    there = hers.get("/my/notices/hikari/")
    assert there["Location"] == "/my/notices/?service=hikari"
    page = hers.get(there["Location"])
    assert "<h2>第1条</h2>" in page.text
    assert "同意して利用する" in page.text
    onward = hers.post("/my/notices/+agree/", {"version": "2", "service": "hikari"})
    assert onward["Location"] == "/my/notices/hikari/"
    acceptance = TermsAcceptance.objects.get()
    assert (acceptance.account, acceptance.kind, acceptance.version) == (alice, "notification", "2")
    assert hers.get("/my/notices/hikari/").status_code == 200


def test_the_terms_lead_back_to_the_delivery_addresses(hers, terms):
    there = hers.get("/en/my/destinations/2/")["Location"]
    assert there == "/en/my/notices/?to=destinations"
    assert 'name="to" value="destinations"' in hers.get(there).text
    onward = hers.post("/en/my/notices/+agree/", {"version": "2", "to": "destinations"})
    assert onward["Location"] == "/en/my/destinations/"
    assert "Delivery addresses" in hers.get(onward["Location"]).text


def test_a_new_version_of_the_terms_is_asked_once_again(hers, alice, terms):
    assert "はじめてご利用になる前に" in hers.get("/my/notices/").text
    TermsAcceptance.objects.create(account=alice, kind="notification", version="1")
    asked = hers.get("/my/notices/").text
    assert "利用規約が変わりました" in asked
    assert "同意して続ける" in asked
    assert "はじめて" not in asked
    # The page was open with the old version: nothing is agreed to unseen.
    hers.post("/my/notices/+agree/", {"version": "1"})
    assert TermsAcceptance.objects.count() == 1
    hers.post("/my/notices/+agree/", {"version": "2"})
    hers.post("/my/notices/+agree/", {"version": "2"})
    assert TermsAcceptance.objects.count() == 2
    assert "同意して" not in hers.get("/my/notices/").text


def test_choose_confirm_done(hers, alice, hikari):
    page = hers.get("/my/notices/hikari/")
    assert page.context["form"]["mail"].value() == ["work", "trouble"]
    chosen = hers.post("/my/notices/hikari/", {"mail": ["trouble"], "regions": ["13", "27"]})
    assert chosen["Location"] == "/my/notices/hikari/confirm/"
    confirm = hers.get("/my/notices/hikari/confirm/").text
    for said in ("故障情報メール", "東京都", "大阪府", "alice@example.jp"):
        assert said in confirm
    assert "工事情報メール" not in confirm
    assert not Subscription.objects.exists()

    assert hers.post("/my/notices/hikari/confirm/")["Location"] == "/my/notices/hikari/done/"
    subscription = Subscription.objects.get()
    assert (subscription.account, subscription.work, subscription.trouble) == (alice, False, True)
    assert subscription.regions == ["13", "27"]
    assert "登録が完了しました" in hers.get("/my/notices/hikari/done/").text
    table = hers.get("/my/notices/").text
    assert "工事：オフ" in table
    assert "故障：オン" in table


def test_the_ids_own_address_becomes_the_first_destination(hers, alice, hikari):
    hers.post("/my/notices/hikari/", {"mail": ["work", "trouble"]})
    hers.post("/my/notices/hikari/confirm/")
    destination = Destination.objects.get()
    assert (destination.account, destination.slot, destination.address) == (alice, 1, "alice@example.jp")
    assert "毎日　終日" in hers.get("/my/notices/").text
    assert "Every day, all day" in hers.get("/en/my/notices/").text


def test_following_another_service_adds_no_second_destination(hers, alice, hikari):
    make.reads(alice, address="other@example.jp")
    hers.post("/my/notices/hikari/", {"mail": ["work"]})
    hers.post("/my/notices/hikari/confirm/")
    assert Destination.objects.get().address == "other@example.jp"


@pytest.mark.parametrize(
    ("path", "words"), [("", "どちらか、または両方"), ("/en", "Choose work email, trouble email or both")]
)
def test_at_least_one_mail_has_to_be_chosen(hers, hikari, path, words):
    refused = hers.post(f"{path}/my/notices/hikari/", {"only_my_contracts": "on", "regions": ["13"]})
    assert refused.status_code == 422
    assert refused.text.count(words) == 2, "beside the field and in the summary"
    assert refused.context["form"]["regions"].value() == ["13"]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"mail": ["fire"]}, {"mail": ["work"], "regions": ["77"]}, {"mail": ["work", "\x00"]}]
)
def test_what_no_form_of_ours_sends_is_refused(hers, hikari, wrong):
    assert hers.post("/my/notices/hikari/", wrong).status_code == 422


def test_confirming_without_choosing_goes_back(hers, hikari):
    assert hers.get("/my/notices/hikari/confirm/")["Location"] == "/my/notices/hikari/"
    assert hers.post("/my/notices/hikari/confirm/")["Location"] == "/my/notices/hikari/"
    assert hers.get("/my/notices/hikari/done/")["Location"] == "/my/notices/hikari/"
    # A choice for one service does not confirm another.
    make.service("other")
    hers.post("/my/notices/other/", {"mail": ["work"]})
    assert hers.post("/my/notices/hikari/confirm/")["Location"] == "/my/notices/hikari/"
    assert not Subscription.objects.exists()


def test_only_my_contracts_without_a_contract_warns(hers, hikari):
    hers.post("/my/notices/hikari/", {"mail": ["work"], "only_my_contracts": "on"})
    assert "お知らせメールが届きません" in hers.get("/my/notices/hikari/confirm/").text


def test_settings_are_changed_where_they_were_chosen(hers, alice, hikari):
    make.follows(alice, hikari, work=False, only_my_contracts=True, regions=["01"])
    form = hers.get("/my/notices/hikari/").context["form"]
    assert form["mail"].value() == ["trouble"]
    assert form["only_my_contracts"].value() is True
    assert form["regions"].value() == ["01"]
    hers.post("/my/notices/hikari/", {"mail": ["work"]})
    hers.post("/my/notices/hikari/confirm/")
    changed = Subscription.objects.get()
    assert (changed.work, changed.trouble, changed.only_my_contracts, changed.regions) == (True, False, False, [])


def test_deleting_asks_first_and_can_be_undone_on_the_next_page(hers, alice, hikari):
    make.follows(alice, hikari, work=False, regions=["13"])
    assert "通知を停止しますか" in hers.get("/my/notices/hikari/delete/").text
    assert Subscription.objects.exists()
    assert hers.post("/my/notices/hikari/delete/")["Location"] == "/my/notices/"
    assert not Subscription.objects.exists()
    assert "削除を取り消す" in hers.get("/my/notices/").text
    hers.post("/my/notices/+undo/")
    again = Subscription.objects.get()
    assert (again.service, again.work, again.trouble, again.regions) == (hikari, False, True, ["13"])
    page = hers.get("/my/notices/").text
    assert "削除を取り消しました" in page
    assert "削除を取り消す" not in page
    # Undoing what was undone does nothing.
    again.delete()
    hers.post("/my/notices/+undo/")
    assert not Subscription.objects.exists()


def test_the_table_shows_what_is_posted_now(hers, alice, hikari):
    other = make.service("other")
    for service in (hikari, other):
        make.follows(alice, service)
    make.trouble(hikari).publish(by=None, at=NOW)
    make.trouble(other, state_after="recovered", ended_at=NOW).publish(by=None, at=NOW)
    rows = {row.subscription.service: row.posted for row in hers.get("/my/notices/").context["rows"]}
    assert rows == {hikari: {"trouble"}, other: frozenset()}


def test_an_address_that_stopped_a_mail_can_receive_it_again(hers, alice, hikari):
    make.follows(alice, hikari)
    opt_out = OptOut.objects.create(account=alice, address='"list.."@docomo.ne.jp', service=hikari, kind="work")
    page = hers.get("/my/notices/").text
    assert "list..@docomo.ne.jpへの工事情報メールは、メール内のリンクから停止されています" in page
    hers.post(f"/my/notices/+receive-again/{opt_out.pk}/")
    opt_out.refresh_from_db()
    assert opt_out.undone_at is not None
    page = hers.get("/my/notices/").text
    assert "配信を再開しました" in page
    assert "list..@docomo.ne.jp" not in page
    assert hers.post(f"/my/notices/+receive-again/{opt_out.pk}/").status_code == 404


def test_a_service_that_has_ended_is_there_for_its_followers_only(hers, alice):
    ended = make.service("ended", ended_on="2020-01-01")
    assert hers.get("/my/notices/ended/").status_code == 404
    make.follows(alice, ended)
    assert hers.get("/my/notices/ended/").status_code == 200


PAGES = (
    "/my/notices/",
    "/my/notices/hikari/",
    "/my/notices/hikari/confirm/",
    "/my/notices/hikari/done/",
    "/my/notices/hikari/delete/",
    "/my/deliveries/",
)
ACTS = ("/my/notices/+agree/", "/my/notices/+undo/", "/my/notices/+receive-again/1/")


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_them_without_logging_in(client, hikari, path):
    for prefix in ("", "/en"):
        there = client.get(f"{prefix}{path}")
        assert there.status_code == 302
        assert "/id/login/" in there["Location"]


@pytest.mark.parametrize("path", ACTS)
def test_nobody_acts_without_logging_in_or_by_get(client, hers, path):
    assert "/id/login/" in client.post(path)["Location"]
    assert hers.get(path).status_code == 405


def test_bob_and_charlie_see_and_touch_nothing_of_alices(alice, hikari):
    make.follows(alice, hikari)
    make.reads(alice, address="secret@example.jp")
    opt_out = OptOut.objects.create(account=alice, address="secret@example.jp", service=hikari, kind="work")
    for person in (people.bob(), people.charlie()):
        client = Client()
        people.sign_in(client, person)
        for path in PAGES:
            assert "secret@example.jp" not in client.get(path).text
        assert client.get("/my/notices/").context["rows"] == []
        assert client.get("/my/notices/hikari/delete/").status_code == 404
        assert client.post("/my/notices/hikari/delete/").status_code == 404
        assert client.post(f"/my/notices/+receive-again/{opt_out.pk}/").status_code == 404
    assert Subscription.objects.get().account == alice
    opt_out.refresh_from_db()
    assert opt_out.undone_at is None
