"""``/id/terms/``: the terms have changed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from madoguchi.accounts import terms as act
from madoguchi.accounts.models import AuthEvent, StaffRole, TermsAcceptance
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, sign_in, staff
from madoguchi.catalog.models import LegalText
from madoguchi.support.identity.views.terms import changes

TERMS = "/id/terms/"
OLD = "## 第1条\n\n変わらない段落です。\n\n前の段落です。"
NEW = "## 第1条\n\n変わらない段落です。\n\n新しい段落です。\n\n足された段落です。"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def publish(version, text=NEW, *, days=0, **more):
    return LegalText.objects.create(
        kind="terms",
        version=version,
        body_ja=text,
        body_en=f"EN {text}",
        effective_at=timezone.now() + timedelta(days=days),
        **more,
    )


@pytest.fixture
def changed(client):
    """Alice agreed to the first version; the second is in force."""
    someone = alice()
    publish("1", OLD, days=-100)
    TermsAcceptance.objects.create(account=someone, kind="terms", version="1")
    publish("2", days=-1)
    sign_in(client, someone)
    return someone


def agree(client, version="2", onward="/my/"):
    return client.post(TERMS, {"version": version, "next": onward})


def test_the_next_page_opened_leads_to_the_terms_and_back(client, changed):
    page = client.get("/my/notices/?a=1")
    assert page["Location"] == "/id/terms/?next=%2Fmy%2Fnotices%2F%3Fa%3D1"
    shown = client.get(page["Location"])
    assert shown.status_code == 200
    assert "利用規約が変わりました" in body(shown)
    assert 'value="/my/notices/?a=1"' in body(shown)
    assert agree(client, onward="/my/notices/?a=1")["Location"] == "/my/notices/?a=1"
    assert client.get("/my/").status_code == 200
    kept = TermsAcceptance.objects.get(version="2")
    assert (kept.account, kept.kind) == (changed, "terms")
    assert AuthEvent.objects.get(method="terms_accepted").detail == "2"


def test_what_changed_is_shown_with_version_and_date(client, changed):
    page = body(client.get(TERMS))
    before = page.partition("terms-change__before")[2].partition("terms-change__after")
    assert "前の段落です。" in before[0]
    assert "新しい段落です。" in before[2]
    assert "足された段落です。" in before[2]
    assert "変わらない段落です。" not in page.partition('id="changes"')[2].partition('id="terms"')[0]
    english = body(client.get("/en" + TERMS))
    assert "The terms of use have changed" in english
    assert "EN ## 第1条" not in english.partition('id="terms"')[0]


def test_after_logging_in_one_is_asked_even_on_the_way_to_a_public_page(changed):
    browser = Client()
    log_in = {"email": "alice@example.jp", "password": PASSWORD, "next": "/services/"}
    assert browser.post("/id/login/", log_in)["Location"] == "/id/terms/?next=%2Fservices%2F"
    assert agree(browser, onward="/services/")["Location"] == "/services/"
    again = Client()
    assert again.post("/id/login/", log_in)["Location"] == "/services/"


def test_public_pages_ask_nothing_and_look_nothing_up(client, changed):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/terms/").status_code == 200
    assert not any("termsacceptance" in query["sql"] for query in queries)


def test_a_page_costs_one_query_once_agreed(client, changed):
    agree(client)
    with CaptureQueriesContext(connection) as queries:
        client.get("/my/notices/")
    assert sum("\"kind\" = 'terms'" in query["sql"] for query in queries) == 1
    assert not any("termsacceptance" in query["sql"] for query in queries)


def test_what_is_sent_is_not_held_up(client, changed):
    assert client.post("/my/notices/+agree/")["Location"] != TERMS
    assert client.get("/my/", headers={"HX-Request": "true"}).status_code == 200


def test_without_agreeing_one_can_log_out_change_the_password_and_leave(client, changed):
    assert 'action="/id/logout/"' in body(client.get(TERMS))
    for path in ("/id/password/change/", "/id/profile/export/", "/id/profile/close/"):
        assert client.get(path).status_code == 200
    client.post("/id/logout/")
    assert not TermsAcceptance.objects.filter(version="2").exists()


def test_opening_the_page_agrees_to_nothing(client, changed):
    client.get(TERMS)
    client.head(TERMS)
    assert not TermsAcceptance.objects.filter(version="2").exists()


def test_a_version_replaced_while_it_was_read_is_shown_anew(client, changed):
    client.get(TERMS)
    publish("3", OLD)
    answer = agree(client, "2")
    assert answer.status_code == 200
    assert "もう一度お読みください" in body(answer)
    assert agree(client, "3")["Location"] == "/my/"
    assert sorted(TermsAcceptance.objects.values_list("version", flat=True)) == ["1", "3"]


@pytest.mark.parametrize("version", ["", "1", "99", "2\0"])
def test_only_the_version_in_force_can_be_agreed_to(client, changed, version):
    assert agree(client, version).status_code == 200
    assert not TermsAcceptance.objects.exclude(version="1").exists()


def test_agreeing_twice_keeps_the_first_time(client, changed):
    other = Client()
    sign_in(other, changed)
    agree(client)
    assert agree(other)["Location"] == "/my/"
    assert TermsAcceptance.objects.filter(version="2").count() == 1


def test_it_leads_nowhere_else(client, changed):
    assert agree(client, onward="https://evil.example/")["Location"] == "/my/"


def test_terms_of_the_future_are_not_asked_yet(client):
    someone = alice()
    sign_in(client, someone)
    publish("9", days=1)
    assert act.due(someone) == ""
    assert client.get("/my/").status_code == 200


def test_who_never_agreed_reads_the_whole_text(client):
    sign_in(client, bob())
    publish("2", days=-1)
    assert client.get("/my/")["Location"].startswith(TERMS)
    page = body(client.get(TERMS))
    assert "変わりました" not in page
    assert "足された段落です。" in page


def test_staff_are_not_asked(client):
    publish("2", days=-1)
    someone = staff(StaffRole.VIEWER)
    sign_in(client, someone)
    assert client.get("/console/").status_code == 200
    assert act.due(someone) == ""


def test_where_there_are_no_terms_nobody_is_asked(client):
    sign_in(client, alice())
    assert client.get("/my/").status_code == 200
    assert client.get(TERMS)["Location"] == "/my/"


def test_changes_are_found_paragraph_by_paragraph():
    assert changes(OLD, OLD) == []
    (gone,) = changes(NEW, "## 第1条\n\n変わらない段落です。\n\n新しい段落です。")
    assert (gone.before, gone.after) == ("<p>足された段落です。</p>\n", "")
