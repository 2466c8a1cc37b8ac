"""``madoguchi import_contracts``: customers, contracts, numbers and roles, checked first, stored once."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from madoguchi.accounts.tests.people import alice, bob, charlie
from madoguchi.contracts.models import Contract, Customer, CustomerLink, TelephoneNumber
from madoguchi.contracts.tests.household import household, service

SAMPLES = Path(__file__).parents[1] / "samples"
ALL = [SAMPLES / f"{kind}.csv" for kind in ("roles", "numbers", "contracts", "customers")]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people():
    service()
    return alice(), bob(), charlie()


@pytest.fixture
def write(tmp_path):
    def to_file(text, name="file.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return to_file


def run(*files, commit=True, language="en"):
    out = StringIO()
    call_command("import_contracts", *files, commit=commit, language=language, stdout=out)
    return out.getvalue()


def test_the_samples_go_in_together_in_whatever_order_they_are_named(people):
    said = run(*ALL)
    assert said.index("customers.csv") < said.index("contracts.csv") < said.index("roles.csv")
    assert said.count("0  rows rejected") == 4
    office = Contract.objects.get(number="S200000001")
    assert (office.customer.name, office.contact_phone, office.started_on) == (
        "株式会社見本",
        "+81300000017",
        date(2025, 4, 1),
    )
    assert Contract.objects.get(number="S200000002").ended_on == date(2026, 6, 30)
    seen = [set(Contract.objects.visible_to(person).values_list("number", flat=True)) for person in people]
    assert seen == [{"S200000001"}, {"S200000001"}, set()]


def test_without_commit_nothing_is_stored():
    said = run(*ALL, commit=False)
    assert "2  rows new" in said
    assert "--commit" in said
    assert not Customer.objects.exists()


def stored():
    return [
        list(model.objects.order_by("pk").values()) for model in (Customer, Contract, TelephoneNumber, CustomerLink)
    ]


def test_again_changes_nothing():
    run(*ALL)
    before = stored()
    assert run(*ALL).count("0  rows new") == 4
    assert stored() == before
    assert "There is nothing to store." in run(*ALL, commit=False)


def test_a_number_moves_to_another_contract_at_a_day(write):
    run(*ALL)
    run(write("number,contract_number,started_on\n05000007001,S200000002,2026-03-01\n"))
    held = TelephoneNumber.objects.filter(number="+815000007001").order_by("started_on")
    assert list(held.values_list("contract__number", "started_on", "ended_on")) == [
        ("S200000001", date(2025, 4, 1), date(2026, 2, 28)),
        ("S200000002", date(2026, 3, 1), None),
    ]
    # The first file once more, which knows nothing of it, does not take the number back.
    assert "3  rows the same" in run(SAMPLES / "numbers.csv")
    assert held[0].ended_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        ("5.41144E+11,S200000001,2026-01-01,", "2, number", "A spreadsheet has rewritten the number as 5.41144E+11"),
        ("12,S200000001,2026-01-01,", "2, number", "“12” is not a telephone number"),
        ("05000007009,S9,2026-01-01,", "2, contract_number", "There is no contract S9"),
        ("05000007009,S200000001,32.1.2026,", "2, started_on", "is not a day such as"),
        ("05000007009,S200000001,,", "2, started_on", "must not be empty"),
        ("05000007009,S200000001,2026-02-01,2026-01-31", "2, ended_on", "It ends (2026-01-31) before it begins"),
        ("05000007002,S200000002,2026-06-30,", "2, started_on", "from a later day on"),
        ("05000007002,S200000001,2026-06-30,2026-06-30", "2, started_on", "was with another contract on 2026-06-30"),
        ("05000007009,S200000001,2026-01-01,,more", "2", "more cells than the file has columns"),
    ],
)
def test_a_bad_row_is_named_by_line_column_and_reason_and_the_good_ones_stored(write, row, where, words):
    run(*ALL)
    good = "05000007008,S200000001,2026-01-01,"
    said = run(write(f"number,contract_number,started_on,ended_on\n{row}\n{good}\n"))
    assert f"  line {where}: " in said
    assert words in said
    assert TelephoneNumber.objects.filter(number="+815000007008").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty."),
        ("a,b\n1,2\n", "The columns (a, b) are none of those"),
        ("customer_number,name,nickname\n", "columns nobody knows: nickname"),
        ('customer_number,name\nN100000017,"open\n', "is not complete CSV"),
        ("customer_number,name\nN100000017,a\0b\n", "is not text in UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(write, text, words):
    with pytest.raises(CommandError, match="Nothing was stored") as refused:
        run(SAMPLES / "customers.csv", write(text))
    assert words in str(refused.value)
    assert not Customer.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_it_reads_what_spreadsheets_write(write, encoding):
    run(write("customer_number,name\r\nＮ１００－００００１７,株式会社髙橋\r\n\r\n", encoding=encoding))
    assert Customer.objects.get().number == "N100000017"


def test_roles_say_what_is_wrong_with_them(write):
    run(*ALL)
    said = run(
        write(
            "email,customer_number,role,contract_numbers\n"
            "nobody@example.jp,N100000017,holder,\n"
            "charlie@example.com,N100000017,colleague,\n"
            "charlie@example.com,N100000017,holder,S200000001\n"
            "charlie@example.com,N100000017,colleague,S200000002\n"
            "charlie@example.com,N100000017,owner,\n"
        )
    )
    for words in ("No customer ID", "name them", "leave this empty", "S200000002 is not one", "is not a role"):
        assert words in said
    assert "nobody@" not in said
    assert not CustomerLink.objects.filter(account__email="charlie@example.com").exists()


def test_the_contact_phone_of_a_contract_is_changed(write, people):
    home = household(holder=people[0])
    before = home.office.contact_phone
    line = "C10000000{n},N123456789,ip-phone-office,オフィス10,ip050,03-0000-0099,2024-04-01,\n"
    head = "contract_number,customer_number,service,plan,usage_kind,contact_phone,started_on,ended_on\n"
    assert "1  rows changed" in run(write(head + line.format(n=1)))
    assert Contract.objects.get(number="C100000001").contact_phone == "+81300000099"
    assert Contract.objects.get(number="C100000002").contact_phone == before


def test_a_contract_does_not_change_its_customer(write):
    run(*ALL)
    head = "contract_number,customer_number,service,plan,usage_kind,contact_phone,started_on,ended_on\n"
    said = run(write(head + "S200000001,N100000025,ip-phone-office,,ip050,0300000017,2025-04-01,\n"))
    assert "does not change its customer" in said
