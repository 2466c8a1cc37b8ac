"""``madoguchi reseal`` after a change of the sealing key."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from madoguchi.accounts.second_factor import current_code, enrol_totp, redeem_totp
from madoguchi.accounts.tests.people import alice
from madoguchi.delivery.models import Letter
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import BrokenSeal, unseal

OLD, NEW, OTHER = "old-key-0123456789-0123456789-0123456789", "new-key-0123456789-0123456789-0123456789", "x" * 40
pytestmark = pytest.mark.django_db


def letter() -> Letter:
    return post(
        renderer="accounts.registration", reference="1", lane=Lane.CODES, to="a@example.jp", language="ja",
        expires_at=timezone.now(), sealed={"link": "secret"},
    )  # fmt: skip


def kept(posted: Letter) -> bytes:
    return bytes(Letter.objects.get(pk=posted.pk).sealed or b"")


def run() -> str:
    out = io.StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue()


def test_afterwards_the_old_key_can_go():
    someone = alice()
    with override_settings(SEALING_KEYS=(OLD,)):
        enrol_totp(someone)
        assert redeem_totp(someone, current_code(someone))
        sealed = letter()
    before = Authenticator.objects.get(user=someone).data
    with override_settings(SEALING_KEYS=(NEW, OLD)):
        assert "one-time password secrets: 1 sealed anew, 0 already" in run()
        assert "delivery.Letter.sealed: 0 sealed anew, 1 already" in run()
    after = Authenticator.objects.get(user=someone).data
    assert after["secret"] != before["secret"]
    assert after["last_step"] == before["last_step"]
    with override_settings(SEALING_KEYS=(NEW,)):
        assert redeem_totp(someone, current_code(someone))
        assert "secret" in unseal(kept(sealed))


def test_what_no_listed_key_opens_is_counted_and_left_alone():
    with override_settings(SEALING_KEYS=(OLD,)):
        sealed = letter()
    with override_settings(SEALING_KEYS=(NEW,)), pytest.raises(CommandError, match="1 secrets"):
        run()
    with override_settings(SEALING_KEYS=(OTHER, OLD)):
        assert unseal(kept(sealed))
    with override_settings(SEALING_KEYS=(NEW,)), pytest.raises(BrokenSeal):
        unseal(kept(sealed))


def test_every_place_that_seals_is_gone_through():
    """Whoever adds a sealed column names it so, or it would be left behind by a change of the key."""
    from madoguchi.accounts.reseal import reseal

    places = {outcome.place for outcome in reseal()}
    assert places == {
        "delivery.Letter.sealed",
        "contracts.Passcode.sealed_code",
        "provider.SigningKey.sealed",
        "notices.CalendarFeed.sealed",
        "notices.Webhook.sealed_former",
        "notices.Webhook.sealed_secret",
        "notices.Webhook.sealed_url",
        "inquiries.Inquiry.sealed_token",
        "one-time password secrets",
    }
