"""Customers and contracts as the operator's own systems keep them: who may, what is stored, what is refused."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.tests.people import alice, bob, charlie, publisher, sign_in
from madoguchi.api.v1 import tokens
from madoguchi.contracts.models import Contract, Customer, CustomerLink, TelephoneNumber, TokenAct
from madoguchi.contracts.models.operator_tokens import Scope, issue
from madoguchi.contracts.tests.household import household, service
from madoguchi.shell.problems import MEDIA_TYPE

pytestmark = pytest.mark.django_db
CONTRACT = {
    "customer": "N200000001",
    "service": "ip-phone-office",
    "usage_kind": "ip050",
    "contact_phone": "03-0000-0017",
    "started_on": "2026-04-01",
}


class System:
    """A system of the operator with its token."""

    def __init__(self, program, *scopes):
        self.program = program
        self.token, self.text = issue(name="Billing system", scopes=list(scopes), by=publisher())

    def __call__(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.text}"}
        call = getattr(self.program, method)
        return call(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def system(program):
    service()
    return System(program, *Scope.values)


def faults(answer, status):
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE)
    assert "no-store" in answer["Cache-Control"]
    return {fault["pointer"]: fault["message"] for fault in answer.json()["errors"]}


def test_a_customer_and_a_contract_are_stored_changed_and_left(system):
    assert system("put", "customers/N200000001", {"name": "株式会社見本"}).status_code == 201
    assert system("put", "customers/N200000001", {"name": "株式会社見本"}).status_code == 200
    made = system("put", "contracts/S200000001", CONTRACT)
    assert (made.status_code, made.json()["contact_phone"], made.json()["ended_on"]) == (201, "+81300000017", None)
    ended = system("put", "contracts/S200000001", CONTRACT | {"ended_on": "2026-12-31"})
    assert (ended.status_code, ended.json()["ended_on"]) == (200, "2026-12-31")
    assert system("get", "contracts/S200000001").json() == ended.json()
    assert system("get", "customers/N200000001").json()["name"] == "株式会社見本"
    done = TokenAct.objects.order_by("pk").values_list("kind", "key", "new", "changed")
    assert list(done) == [
        ("customers", "N200000001", 1, 0),
        ("contracts", "S200000001", 1, 0),
        ("contracts", "S200000001", 0, 1),
    ]


def test_a_number_moves_at_a_day(system):
    home = household(holder=alice())
    given = {"number": "050-0000-0101", "started_on": "2026-11-01"}
    answer = system("post", f"contracts/{home.branch.number}/numbers", given)
    assert answer.status_code == 201
    assert {"number": "+815000000101", "started_on": "2026-11-01", "ended_on": None} in answer.json()["numbers"]
    assert TelephoneNumber.objects.get(contract=home.office, number="+815000000101").ended_on == date(2026, 10, 31)
    assert system("post", f"contracts/{home.branch.number}/numbers", given).status_code == 200
    back = system("post", f"contracts/{home.office.number}/numbers", given | {"started_on": "2026-10-01"})
    assert "later day on" in faults(back, 409)["#/started_on"]


def test_a_role_is_given_by_the_address_in_the_body(system):
    home, colleague = household(holder=alice()), bob()
    said = {"email": colleague.email, "role": "colleague", "contracts": [home.branch.number]}
    answer = system("post", f"customers/{home.customer.number}/roles", said)
    assert (answer.status_code, answer.json()) == (201, said)
    assert set(Contract.objects.visible_to(colleague)) == {home.branch}
    told = system("get", f"customers/{home.customer.number}/roles").json()
    assert [role["role"] for role in told] == ["holder", "colleague"]
    nobody = system("post", f"customers/{home.customer.number}/roles", said | {"email": "nobody@example.jp"})
    assert "No customer ID" in faults(nobody, 422)["#/email"]
    assert "nobody@" not in nobody.content.decode()


def test_a_batch_is_stored_whole_or_not_at_all(system):
    batch = {
        "contracts": [CONTRACT | {"number": "S200000001"}],
        "customers": [{"number": "N200000001", "name": "株式会社見本"}],
        "numbers": [{"number": "05000007001", "contract": "S200000001", "started_on": "2026-04-01"}],
        "roles": [{"email": alice().email, "customer": "N200000001", "role": "holder"}],
    }
    checked = system("post", "batches", batch | {"only_check": True}).json()
    assert (checked["stored"], checked["contracts"]) == (False, {"new": 1, "changed": 0, "same": 0})
    assert not Customer.objects.exists()
    wrong = batch | {"numbers": [*batch["numbers"], {"number": "12", "contract": "S9", "started_on": "2026-04-01"}]}
    assert list(faults(system("post", "batches", wrong), 422)) == ["#/numbers/1/number"]
    assert not Customer.objects.exists()
    assert not TokenAct.objects.exists()
    assert system("post", "batches", batch).json()["stored"] is True
    assert CustomerLink.objects.get().role == "holder"
    assert system("post", "batches", batch).json()["numbers"] == {"new": 0, "changed": 0, "same": 1}


@pytest.mark.parametrize(
    ("changed", "status", "pointer", "words"),
    [
        ({"service": "nowhere"}, 422, "#/service", "no service"),
        ({"customer": "N999999999"}, 422, "#/customer", "There is no customer"),
        ({"customer": "N123456789"}, 409, "#/customer", "does not change its customer"),
        ({"contact_phone": "12"}, 422, "#/contact_phone", "not a telephone number"),
        ({"ended_on": "2026-03-31"}, 422, "#/ended_on", "before it begins"),
        ({"ended_on": "soon"}, 422, "#/ended_on", "2026-11-22"),
        ({"usage_kind": "fax"}, 422, "#/usage_kind", "one of the values"),
        ({"plan": "a\x00"}, 422, "#/plan", "control characters"),
        ({"plan": None}, 422, "#/plan", "Write a text"),
        ({"endedon": "2026-12-31"}, 422, "#/endedon", "nothing of this name"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_nothing_is_stored(system, changed, status, pointer, words):
    household(holder=alice())
    system("put", "customers/N200000001", {"name": "株式会社見本"})
    system("put", "contracts/S200000001", CONTRACT)
    before = list(Contract.objects.values())
    told = faults(system("put", "contracts/S200000001", CONTRACT | changed), status)
    assert list(told) == [pointer]
    assert words in told[pointer]
    assert list(Contract.objects.values()) == before


def test_the_sentences_are_in_the_language_asked_for(system):
    system.program.defaults["HTTP_ACCEPT_LANGUAGE"] = "ja"
    answer = system.program.put(
        "/api/v1/contracts/S200000001",
        CONTRACT,
        content_type="application/json",
        headers={"Authorization": f"Bearer {system.text}", "Accept-Language": "ja"},
    )
    assert faults(answer, 422)["#/customer"].startswith("お客さま")


@pytest.mark.parametrize("path", ["customers/N999999999", "customers/N999999999/roles", "contracts/X9"])
def test_what_is_not_there(system, path):
    assert system("get", path).status_code == 404


def test_bodies_that_cannot_be_read(system):
    for body, status in (("{", 400), ("[]", 422), ("", 422), ("x" * 2_700_000, 413)):
        answer = system("put", "customers/N200000001", body)
        assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE), body[:5]
    assert system("put", "customers/n1", {"name": "a"}).status_code == 400


def test_whoever_shows_no_good_token_is_told_nothing(system, program):
    home = household(holder=alice())
    path = f"/api/v1/contracts/{home.office.number}"
    for text in (None, "", "Bearer", "Bearer mdg_wrong", f"Basic {system.text}"):
        answer = program.get(path, headers={"Authorization": text} if text is not None else {})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert home.office.number not in answer.content.decode()


@pytest.mark.parametrize("person", [alice, bob, charlie, publisher])
def test_nobody_gets_in_by_a_session(program, person):
    """Not the holder of the contract, and not the operator's staff: this is for systems with a token."""
    someone = person()
    home = household(holder=someone if person is alice else alice())
    sign_in(program, someone)
    assert program.get(f"/api/v1/contracts/{home.office.number}").status_code == 401


def test_a_token_is_good_for_its_scope_its_days_and_until_it_is_revoked(program):
    reader = System(program, Scope.READ)
    answer = reader("put", "customers/N200000001", {"name": "a"})
    assert answer.status_code == 403
    assert 'scope="contracts:write"' in answer["WWW-Authenticate"]
    assert reader("get", "contracts/X9").status_code == 404
    reader.token.expires_on = timezone.localdate()
    reader.token.save()
    assert reader("get", "contracts/X9").status_code == 404
    reader.token.expires_on -= timedelta(days=1)
    reader.token.save()
    assert reader("get", "contracts/X9").status_code == 401
    reader.token.expires_on = None
    reader.token.save()
    reader.token.revoke(by=reader.token.created_by)
    assert reader("get", "contracts/X9").status_code == 401


def test_the_token_itself_is_stored_nowhere_and_its_last_use_is(system):
    system("get", "contracts/X9")
    system.token.refresh_from_db()
    assert system.token.last_used_at.second == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM contracts_operatortoken t")
        assert system.text not in cursor.fetchone()[0]


def test_too_many_calls_are_told_when_to_come_again(system, monkeypatch):
    monkeypatch.setattr(tokens, "A_TOKEN", limits.Limit("api token", 2, timedelta(minutes=1)))
    answers = [system("get", "contracts/X9") for _call in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[2]["Retry-After"] == "30"


def test_an_address_takes_its_methods_alone(system):
    answer = system("delete", "contracts/S200000001")
    assert (answer.status_code, answer["Content-Type"]) == (405, MEDIA_TYPE)
    assert set(answer["Allow"].split(", ")) == {"GET", "PUT"}


def test_no_page_of_another_site_reads_it(system):
    answer = system("get", "contracts/X9")
    assert "Access-Control-Allow-Origin" not in answer
    assert "Authorization" in answer["Vary"]
    assert not answer.cookies
