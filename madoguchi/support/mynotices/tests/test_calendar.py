"""The customer's own calendar: its page, its secret address, and what stands in it for whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from madoguchi.accounts.tests import people
from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.notices import own_calendar
from madoguchi.notices.models import CalendarFeed, Notice
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        yield


@pytest.fixture
def hikari():
    return make.service()


@pytest.fixture
def alice():
    return people.alice()


def contract(number: str, *, of: str, service, holder=None, ended_on=None) -> Contract:
    customer, _ = Customer.objects.get_or_create(number=of, defaults={"name": of})
    made = Contract.objects.create(
        number=number,
        customer=customer,
        service=service,
        usage_kind="internet",
        contact_phone="+819000000000",
        started_on=date(2020, 1, 1),
        ended_on=ended_on,
    )
    if holder:
        CustomerLink.objects.get_or_create(account=holder, customer=customer, role="holder")
    return made


def work(*services, **about) -> Notice:
    return make.work(*services, notice=about).publish(by=None, at=NOW).notice


def events(token: str, client: Client | None = None) -> list:
    answer = (client or Client()).get(f"/calendar/{token}.ics")
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).events)


def objects(event) -> list[str]:
    found = event["x-maintnote-object-id"]
    return [str(each) for each in (found if isinstance(found, list) else [found])]


def address_of(account) -> str:
    token = own_calendar.address_of(account)
    assert token is not None
    return token


def made_on_the_page(account) -> str:
    client = Client()
    people.sign_in(client, account)
    assert ".ics" not in client.get("/my/calendar/").text
    client.post("/my/calendar/", {"act": "make"})
    page = client.get("/my/calendar/").text
    token = address_of(account)
    assert f"http://127.0.0.1:8000/calendar/{token}.ics" in page
    return token


def test_a_customer_makes_replaces_and_stops_the_address(alice, hikari):
    first = made_on_the_page(alice)
    client = Client()
    people.sign_in(client, alice)
    assert events(first) == []
    client.post("/my/calendar/", {"act": "make"})
    second = address_of(alice)
    assert second != first
    assert Client().get(f"/calendar/{first}.ics").status_code == 404
    assert events(second) == []
    client.get("/my/calendar/")
    client.post("/my/calendar/", {"act": "nonsense"})
    assert own_calendar.address_of(alice) == second
    client.post("/my/calendar/", {"act": "stop"})
    stopped, unknown = (Client().get(f"/calendar/{token}.ics") for token in (second, "x" * 43))
    assert stopped.status_code == unknown.status_code == 404
    assert stopped["Cache-Control"] == unknown["Cache-Control"]
    assert len(stopped.content) == len(unknown.content)
    page = client.get("/my/calendar/").text
    assert "このアドレスは使えなくなりました" in page
    assert ".ics" not in page


def test_the_address_lies_in_the_database_in_no_readable_form(alice):
    token = own_calendar.renew(alice)
    feed = CalendarFeed.objects.get()
    assert token not in f"{feed.token_digest} {bytes(feed.sealed)!r}"
    own_calendar.revoke(alice)
    feed.refresh_from_db()
    assert bytes(feed.sealed) == b""


def test_nobody_keeps_the_feed(alice):
    answer = Client().get(f"/calendar/{own_calendar.renew(alice)}.ics")
    assert "private" in answer["Cache-Control"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies
    # The calendar does not tell its own address to whoever it is shown to.
    assert address_of(alice) not in answer.content.decode()


def test_each_sees_their_own_and_nobody_elses(hikari, alice):
    bob, charlie = people.bob(), people.charlie()
    contract("C1", of="N000000001", service=hikari, holder=alice)
    contract("C2", of="N000000001", service=hikari)
    contract("C3", of="N000000002", service=hikari, holder=charlie)
    link = CustomerLink.objects.create(
        account=bob, customer=Customer.objects.get(number="N000000001"), role="colleague"
    )
    link.contracts.add(Contract.objects.get(number="C2"))
    work(hikari)
    seen = {}
    for account in (alice, bob, charlie):
        (event,) = events(own_calendar.renew(account))
        seen[account.email] = (str(event["x-maintnote-account"]), objects(event))
    assert seen == {
        alice.email: ("N000000001", ["C1", "C2"]),
        bob.email: ("N000000001", ["C2"]),
        charlie.email: ("N000000002", ["C3"]),
    }


def test_a_notice_that_names_contracts_touches_those_alone(hikari, alice):
    for number in ("C1", "C2"):
        contract(number, of="N000000001", service=hikari, holder=alice)
    named = work(hikari, contract_numbers=("C2", "C9"))
    work(hikari, contract_numbers=("C9",))
    (event,) = events(own_calendar.renew(alice))
    assert str(event["x-maintnote-maintenance-id"]) == named.number
    assert objects(event) == ["C2"]


def test_several_customer_numbers_have_an_event_each_with_a_uid_of_its_own(hikari, alice):
    for number, of in (("C1", "N000000001"), ("C2", "N000000002")):
        contract(number, of=of, service=hikari, holder=alice)
    notice = work(hikari)
    found = {str(event["x-maintnote-account"]): event for event in events(own_calendar.renew(alice))}
    assert {account: objects(event) for account, event in found.items()} == {
        "N000000001": ["C1"],
        "N000000002": ["C2"],
    }
    assert {str(event["uid"]) for event in found.values()} == {
        f"{notice.number}-1-N000000001@aoba.example",
        f"{notice.number}-1-N000000002@aoba.example",
    }


@pytest.mark.parametrize(
    ("wish", "about", "shown"),
    [
        ({}, {}, True),
        ({"work": False}, {}, True),
        ({"only_my_contracts": True}, {}, False),
        ({"regions": ["13"]}, {"regions": ["13", "27"]}, True),
        ({"regions": ["13"]}, {"regions": ["00"]}, True),
        ({"regions": ["13"]}, {}, True),
        ({"regions": ["13"]}, {"regions": ["27"]}, False),
    ],
)
def test_work_on_followed_services_within_the_limits_as_in_the_public_calendar(hikari, alice, wish, about, shown):
    make.follows(alice, hikari, **wish)
    work(make.service("other"))
    notice = work(hikari, **about)
    found = events(own_calendar.renew(alice))
    assert [str(event["uid"]) for event in found] == ([f"{notice.number}-1@aoba.example"] if shown else [])
    assert [(str(event["x-maintnote-account"]), objects(event)) for event in found] == (
        [("public", ["hikari"])] if shown else []
    )


def test_an_ended_contract_is_touched_by_nothing_and_old_work_has_gone(hikari, alice):
    contract("C1", of="N000000001", service=hikari, holder=alice, ended_on=date(2026, 11, 1))
    work(hikari)
    token = own_calendar.renew(alice)
    assert events(token) == []
    contract("C2", of="N000000001", service=hikari)
    assert len(events(token)) == 1
    with time_machine.travel(NOW + timedelta(days=100), tick=False):
        assert events(token) == []


def test_no_log_has_the_address(alice, caplog):
    token = own_calendar.renew(alice)
    client = Client()
    with caplog.at_level("DEBUG"):
        client.get(f"/calendar/{token}.ics")
        own_calendar.revoke(alice)
        client.get(f"/calendar/{token}.ics")
    # Django's own line of a 404 loses its path on the way into the log (shell/logs.py).
    lines = [r.getMessage() for r in caplog.records if not r.name.startswith("django")]
    assert any("calendar_feed" in line for line in lines)
    assert [line for line in lines if token in line] == []


def test_a_program_that_asks_too_often_waits(alice):
    token = own_calendar.renew(alice)
    client = Client()
    answers = [client.get(f"/calendar/{token}.ics").status_code for _ in range(own_calendar.ASKED_BY_PROGRAM.tries + 1)]
    assert answers[:-1] == [200] * own_calendar.ASKED_BY_PROGRAM.tries
    assert answers[-1] == 429


def test_the_words_are_in_the_language_of_the_address(alice, hikari):
    make.follows(alice, hikari)
    work(hikari)
    token = own_calendar.renew(alice)
    answers = [Client().get(f"{prefix}/calendar/{token}.ics").content.decode() for prefix in ("", "/en")]
    assert "設備の更新工事" in answers[0]
    assert "Equipment renewal" in answers[1]
