"""``/my/contracts/``: what is linked, who else sees it, and ending that."""

import pytest
from django.test import Client
from django.utils.translation import override

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts import mail
from madoguchi.contracts.models import Contract, CustomerLink, PhoneProof
from madoguchi.contracts.tests.household import Household, household
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import render
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db
PAGE = "/my/contracts/"


@pytest.fixture
def home() -> Household:
    charlie()
    return household(holder=alice(), colleague=bob())


def browser(name: str) -> Client:
    sign_in(client := Client(), Account.objects.get(email__startswith=f"{name}@"))
    return client


def removal(name: str) -> str:
    return f"{PAGE}+remove/{CustomerLink.objects.get(account__email__startswith=f'{name}@').pk}/"


def test_alice_sees_her_contracts_and_who_else_sees_them(home: Household):
    page = browser("alice").get(PAGE)
    assert home.office.number in page.text
    assert home.branch.number in page.text
    assert f"/my/contracts/{home.office.number}/phone/" in page.text
    assert "b***@example.jp" in page.text
    for hidden in ("bob@example.jp", home.customer.number, "090-0000-0001"):
        assert hidden not in page.text


def test_bob_sees_his_and_nobody_elses_doings(home: Household):
    page = browser("bob").get(PAGE)
    assert home.branch.number in page.text
    assert home.office.number not in page.text
    assert "a***@" not in page.text
    assert "/phone/" not in page.text


def test_charlie_is_offered_to_link_some(home: Household):
    page = browser("charlie").get(PAGE)
    assert home.branch.number not in page.text
    assert "/my/contracts/add/" in page.text


def test_bob_removes_his_own_link_and_is_asked_first(home: Household, telephone: Telephone):
    his, path = browser("bob"), removal("bob")
    name_phone(his)
    ask_for_code(his)
    type_code(his, telephone.code())
    assert "元に戻せません" in his.get(path).text
    assert CustomerLink.objects.filter(account__email="bob@example.jp").exists(), "looking changes nothing"
    assert his.post(path).headers["Location"] == PAGE
    assert "IDから解除しました" in his.get(PAGE).text
    assert "IDから解除しました" not in his.get(PAGE).text
    assert not Contract.objects.visible_to(Account.objects.get(email="bob@example.jp")).exists()
    assert not PhoneProof.objects.exists()
    event = AuthEvent.objects.get(method="contract_unlinked")
    assert (event.contract_number, event.detail) == (home.branch.number, "")
    assert Letter.objects.get().mailing.renderer == "contracts.unlinked"
    assert his.post(path).headers["Location"] == PAGE, "the button pressed twice"


def test_alice_ends_what_bob_sees(home: Household):
    hers, path = browser("alice"), removal("bob")
    assert "b***@example.jp" in hers.get(path).text
    hers.post(path)
    assert not CustomerLink.objects.filter(account__email="bob@example.jp").exists()
    event = AuthEvent.objects.get(method="contract_unlinked")
    assert (event.account.email, event.detail) == ("bob@example.jp", "by_another")  # type: ignore[union-attr]
    assert (event.network, event.agent) == (None, ""), "they are hers"
    assert Letter.objects.get().address == "bob@example.jp"


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_nobody_else_ends_alices_link(home: Household, name: str):
    path = removal("alice")
    assert browser(name).get(path).status_code == 404
    assert browser(name).post(path).headers["Location"] == PAGE
    assert CustomerLink.objects.filter(account__email="alice@example.jp").exists()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
def test_both_languages(home: Household, name: str, prefix: str):
    page = browser(name).get(prefix + PAGE)
    assert ("Linked contracts" in page.text) == bool(prefix)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ["linked", "linked_by_another", "unlinked", "phone_changed", "device_copied"])
def test_every_mail_in_both_languages(name: str, language: str):
    draft = render(f"contracts.{name}", "", language, "full")
    with override(language):
        note = getattr(mail, name)()
    assert draft.subject == note.subject
    assert draft.html is not None
    for said in (note.link, note.foot):
        assert said in draft.text
        assert said in draft.html
