"""Files are taken in by the batch, and come to the same as row after row; rows left out are told whole."""

import csv
from datetime import date, timedelta
from random import Random

import phonenumbers
import pytest
from django.db import transaction

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.imports import rows, take
from madoguchi.contracts.models import Contract, Customer, CustomerLink, TelephoneNumber
from madoguchi.contracts.tests.household import household, service

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)


def numbers(random):
    """Moves of a few numbers among a few contracts, a good deal of them impossible."""
    yield "number,contract_number,started_on,ended_on"
    for _row in range(120):
        begin = FIRST + timedelta(days=random.randrange(40))
        end = random.choice(["", begin + timedelta(days=random.randrange(-2, 20))])
        yield f"0500000{random.randrange(4):04d},C10000000{random.randrange(1, 4)},{begin},{end}"


def contracts(random):
    """The same contracts again and again, with other plans, customers and days."""
    yield "contract_number,customer_number,service,plan,usage_kind,contact_phone,started_on,ended_on"
    for _row in range(60):
        customer = random.choice(["N123456789", "N123456789", "N200000000", "N999999999"])
        begin = FIRST + timedelta(days=random.randrange(3))
        end = random.choice(["", begin + timedelta(days=random.randrange(-1, 3))])
        slug = random.choice(["ip-phone-office", "ip-phone-office", "nothing"])
        number, plan = f"C20000000{random.randrange(4)}", random.choice("ab")
        yield f"{number},{customer},{slug},{plan},ip050,030000000{random.randrange(3)},{begin},{end}"


def roles(random):
    yield "email,customer_number,role,contract_numbers"
    for _row in range(40):
        names = random.choice(["", "C100000001", "C100000002", "C100000001 C100000002", "C900000000"])
        role = random.choice(["holder", "colleague", "colleague"])
        email = random.choice(["alice@example.jp", "nobody@example.jp"])
        yield f"{email},{random.choice(['N123456789', 'N200000000'])},{role},{names}"


def stored():
    links = CustomerLink.objects.order_by("account", "customer")
    return [
        sorted(Customer.objects.values_list("number", "name")),
        sorted(
            Contract.objects.values_list("number", "customer", "plan", "contact_phone", "started_on", "ended_on"),
            key=str,
        ),
        sorted(TelephoneNumber.objects.values_list("number", "contract", "started_on", "ended_on"), key=str),
        [(link.role, sorted(link.contracts.values_list("number", flat=True))) for link in links],
    ]


@pytest.mark.parametrize("text", [numbers, contracts, roles])
@pytest.mark.parametrize("seed", range(4))
def test_a_batch_comes_to_the_same_as_row_after_row(tmp_path, monkeypatch, text, seed):
    household(holder=alice())
    Customer.objects.create(number="N200000000", name="別のお客さま")
    path = tmp_path / "file.csv"
    path.write_text("\n".join(text(Random(seed))), encoding="utf-8")
    found = []
    for together in (1, 13, 2000):
        monkeypatch.setattr(take, "TOGETHER", together)
        with transaction.atomic():
            (outcome,) = take.import_files([path], commit=True)
            found.append((outcome.counts, outcome.problems, stored()))
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]
    assert found[0][0]["rejected"] > 5
    assert found[0][0]["new"] + found[0][0]["changed"] > 1


def test_who_asks_is_told_each_row_that_was_left_out_as_it_stands_in_the_file(tmp_path):
    service()
    path = tmp_path / "file.csv"
    path.write_text("customer_number,name\nN１,あ\nN100000017,株式会社見本\nN100000018,\n", encoding="cp932")
    told: list[take.Rejected] = []
    progress: list[int] = []
    take.import_files([path], commit=True, rejected=told.append, counted=lambda _path, done: progress.append(done))
    assert [(row.line, row.columns, row.cells) for row in told] == [
        (2, ["customer_number", "name"], ["N１", "あ"]),
        (4, ["customer_number", "name"], ["N100000018", ""]),
    ]
    assert [problem.reason for row in told for problem in row.problems] == ["customer_number", "empty_cell"]
    assert progress == [3]


def test_a_file_of_rejected_rows_may_come_back_with_its_line_and_reason(tmp_path):
    path = tmp_path / "file.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [["line", "reason", "customer_number", "name"], ["7", "empty", "N100000017", "株式会社見本"]]
        )
    (outcome,) = take.import_files([path], commit=True)
    assert (outcome.kind, outcome.counts) == ("customers", {"new": 1})


def test_numbers_at_home_are_read_as_the_library_reads_them():
    random = Random(1)
    for _try in range(2000):
        text = "0" + str(random.randrange(10**8, 10**10))
        if len(text) in {10, 11}:
            number = phonenumbers.parse(text, "JP")
            if phonenumbers.is_possible_number(number):
                assert rows.phone(text) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            else:
                with pytest.raises(rows.Unreadable):
                    rows.phone(text)
