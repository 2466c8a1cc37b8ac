import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from madoguchi.accounts.second_factor import current_code, enrol_totp, redeem_totp
from madoguchi.accounts.tests.people import publisher

# RFC 6238, appendix B, cut to six digits: the secret "12345678901234567890" in base 32.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_codes_are_those_of_the_rfc():
    assert format_hotp_value(hotp_value(SECRET, 59 // 30)) == "287082"
    assert format_hotp_value(hotp_value(SECRET, 1111111109 // 30)) == "081804"


def test_the_secret_is_sealed_at_rest(db):
    someone = publisher()
    enrol_totp(someone, SECRET)
    assert SECRET not in str(Authenticator.objects.get(user=someone).data)


@time_machine.travel(59, tick=False)
def test_a_code_counts_once(db):
    someone = publisher()
    enrol_totp(someone, SECRET)
    assert current_code(someone) == "287082"
    assert not redeem_totp(someone, "000000")
    assert redeem_totp(someone, "287082")
    assert not redeem_totp(someone, "287082")
    assert redeem_totp(someone, current_code(someone))  # the next one, within the tolerance
    assert not redeem_totp(someone, current_code(someone))


def test_a_code_counts_one_period_early_or_late_and_no_more(db):
    someone = publisher()
    for moment, right in ((29, True), (89, True), (0, True), (119, False), (150, False)):
        enrol_totp(someone, SECRET)
        with time_machine.travel(moment, tick=False):
            assert redeem_totp(someone, "287082") is right, moment


def test_enrolling_again_replaces_the_authenticator(db):
    someone = publisher()
    enrol_totp(someone)
    enrol_totp(someone, SECRET)
    assert Authenticator.objects.filter(user=someone).count() == 1


def test_nobody_without_an_authenticator_has_a_right_code(db):
    assert not redeem_totp(publisher(), "287082")
