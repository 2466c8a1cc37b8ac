"""The sample logins, and some fifty more customers for volume. Everybody has the same password."""

import random as dice
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from madoguchi.accounts.models import Account, TermsAcceptance
from madoguchi.accounts.second_factor import enrol_totp
from madoguchi.catalog.models import LegalText
from madoguchi.demo.sample.logins import FORMER_TERMS, HOUSEHOLDS, LOGINS, PASSWORD

OTHERS = 50
_FAMILIES = (
    "アベ",
    "イトウ",
    "ウエダ",
    "エンドウ",
    "オカダ",
    "カトウ",
    "キムラ",
    "クドウ",
    "ゴトウ",
    "サイトウ",
    "シミズ",
)
_GIVENS = (
    "アキラ",
    "カズコ",
    "ケンイチ",
    "サクラ",
    "ショウタ",
    "チエコ",
    "トモミ",
    "ナオキ",
    "ヒロシ",
    "フミエ",
    "ヨウコ",
)

# A household is called as its ID is.
_OF_HOUSEHOLDS = {email: kana.split() for email, _name, kana, _phone in HOUSEHOLDS}


def load(*, now: datetime, random: dice.Random) -> None:
    password = make_password(PASSWORD)  # slow by design: once for all
    accounts = [
        Account(
            email=login.email,
            family_name_kana=login.family_name_kana,
            given_name_kana=login.given_name_kana,
            birth_date=login.birth_date,
            staff_role=login.staff_role,
            created_at=now - timedelta(days=400),
        )
        for login in LOGINS
    ]
    accounts += [_somebody(number, now=now, random=random) for number in range(1, OTHERS + 1)]
    for account in accounts:
        account.password = password
    Account.objects.bulk_create(accounts)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=account, email=account.email, verified=True, primary=True) for account in accounts
    )
    _agree_to_terms([account for account in accounts if not account.is_staff])
    for account in accounts:
        if account.is_staff:
            enrol_totp(account)


def _somebody(number: int, *, now: datetime, random: dice.Random) -> Account:
    email = f"customer{number:02}@example.jp"
    family, given = _OF_HOUSEHOLDS.get(email) or (random.choice(_FAMILIES), random.choice(_GIVENS))
    return Account(
        email=email,
        family_name_kana=family,
        given_name_kana=given,
        birth_date=date(1950, 1, 1) + timedelta(days=random.randrange(55 * 365)),
        language="en" if number % 7 == 0 else "ja",
        created_at=now - timedelta(days=random.randrange(30, 900)),
    )


def _agree_to_terms(accounts: list[Account]) -> None:
    for order, text in enumerate(LegalText.objects.filter(kind=LegalText.Kind.TERMS).order_by("effective_at")):
        TermsAcceptance.objects.bulk_create(
            TermsAcceptance(account=account, kind=text.kind, version=text.version, accepted_at=account.created_at)
            for account in accounts
            if order == 0 or account.email != FORMER_TERMS
        )
