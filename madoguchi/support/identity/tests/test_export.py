"""``/id/profile/export/``: everything kept about the ID, and call records only with the contact phone confirmed."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madoguchi.accounts import export
from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.second_factor import enrol_totp
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.tests.household import household, service
from madoguchi.notices.follow import Wishes, follow
from madoguchi.support.charges.tests.month import prove, row, take_in
from madoguchi.support.identity.tests.letters import letters

pytestmark = pytest.mark.django_db

PAGE = "/id/profile/export/"


@pytest.fixture
def owner(client):
    someone = alice()
    enrol_totp(someone)
    sign_in(client, someone, second_factor=True)
    return someone


@pytest.fixture
def home(owner, tmp_path, time_machine):
    time_machine.move_to("2026-11-22T10:00:00+09:00", tick=True)
    made = household(holder=owner, colleague=bob())
    take_in(tmp_path, row("05000000101", "0300001234", "2026-10-01 09:00:00", 180, ordinal=1))
    return made


def downloaded(client):
    answer = client.post(PAGE)
    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"].startswith("application/json")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith('attachment; filename="customer-id-')
    return json.loads(b"".join(answer.streaming_content))


def test_the_document_holds_every_section_and_no_secret(client, owner):
    follow(owner, service=service(), wishes=Wishes(work=True, trouble=False))
    document = downloaded(client)
    assert set(document) == {"exported_at", *export.section_names()}
    assert document["customer_id"]["email"] == "alice@example.jp"
    assert document["customer_id"]["birth_date"] == "1958-04-02"
    assert document["delivery_addresses"][0]["hours"] == list(range(24))
    assert document["second_factors"][0]["type"] == "totp"
    assert {event["method"] for event in document["events"]} == {"password", "totp", "exported"}
    whole = json.dumps(document)
    assert owner.password not in whole
    assert "secret" not in whole


def test_people_can_read_it_too_each_thing_on_a_line_of_its_own_and_indented(client, owner):
    text = b"".join(client.post(PAGE).streaming_content).decode()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2)


def test_a_download_is_an_event_and_a_mail(client, owner):
    downloaded(client)
    assert AuthEvent.objects.get(method="exported").account == owner
    assert "ダウンロード" in letters(owner.email)[-1].subject


def test_opening_the_page_downloads_nothing(client, owner):
    assert client.get(PAGE).status_code == 200
    assert not AuthEvent.objects.filter(method="exported").exists()


def test_call_records_are_withheld_until_the_contact_phone_is_confirmed(client, owner, home):
    assert "C100000001" in client.get(PAGE).content.decode()
    document = downloaded(client)
    office = document["call_records"][0]
    assert office["included"] is False
    assert "連絡先電話番号" in office["how_to_get_them"]
    assert document["contracts"][0]["contact_phone"] == "********001"
    assert "300001234" not in json.dumps(document)
    assert not AuthEvent.objects.filter(method="call_records").exists()


def test_with_the_contact_phone_confirmed_they_are_in_it_masked_as_on_the_statement(client, owner, home, settings):
    settings.WHOLE_NUMBERS = "nobody"
    prove(client, owner, home.office)
    assert "C100000001" not in client.get(PAGE).content.decode()
    document = downloaded(client)
    (call,) = document["call_records"][0]["calls"]
    assert (call["other"], call["talk_seconds"], call["number"]) == ("+8130000****", 180, "+815000000101")
    looks = AuthEvent.objects.filter(method="call_records")
    assert set(looks.values_list("contract_number", "detail")) == {("C100000001", "export"), ("C100000002", "export")}


def test_the_holder_sees_whole_numbers_where_the_operator_says_so(client, owner, home, settings):
    settings.WHOLE_NUMBERS = "holder"
    prove(client, owner, home.office)
    assert downloaded(client)["call_records"][0]["calls"][0]["other"] == "+81300001234"


def test_nobody_downloads_another_ones(owner, home):
    stranger = Client()
    assert stranger.post(PAGE)["Location"].startswith("/id/login/")
    colleague, other = Client(), Client()
    sign_in(colleague, home.branch.colleague_links.get().account)
    sign_in(other, charlie())
    assert [c["contract"] for c in downloaded(colleague)["contracts"]] == ["C100000002"]
    document = downloaded(other)
    assert (document["contracts"], document["call_records"]) == ([], [])
    assert "alice" not in json.dumps(document)


def test_a_long_document_is_read_as_it_is_written(client, owner):
    """Rows of the ledger come through a cursor, not as a list: the first piece leaves before they are read."""
    AuthEvent.objects.bulk_create(AuthEvent(account=owner, method="password", succeeded=False) for _ in range(300))
    answer = client.post(PAGE)
    with CaptureQueriesContext(connection) as queries:
        pieces = answer.streaming_content
        next(iter(pieces))
        assert not any("accounts_authevent" in query["sql"] for query in queries.captured_queries)
