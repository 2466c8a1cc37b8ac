"""Calls to help lines that others need not see, and who looked at the records."""

import csv
import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from io import StringIO

import pytest

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.people import sign_in
from madoguchi.lib.addresses import masked
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.models import HidingChoice
from madoguchi.statements.reading.sensitive import is_sensitive, sensitive_numbers
from madoguchi.statements.tests.pdf import text_of
from madoguchi.support.charges.tests.month import prove, row, take_in

BRANCH = "/en/my/charges/usage/C100000002/ip050/"
PRIVACY = "/en/my/charges/usage/C100000002/privacy/"
OCTOBER = f"{BRANCH}?month=2026-10"
OURS = "05000000201"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _month(home, tmp_path):
    take_in(
        tmp_path,
        row(OURS, "0300001234", "2026-10-01 09:00:00", 200, ordinal=1),
        row(OURS, "0120279889", "2026-10-02 09:00:00", 1800, ordinal=2),
        row(OURS, "119", "2026-10-02 10:00:00", 60, ordinal=3),
        row("0120279338", OURS, "2026-10-03 09:00:00", 600, ordinal=4),
        row(OURS, "0120000123", "2026-10-04 09:00:00", 60, ordinal=5),
    )


@pytest.fixture
def hers(client, people, home):
    sign_in(client, people[0])
    prove(client, people[0], home.branch)
    return client


@pytest.fixture
def his(client_of, people, home):
    return client_of(people[1], home.branch)


@pytest.fixture
def client_of():
    from django.test import Client

    def browser(account, contract):
        client = Client()
        sign_in(client, account)
        prove(client, account, contract)
        return client

    return browser


def flat(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def lines(browser):
    return len(browser.get(OCTOBER).context["rows"])


def test_a_colleague_sees_no_call_to_a_help_line_once_they_are_hidden(hers, his):
    assert lines(his) == 5
    hers.post(PRIVACY, {"hidden_from": "colleagues"})
    assert (lines(hers), lines(his)) == (5, 2)
    said = flat(his.get(OCTOBER))
    for word in ("0120-27*-***", "119", "Emergency", "30 min"):
        assert word not in said, word
    # The class the listed call shares with a hidden one counts the listed one alone.
    assert {each.kind: each.calls for each in his.get(OCTOBER).context["statement"].classes} == {
        "fixed": 1,
        "freedial": 1,
    }
    counted = his.get(OCTOBER).context["statement"].calls
    assert (counted.all.outgoing.calls, counted.all.incoming.calls) == (2, 0)


def test_every_total_is_the_same_for_everybody(hers, his):
    before = hers.get(OCTOBER).context["statement"]
    hers.post(PRIVACY, {"hidden_from": "colleagues"})
    for after in (hers.get(OCTOBER).context["statement"], his.get(OCTOBER).context["statement"]):
        assert (after.total, after.subtotal, after.cut) == (before.total, before.subtotal, before.cut)
        assert after.discount.amount == before.discount.amount
        assert sum(each.charge for each in after.classes) == sum(each.charge for each in before.classes)


def test_a_paid_call_to_a_help_line_stays_in_the_sums_under_no_telling_class(hers, his, tmp_path, settings):
    own = tmp_path / "own.csv"
    own.write_text("number,since,until,name_ja,name_en\n0300001234,,,相談,Advice\n")
    settings.SENSITIVE_NUMBERS = str(own)
    hers.post(PRIVACY, {"hidden_from": "colleagues"})
    statement = his.get(OCTOBER).context["statement"]
    assert {each.kind: (each.calls, each.charge) for each in statement.classes}["unlisted"] == (0, 16_000)
    assert "Not listed one by one" in flat(his.get(OCTOBER))
    assert "Fixed line" not in " ".join(cell for each in statement.classes for cell in [each.kind])


@pytest.mark.parametrize("closed", [False, True])
def test_a_bill_counts_no_hidden_call_either_and_comes_to_the_same(hers, his, closed):
    if closed:
        close_month(date(2026, 10, 1), now=datetime(2026, 11, 22, tzinfo=UTC))
    page = "/en/my/charges/bills/C100000002/2026-10/"
    before = his.get(page)
    assert "Emergency" in flat(before)
    hers.post(PRIVACY, {"hidden_from": "colleagues"})
    after = his.get(page)
    assert "Emergency" not in flat(after)
    assert "Emergency" in flat(hers.get(page))
    sums = [(one.context["sheet"].total, one.context["sheet"].before_tax) for one in (before, after)]
    assert sums[0] == sums[1]
    if closed:
        paper = text_of(b"".join(his.get(f"{page}invoice.pdf")))
        assert "Emergency" not in paper
        assert "Emergency" in text_of(b"".join(hers.get(f"{page}invoice.pdf")))


def test_hidden_from_everybody_is_hidden_from_the_holder_too_and_in_every_file(hers, home):
    hers.post(PRIVACY, {"hidden_from": "everybody"})
    assert lines(hers) == 2
    table = csv.reader(StringIO(b"".join(hers.get(f"{BRANCH}statement.csv?month=2026-10")).decode("utf-8-sig")))
    assert len([cells for cells in table if cells[:1] and cells[0].startswith("2026-10-")]) == 2
    # Neither do searches find them, nor the document of everything kept about the ID.
    hers.post(OCTOBER, {"act": "search", "digits": "0120279"})
    assert lines(hers) == 0
    from madoguchi.accounts.models import Account
    from madoguchi.statements.export import call_records

    request = hers.get(OCTOBER).wsgi_request
    kept = call_records(request, Account.objects.get(pk=request.user.pk))
    assert [len(list(each["calls"])) for each in kept if each["contract"] == "C100000002"] == [2]


def test_the_choice_is_kept_with_who_made_it_and_can_be_taken_back(hers, people, home):
    assert hers.post(PRIVACY, {"hidden_from": "everybody"}).status_code == 302
    assert "Your choice is saved" in flat(hers.get(f"{PRIVACY}?saved=1"))
    hers.post(PRIVACY, {"hidden_from": "everybody"})
    hers.post(PRIVACY, {"hidden_from": "nobody"})
    choices = HidingChoice.objects.filter(contract=home.branch).order_by("pk")
    assert [(each.hidden_from, each.made_by) for each in choices] == [("everybody", people[0]), ("nobody", people[0])]
    assert lines(hers) == 5


@pytest.mark.parametrize("chosen", ["", "strangers", "\0"])
def test_what_is_no_choice_is_said_beside_it(hers, chosen):
    page = hers.post(PRIVACY, {"hidden_from": chosen})
    assert page.status_code == 422
    assert not HidingChoice.objects.exists()


def test_who_does_not_hold_the_contract_decides_nothing(his, client_of, people, home):
    assert his.get(PRIVACY).status_code == 403
    assert his.post(PRIVACY, {"hidden_from": "nobody"}).status_code == 403
    stranger = client_of(people[2], home.branch)
    assert stranger.get(PRIVACY).status_code == stranger.post(PRIVACY, {"hidden_from": "nobody"}).status_code == 404
    assert not HidingChoice.objects.exists()


def test_numbers_hold_for_their_days():
    numbers = {each.number: each for each in sensitive_numbers()}
    assert {"119", "+81120279889", "189", "#8008"} <= set(numbers)
    begins = numbers["#8008"].since
    assert begins
    assert numbers["#8008"].holds_on(begins)
    japan = timezone(timedelta(hours=9))
    assert not is_sensitive("#8008", datetime(2020, 9, 30, 23, 59, tzinfo=japan))
    assert is_sensitive("#8008", datetime(2020, 10, 1, tzinfo=japan))


def test_the_holder_reads_who_looked_at_which_month(hers, his, people, caplog):
    for _ in range(3):
        his.get(OCTOBER)
    caplog.set_level("INFO")
    b"".join(his.get(f"{BRANCH}statement.pdf?month=2026-10"))
    assert "fontTools" not in caplog.text  # it tells the letters a document has
    hers.get(f"{BRANCH}?month=2026-09")
    page = hers.get(PRIVACY)
    shown = {(look.who, look.what, look.times) for look in page.context["looks"]}
    assert ("You", "September 2026, Calls, on the page", 1) in shown
    assert any(who == masked(people[1].email) and what == "October 2026, Calls, PDF" for who, what, _ in shown)
    assert any(what == "October 2026, Calls, on the page" and times == 3 for _, what, times in shown)
    assert people[1].email not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    history = flat(his.get("/en/id/history/?only=call-records"))
    assert "October 2026, Calls, PDF" in history
    assert json.dumps(list(AuthEvent.objects.values_list("detail", flat=True))).count("0120") == 0
