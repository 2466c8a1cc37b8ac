"""``/notices/impact/``: which notices name a contract number. The worked table is that of docs/notices.md."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madoguchi.accounts.models import TryLevel
from madoguchi.contracts.models import Contract, Customer
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted

DOCUMENT = (Path(__file__).resolve().parents[4] / "docs" / "notices.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (C\d{9}) \| (yes|no) \| ([a-z0-9 ]+) \| (the notice|none) \|$", DOCUMENT, re.M)


def search(numbers: str, prefix: str = "", **more):
    return Client(enforce_csrf_checks=True).post(f"{prefix}/notices/impact/", {"numbers": numbers}, **more)


def answers(numbers: str) -> dict[str, list[str]]:
    response = search(numbers)
    assert response.status_code == 200
    return {number: [notice.number for notice in named] for number, named in response.context["answers"].items()}


def of_contracts(*numbers: str) -> dict:
    return {"notice": {"contract_numbers": numbers}}


@pytest.fixture
def work(hikari):
    return posted.work(hikari, **of_contracts("C100000001", "C100000002"))


@pytest.fixture
def in_the_table(hikari):
    """Every way in which a number can be listed, as the table names them."""
    customer = Customer.objects.create(number="N000000001", name="株式会社みほん", name_kana="ミホン")
    for number, exists, *_rest in ROWS:
        if exists == "yes":
            Contract.objects.create(
                number=number, customer=customer, service=hikari, usage_kind="internet", started_on=NOW.date()
            )

    def over(days: int, *numbers: str) -> None:
        ended = NOW - timedelta(days=days)
        with time_machine.travel(ended - timedelta(hours=1), tick=False):
            posted.recovered(hikari, at=ended, **of_contracts(*numbers))

    listed = {where: [number for number, _, listed, _ in ROWS if listed == where] for _, _, where, _ in ROWS}
    posted.work(hikari, **of_contracts(*listed["a notice in force"]))
    posted.trouble(hikari)
    make.work(hikari, **of_contracts(*listed["a draft"]))
    withdrawn = posted.work(hikari, **of_contracts(*listed["a withdrawn notice"]))
    Notice.objects.filter(pk=withdrawn.pk).update(withdrawn_at=NOW)
    over(6, *listed["one over for 6 days"])
    over(8, *listed["one over for 8 days"])


def test_the_answers_are_those_of_the_document(in_the_table):
    assert len(ROWS) == 9
    found = answers("\n".join(number for number, *_rest in ROWS))
    assert {number: bool(notices) for number, notices in found.items()} == {
        number: answer == "the notice" for number, _, _, answer in ROWS
    }


def test_the_contracts_are_not_even_looked_at(in_the_table):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        search("C100000001 C100000009 X1")
    assert not [query["sql"] for query in queries if "contracts_" in query["sql"]]
    with CaptureQueriesContext(connection) as more:
        search("\n".join(f"C1000{number:05}" for number in range(100)))
    assert len(more) == len(queries)


def test_who_has_a_number_nobody_has_reads_the_same(in_the_table):
    held, unknown = (search(number).content.decode().replace(number, "…") for number in ("C100000003", "C100000004"))
    assert held == unknown


def test_the_form(client, work):
    for prefix, said in (("", "契約番号"), ("/en", "Contract numbers")):
        html = client.get(f"{prefix}/notices/impact/").content.decode()
        assert said in html
        assert "csrfmiddlewaretoken" not in html
        assert work.number not in html


@pytest.mark.parametrize(
    "typed",
    [
        "C100000001\nC100000009",
        "C100000001 C100000009",
        "C100000001,C100000009",
        "Ｃ１０００００００１、Ｃ１０００００００９",
        "c100000001，c100000009",
        "\ufeffC100000001\t\tC100000009\r\n\r\n",
        "C-100-000-001　C‐100‐000‐009",
        "C100000001 C100000009 c100000001",
    ],
)
def test_numbers_however_they_are_typed(work, typed):
    found = answers(typed)
    assert list(found.values()) == [[work.number], []]


def test_answers_in_the_order_typed_with_state_and_time(work, hikari):
    trouble = posted.trouble(hikari, at=NOW + timedelta(minutes=1), **of_contracts("C100000001"))
    html = search("C100000009 C100000001", "/en").content.decode()
    assert html.index("C100000009") < html.index("C100000001")
    assert "1 number is named in a notice." in html
    assert html.index(f"/en/notices/{trouble.number}/") < html.index(f"/en/notices/{work.number}/")
    assert "23 Nov 2026, 01:00–05:00 JST" in html
    assert "Investigating" in html


def test_notices_without_numbers_stand_apart_whatever_was_typed(hikari, work):
    everybody = posted.trouble(hikari, notice={"title_ja": "全契約の故障"})
    for number in ("C100000001", "Z9"):
        assert everybody.number not in answers(number)[number]
        html = search(number).content.decode()
        assert "全契約の故障" in html[html.index('id="everybody"') :]


def test_nothing_to_tell(hikari):
    html = search("C100000001").content.decode()
    assert "入力した契約番号を対象とするお知らせはありません。" in html
    assert "現在、該当するお知らせはありません。" in html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "契約番号を1つ以上入力してください。"),
        (" \n、,", "契約番号を1つ以上入力してください。"),
        ("C1 あおば", "「あおば」"),
        ("../../etc", "「../../etc」"),
        ("A" * 21, "契約番号ではありません"),
        ("\x00", "Null"),
        (" ".join(f"C{number}" for number in range(101)), "101件"),
        ("<script>1</script>", "&lt;script&gt;1"),
        ("é ü â î ô û", "ほか"),
    ],
)
def test_what_cannot_be_searched_is_said_and_kept(work, typed, said):
    response = search(typed)
    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>エラー：" in html
    assert 'id="id_numbers_error"' in html
    if said != "Null":
        assert said in html
    assert not TryLevel.objects.exists(), "what was not searched is not counted"
    assert "<script>1" not in html
    if typed.startswith("C1 "):
        assert "C1 あおば</textarea>" in html


def test_a_hundred_at_once(work):
    assert len(answers(" ".join(f"C{number}" for number in range(100)))) == 100


def test_too_many_from_one_network(work):
    hundred = " ".join(f"C{number}" for number in range(100))
    for _search in range(10):
        assert search(hundred).status_code == 200
    refused = search("C100000001", "/en")
    assert refused.status_code == 429
    assert "Please try again in about" in refused.content.decode()
    assert search("C100000001", REMOTE_ADDR="198.51.100.7").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        assert search(hundred).status_code == 200


def test_the_numbers_stay_in_the_answer(work, caplog):
    caplog.set_level(logging.DEBUG)
    response = search("C100000001")
    assert "no-store" in response["Cache-Control"]
    assert "Location" not in response
    assert not response.cookies
    # The answer itself is a context of the test's client, written to no log.
    assert "C100000001" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    # In an address they are not read.
    assert work.number not in Client().get("/notices/impact/?numbers=C100000001").content.decode()


def test_no_other_way_in(work):
    assert Client().put("/notices/impact/").status_code == 405
