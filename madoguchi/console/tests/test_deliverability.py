"""``/console/deliverability/`` and its suppression list."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.delivery import days
from madoguchi.delivery.models import DayCount, DomainHold, Letter, Mailing, Return, Suppression
from madoguchi.delivery.returns import suppression

pytestmark = pytest.mark.django_db
PAGE, LIST = "/en/console/deliverability/", "/en/console/deliverability/suppressions/"


def staff(role: StaffRole = StaffRole.SUPPORT) -> Client:
    client = Client()
    people.sign_in(client, people.staff(role))
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def letters(domain: str, **numbers: int) -> None:
    mailing = Mailing.objects.create(
        renderer="x", reference=domain, lane=1, expires_at=timezone.now() + timedelta(days=1)
    )
    Letter.objects.bulk_create(
        Letter(mailing=mailing, recipient_key=f"{state}{n}", address=f"p{n}@{domain}", language="ja", state=state)
        for state, number in numbers.items()
        for n in range(number)
    )


def back(domain: str, kind: str, number: int, words: str = "no such user") -> None:
    Return.objects.bulk_create(
        Return(
            domain=domain,
            kind=kind,
            status="5.1.1",
            words=words,
            source="lmtp",
            mark=f"{domain}{kind}{n}",
            address_digest=str(n),
        )
        for n in range(number)
    )


def row(page: str, name: str) -> str:
    """What stands in the table's line of that name."""
    return page.partition(f" {name} ")[2][:120]


# --- the figures ----------------------------------------------------------------------------------------------------


def test_groups_with_their_rates(settings) -> None:
    letters("docomo.ne.jp", sent=95, failed=5, bounced=5)
    letters("ezweb.ne.jp", sent=10)
    letters("au.com", sent=10)
    back("docomo.ne.jp", "hard", 4)
    back("docomo.ne.jp", "soft", 1)
    back("au.com", "complaint", 1)
    days.keep_up()
    page = text(staff(StaffRole.VIEWER).get(PAGE))
    assert row(page, "docomo").split()[:8] == ["Look", "100", "5", "95.24", "%", "4", "1", "5.00"]
    assert row(page, "au").split()[:3] == ["Look", "20", "0"]
    assert "1 5.00 %" in row(page, "au")
    assert "4 Hard bounce 5.1.1 no such user" in page


def test_days_newest_first_and_what_came_back_by_the_day_it_came() -> None:
    letters("example.jp", sent=3)
    back("example.jp", "hard", 2)
    Return.objects.update(received_at=timezone.now() - timedelta(days=1))
    days.keep_up()
    page = text(staff().get(PAGE)).partition("By day")[2]
    figures = re.findall(r"\d{4} (\d+) \d+ \S+ (?:% )?(\d+) ", page)[:7]
    assert figures[:2] == [("3", "0"), ("0", "2")]
    assert len(figures) == 7


@pytest.mark.parametrize("wrong", ["x", "-1", "8", ""])
def test_a_period_that_is_none_is_the_week(wrong: str) -> None:
    assert staff().get(f"{PAGE}?days={wrong}").status_code == 200


def test_counting_again_corrects_and_small_groups_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "NAMED", 1)
    letters("large.example", sent=5)
    letters("small.example", sent=2)
    letters("tiny.example", sent=1)
    days.keep_up()
    days.keep_up()
    counted = dict(DayCount.objects.values_list("group", "number"))
    assert counted == {"large.example": 5, "": 3}
    Letter.objects.filter(address__endswith="large.example").update(state="bounced")
    days.keep_up()
    assert DayCount.objects.get(group="large.example").state == "bounced"
    assert "All smaller ones together" in text(staff().get(PAGE))


def test_letters_of_other_days_are_not_read_into_this_one() -> None:
    letters("example.jp", sent=3)
    Mailing.objects.update(created_at=timezone.now() - timedelta(days=3))
    days.keep_up()
    assert not DayCount.objects.exists()


# --- the suppression list -------------------------------------------------------------------------------------------


def test_addresses_are_found_whole_and_shown_masked() -> None:
    suppression.add("hanako@example.jp", Suppression.Reason.HARD)
    suppression.add("jiro@example.jp", Suppression.Reason.COMPLAINT)
    client = staff()
    for asked, found in (("Hanako@Example.jp", 1), ("@example.jp", 2), ("hana@example.jp", 0)):
        answer = client.post(LIST, {"q": asked})
        shown = text(answer)
        assert shown.count("•••@example.jp") == found, asked
        assert "h•••@example.jp" in shown or asked != "Hanako@Example.jp"
    assert "This address is not on the list" in shown
    assert "hanako" not in text(client.get(LIST))
    assert client.post(LIST, {"q": "no address"}).status_code == 422
    assert client.post(LIST, {"q": ""}).status_code == 422


def test_adding_for_a_reason() -> None:
    client = staff()
    refused = client.post(f"{LIST}add/", {"address": "taro@example.jp", "reason": ""})
    assert refused.status_code == 422
    assert "taro@example.jp" in refused.content.decode()
    assert client.post(f"{LIST}add/", {"address": "nonsense", "reason": "asked by phone"}).status_code == 422
    assert not Suppression.objects.exists()
    answer = client.post(f"{LIST}add/", {"address": "Taro@Example.jp", "reason": "asked by phone"})
    assert answer["Location"] == LIST
    row = Suppression.objects.get()
    assert (row.address, row.reason, row.by) == ("taro@example.jp", "operator", "support@aoba.example")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_key, entry.reason) == ("suppression.add", str(row.pk), "asked by phone")
    assert "taro" not in str(entry.detail)


def test_writing_to_an_address_again() -> None:
    row = suppression.add("hanako@example.jp", Suppression.Reason.HARD)
    client = staff()
    address = f"{LIST}{row.pk}/lift/"
    assert "h•••@example.jp" in text(client.get(address))
    row.refresh_from_db()
    assert row.until is None  # looking changes nothing
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "she wrote from it"}).status_code == 302
    row.refresh_from_db()
    assert row.until is not None
    assert AuditEntry.objects.get().act == "suppression.lift"
    assert client.post(address, {"reason": "she wrote from it"}).status_code == 302
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in StaffRole if role not in {"support", "administrator"}])
def test_the_list_is_for_support(role: StaffRole) -> None:
    row = suppression.add("hanako@example.jp", Suppression.Reason.HARD)
    client = staff(role)
    assert client.get(PAGE).status_code == 200
    for address in (LIST, f"{LIST}add/", f"{LIST}{row.pk}/lift/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "because I can"}).status_code == 403
    assert "suppressions/" not in client.get(PAGE).content.decode()


def test_customers_see_nothing_of_it() -> None:
    client = Client()
    for person in (people.alice(), people.bob(), people.charlie()):
        people.sign_in(client, person)
        for address in (PAGE, LIST, f"{LIST}add/"):
            assert client.get(address).status_code == 403


def test_a_domain_that_is_not_believed_is_named() -> None:
    now = timezone.now()
    DomainHold.objects.create(domain="broken.example", since=now, until=now + timedelta(hours=5), addresses=1234)
    DomainHold.objects.create(domain="mended.example", since=now, until=now, addresses=10)
    page = text(staff(StaffRole.VIEWER).get(PAGE))
    assert "broken.example (1,234) until" in page
    assert "mended.example" not in page
