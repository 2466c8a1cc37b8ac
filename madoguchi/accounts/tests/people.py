"""The named people of the tests. Alice and Bob are colleagues, Charlie is a stranger who must see nothing."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.hashers import Argon2idHasher
from madoguchi.accounts.models import Account, AuthEvent, SignIn, StaffRole

PASSWORD = "aoi-madoguchi-1"


class LightHasher(Argon2idHasher):
    """What conftest.py hashes with in tests."""

    memory_cost = 64
    time_cost = 1


@cache
def _hashed() -> str:
    return make_password(PASSWORD)  # slow by design: once is enough for all of them


def account(email: str, *, password: bool = True, **fields: Any) -> Account:
    made = Account(email=email, **{"birth_date": date(1958, 4, 2), **fields})
    made.password = _hashed() if password else ""
    made.save()
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def alice(**fields: Any) -> Account:
    return account("alice@example.jp", **{"family_name_kana": "アオキ", "given_name_kana": "アリス", **fields})


def bob(**fields: Any) -> Account:
    return account("bob@example.jp", **{"family_name_kana": "バンドウ", "given_name_kana": "ボブ", **fields})


def charlie(**fields: Any) -> Account:
    return account("charlie@example.com", **{"family_name_kana": "チバ", "given_name_kana": "チャーリー", **fields})


def staff(role: StaffRole, **fields: Any) -> Account:
    """A member of the operator's staff. No authenticator: a test that logs in by hand enrols one."""
    return account(f"{role.value}@aoba.example", staff_role=role, **fields)


def publisher(**fields: Any) -> Account:
    return staff(StaffRole.PUBLISHER, **fields)


def sign_in(client: Client, account: Account, *, second_factor: bool | None = None) -> SignIn:
    """A session as the login pages leave it; staff with the second factor proven unless told otherwise."""
    client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[0])
    now = timezone.now()
    made = SignIn.objects.create(
        account=account, opened_at=now, idle_at=now + timedelta(hours=2), expires_at=now + timedelta(days=1)
    )
    proofs = [AuthEvent.Method.PASSWORD]
    if account.is_staff if second_factor is None else second_factor:
        proofs.append(AuthEvent.Method.TOTP)
    for method in proofs:
        AuthEvent.objects.create(account=account, sign_in=made, method=method, succeeded=True, at=now)
    session = client.session
    session["sign_in"] = made.pk
    session.save()
    return made
