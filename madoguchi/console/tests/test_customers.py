"""``/console/customers/``: staff find a customer ID with a reason, see what is locked and take the locks off."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.models import Account, AuthEvent, SignIn, StaffRole
from madoguchi.accounts.tests import people
from madoguchi.accounts.unlocking import Lock
from madoguchi.console.customers.acts import ACTS
from madoguchi.console.customers.forms import ActForm
from madoguchi.console.models import AuditEntry
from madoguchi.contracts import linking, passcodes, phone_change, phone_entry
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.limits import A_NUMBER_AN_HOUR, reached_until
from madoguchi.contracts.models import Dispatch, Passcode, PhoneEntry
from madoguchi.contracts.tests import household
from madoguchi.delivery.models import Letter

FIND = "/console/customers/"
REASON = "お問い合わせ 2026-1122"

pytestmark = pytest.mark.django_db


def look(client: Client, account: Account, reason: str = REASON) -> Any:
    return client.post(FIND, {"email": account.email, "reason": reason})


def page(account: Account) -> str:
    return f"{FIND}{account.public_id}/"


def do(client: Client, account: Account, act: str) -> Any:
    return client.post(f"{page(account)}{act}/", {"reason": REASON})


def test_alice_is_found_with_a_reason_and_the_look_is_recorded(support: Client, alice: Account) -> None:
    answer = look(support, alice)
    assert answer["Location"] == page(alice)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_type, entry.object_key) == ("customer.look", "account", str(alice.public_id))
    assert entry.reason == REASON
    assert entry.actor.staff_role == StaffRole.SUPPORT
    assert support.get(page(alice)).status_code == 200


def test_without_a_reason_nobody_is_shown(support: Client, alice: Account) -> None:
    answer = look(support, alice, "")
    assert answer.status_code == 422
    assert "理由を入力してください。" in answer.content.decode()
    assert support.get(page(alice))["Location"] == FIND
    assert do(support, alice, "sessions")["Location"] == FIND
    assert not AuditEntry.objects.exists()


def test_a_look_lasts_half_an_hour_and_is_ones_own(support: Client, alice: Account) -> None:
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        people.sign_in(support, Account.objects.get(staff_role=StaffRole.SUPPORT))
        look(support, alice)
        colleague = Client()
        people.sign_in(colleague, people.staff(StaffRole.ADMINISTRATOR))
        assert colleague.get(page(alice))["Location"] == FIND
        clock.shift(timedelta(minutes=31))
        assert support.get(page(alice))["Location"] == FIND


def test_an_unknown_address_is_said_and_the_try_recorded_without_it(support: Client) -> None:
    answer = support.post(FIND, {"email": "nobody@example.jp", "reason": REASON})
    assert answer.status_code == 422
    assert "nobody@example.jp" in answer.content.decode()  # what was typed stays in the field
    entry = AuditEntry.objects.get()
    assert entry.act == "customer.not_found"
    assert "nobody" not in f"{entry.object_key} {entry.detail} {entry.reason}"


def test_the_page_shows_no_more_of_alice_than_helps(support: Client) -> None:
    alice = people.alice(pk=700_000_001)  # a small number stands on every page, as the width of a picture
    look(support, alice)
    text = support.get(page(alice)).content.decode()
    assert "a•••@example.jp" in text
    said = re.sub(r"[\w-]{32,}", "", text, flags=re.ASCII)  # public and form tokens are random: any digits are in some
    for secret in (alice.email, alice.family_name_kana, alice.given_name_kana, "1958", str(alice.pk)):
        assert secret not in said


@pytest.mark.parametrize("path", [FIND, f"/en{FIND}"])
def test_both_languages(support: Client, alice: Account, path: str) -> None:
    prefix = path.removesuffix(FIND)
    look(support, alice)
    possible = [name for name, act in ACTS.items() if act.possible(alice)]
    for place in (path, prefix + page(alice), *(f"{prefix}{page(alice)}{act}/" for act in possible)):
        answer = support.get(place)
        assert answer.status_code == 200, place
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.EDITOR, StaffRole.PUBLISHER, StaffRole.BILLING])
def test_other_roles_are_refused(client: Client, alice: Account, role: StaffRole) -> None:
    people.sign_in(client, people.staff(role))
    for place in (FIND, page(alice), f"{page(alice)}login/"):
        assert client.get(place).status_code == 403
        assert client.post(place, {"email": alice.email, "reason": REASON}).status_code == 403


def test_customers_are_refused_even_for_themselves(client: Client, alice: Account) -> None:
    for person in (alice, people.bob(), people.charlie()):
        people.sign_in(client, person)
        for place in (FIND, page(alice), f"{page(alice)}sessions/"):
            assert client.get(place).status_code == 403
            assert client.post(place, {"email": alice.email, "reason": REASON}).status_code == 403
    assert SignIn.objects.standing(alice).exists()


def test_support_does_not_reach_colleagues_but_administrators_do(support: Client) -> None:
    colleague = people.publisher()
    assert look(support, colleague).status_code == 422
    administrator = Client()
    people.sign_in(administrator, people.staff(StaffRole.ADMINISTRATOR))
    assert look(administrator, colleague)["Location"] == page(colleague)


def test_wrong_passwords_are_forgiven_on_every_browser(support: Client, alice: Account) -> None:
    AuthEvent.objects.create(account=alice, method="password", succeeded=True, device="d" * 64)
    for whom in (alice.email, f"{alice.email} on {'d' * 64}", "bob@example.jp"):
        for _try in range(limits.LOGIN_TARGET.tries):
            limits.take(limits.LOGIN_TARGET, whom)
    look(support, alice)
    assert "ロック中" in support.get(page(alice)).content.decode()
    assert do(support, alice, "login")["Location"] == f"{page(alice)}?done=login"
    limits.take(limits.LOGIN_TARGET, alice.email)
    limits.take(limits.LOGIN_TARGET, f"{alice.email} on {'d' * 64}")
    with pytest.raises(limits.TooMany):
        limits.take(limits.LOGIN_TARGET, "bob@example.jp")
    assert "ロック中" not in support.get(page(alice)).content.decode()


def test_until_when_a_lock_stands_is_said(support: Client, alice: Account) -> None:
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        people.sign_in(support, Account.objects.get(staff_role=StaffRole.SUPPORT))
        look(support, alice)
        for _try in range(limits.LOGIN_CODE.tries):
            limits.take(limits.LOGIN_CODE, str(alice.pk))
        assert "2026年11月22日（日）10:03 JST" in support.get(page(alice)).content.decode()
        clock.shift(timedelta(minutes=3))
        assert "ロック中" not in support.get(page(alice)).content.decode()


def test_wrong_one_time_codes_are_forgiven(support: Client, alice: Account) -> None:
    for _try in range(limits.LOGIN_CODE.tries):
        limits.take(limits.LOGIN_CODE, str(alice.pk))
    look(support, alice)
    do(support, alice, "login_code")
    limits.take(limits.LOGIN_CODE, str(alice.pk))


def test_customer_numbers_tried_are_forgiven_for_whoever_named_them(support: Client, alice: Account) -> None:
    mine, other = phone_entry.claim_on("N100000001"), phone_entry.claim_on("N100000002")
    for claim in (mine, other):
        for _try in range(linking.NUMBER.tries):
            limits.take(linking.NUMBER, claim)
    people.sign_in(Client(), alice)
    PhoneEntry.objects.create(account=alice, claim=mine, sign_in=SignIn.objects.get(account=alice), right=False)
    look(support, alice)
    assert "ロック中" in support.get(page(alice)).content.decode()
    do(support, alice, "linking")
    assert "ロック中" not in support.get(page(alice)).content.decode()
    limits.take(linking.NUMBER, mine)
    with pytest.raises(limits.TooMany):
        limits.take(linking.NUMBER, other)


def test_new_contact_phones_are_forgiven(support: Client, alice: Account) -> None:
    for _try in range(phone_change.NUMBERS.tries):
        limits.take(phone_change.NUMBERS, str(alice.pk))
    look(support, alice)
    assert "ロック中" in support.get(page(alice)).content.decode()
    do(support, alice, "new_phones")
    limits.take(phone_change.NUMBERS, str(alice.pk))
    assert AuthEvent.objects.filter(account=alice, method="unlocked", detail="new_phones").exists()


def test_a_pause_of_phone_verification_ends(support: Client, alice: Account) -> None:
    for _try in range(passcodes.FAILURES_A_DAY):
        AuthEvent.objects.create(account=alice, method="contact_phone", succeeded=False, detail="wrong_code")
    assert passcodes.paused_until(alice)
    look(support, alice)
    do(support, alice, "wrong_codes")
    assert passcodes.paused_until(alice) is None
    # Not erased: only counted anew.
    assert AuthEvent.objects.filter(account=alice, detail="wrong_code").count() == passcodes.FAILURES_A_DAY


def test_a_lock_for_wrong_phones_ends(support: Client, alice: Account) -> None:
    office = household.household(holder=alice).office
    hers = people.sign_in(Client(), alice)
    for _try in range(phone_entry.TRIES):
        PhoneEntry.objects.create(account=alice, contract=office, sign_in=hers, right=False)
    assert phone_entry.locked_until(alice)
    look(support, alice)
    do(support, alice, "wrong_phones")
    assert phone_entry.locked_until(alice) is None


def test_codes_sent_so_far_count_no_more(support: Client, alice: Account) -> None:
    office = household.household(holder=alice).office
    hers = people.sign_in(Client(), alice)
    passcode = Passcode.make(sign_in=hers, contract=office, channel=Channel.SMS, language="ja")
    for _sending in range(A_NUMBER_AN_HOUR):
        Dispatch.objects.create(passcode=passcode, phone=office.contact_phone, prefix="+8190")
    assert reached_until(alice)
    look(support, alice)
    assert "ロック中" in support.get(page(alice)).content.decode()
    do(support, alice, "codes_sent")
    assert reached_until(alice) is None


@pytest.mark.parametrize("lock", Lock)
def test_the_customer_sees_that_it_was_done_and_the_audit_log_why(support: Client, alice: Account, lock: Lock) -> None:
    look(support, alice)
    do(support, alice, lock)
    event = AuthEvent.objects.get(account=alice, method=AuthEvent.Method.UNLOCKED)
    assert event.detail == lock
    assert (event.network, event.agent, event.device, event.sign_in) == (None, "", "", None)  # not the staff's
    entry = AuditEntry.objects.get(act=f"customer.{lock}")
    assert (entry.object_key, entry.reason) == (str(alice.public_id), REASON)


def test_an_act_needs_its_own_reason(support: Client, alice: Account) -> None:
    look(support, alice)
    answer = support.post(f"{page(alice)}login/", {"reason": "  "})
    assert answer.status_code == 422
    assert not AuthEvent.objects.filter(method=AuthEvent.Method.UNLOCKED).exists()


def test_opening_the_page_of_an_act_does_nothing(support: Client, alice: Account) -> None:
    look(support, alice)
    for act in ACTS:
        support.get(f"{page(alice)}{act}/")
    assert not AuthEvent.objects.filter(account=alice).exists()
    assert AuditEntry.objects.count() == 1


def test_staff_end_every_session(support: Client, alice: Account) -> None:
    at_home, at_work = Client(), Client()
    people.sign_in(at_home, alice)
    people.sign_in(at_work, alice)
    look(support, alice)
    do(support, alice, "sessions")
    assert not SignIn.objects.standing(alice).exists()
    assert set(SignIn.objects.filter(account=alice).values_list("end", flat=True)) == {SignIn.End.STAFF}
    for browser in (at_home, at_work):
        assert browser.get("/my/")["Location"].startswith("/id/login/")
    assert AuthEvent.objects.get(account=alice, method=AuthEvent.Method.SESSION_ENDED).detail == "staff"


@pytest.mark.parametrize(
    ("prefix", "act", "said"),
    [
        ("", "wrong_codes", "ロックを解除しました"),
        ("/en", "wrong_codes", "The lock is off"),
        ("", "sessions", "すべてのログインを終了しました"),
        ("/en", "password", "The password reset email was sent"),
    ],
)
def test_after_an_act_the_page_says_what_was_done(
    support: Client, alice: Account, prefix: str, act: str, said: str
) -> None:
    look(support, alice)
    assert said not in support.get(f"{prefix}{page(alice)}").text
    answer = support.post(f"{prefix}{page(alice)}{act}/", {"reason": REASON}, follow=True)
    assert answer.redirect_chain == [(f"{prefix}{page(alice)}?done={act}", 302)]
    assert said in answer.text


def test_an_act_nobody_knows_is_not_found(support: Client, alice: Account) -> None:
    look(support, alice)
    assert support.get(f"{page(alice)}become/").status_code == 404


def test_staff_send_a_reset_mail_and_learn_nothing(support: Client, alice: Account) -> None:
    before = alice.password
    look(support, alice)
    answer = do(support, alice, "password")
    assert answer["Location"] == f"{page(alice)}?done=password"
    alice.refresh_from_db()
    assert alice.password == before
    letter = Letter.objects.get(mailing__renderer="accounts.reset_link")
    assert letter.address == alice.email
    assert "password/reset" not in support.get(page(alice)).content.decode()
    assert AuditEntry.objects.filter(act="customer.password", reason=REASON).exists()


def test_no_reset_for_an_id_without_a_password_of_its_own(support: Client) -> None:
    at_mailbox = people.account("postbox@example.jp", password=False)
    look(support, at_mailbox)
    assert do(support, at_mailbox, "password").status_code == 404
    assert not Letter.objects.exists()


def test_staff_send_so_many_reset_links_an_hour_and_are_told_who_sent_the_last(support: Client, alice: Account) -> None:
    for _try in range(limits.FORGOT_TARGET.tries):  # a stranger's
        limits.take(limits.FORGOT_TARGET, alice.email)
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        people.sign_in(support, Account.objects.get(staff_role=StaffRole.SUPPORT))
        look(support, alice)
        for _try in range(limits.FORGOT_STAFF.tries):
            assert do(support, alice, "password").status_code == 302
        clock.shift(timedelta(minutes=2))
        refused = do(support, alice, "password")
        assert refused.status_code == 422
        said = refused.content.decode()
        assert "12分後にもう一度お試しください。" in said
        assert "support@aoba.example" in said.partition("<dl")[0]
        assert "2026年11月22日（日）10:00 JST" in said.partition("<dl")[0]
        assert Letter.objects.count() == AuditEntry.objects.filter(act="customer.password").count() == 5
        clock.shift(timedelta(minutes=12))
        assert do(support, alice, "password").status_code == 302


def test_no_act_lets_staff_choose_a_password() -> None:
    """ASVS 5.0, 6.4.6: the forms staff send hold a reason and nothing else."""
    assert list(ActForm().fields) == ["reason"]


def test_the_record_of_a_look_cannot_be_changed(support: Client, alice: Account) -> None:
    look(support, alice)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE console_auditentry SET reason = 'another', at = %s", [timezone.now()])
