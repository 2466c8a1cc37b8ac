"""200 customers with 600 contracts, and what each sample login may see.

Every telephone number has 0000 after its prefix: no such number is assigned to anyone.
"""

import random as random_module
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.contracts.models import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind
from madoguchi.demo.sample.logins import HANAKO_PHONE, HOUSEHOLDS, SABURO_PHONE, UNLINKED_PHONE

CUSTOMERS, CONTRACTS = 200, 600

# What is sold: kind of usage, service, plan.
Offer = tuple[UsageKind, str, str]
OFFICE30 = (UsageKind.IP050, "ip-phone-office", "30チャネル")
OFFICE10 = (UsageKind.IP050, "ip-phone-office", "10チャネル")
MOBILE20 = (UsageKind.MOBILE, "mobile", "20GB")
BUSINESS = (UsageKind.INTERNET, "business-internet", "10ギガ")
OPTICAL = (UsageKind.OPTICAL, "hikari-phone", "基本プラン")
OFFERS: tuple[Offer, ...] = (
    OFFICE30,
    OFFICE10,
    (UsageKind.IP050, "ip-phone", "ベーシック"),
    MOBILE20,
    (UsageKind.MOBILE, "mobile", "3GB"),
    (UsageKind.MOBILE, "mobile", "音声のみ"),
    BUSINESS,
    (UsageKind.INTERNET, "hikari-internet", "ファミリー1ギガ"),
    (UsageKind.INTERNET, "hikari-internet", "マンション"),
    (UsageKind.INTERNET, "home-5g", "使い放題"),
    OPTICAL,
    (UsageKind.OPTICAL, "hikari-phone", "安心プラン"),
    (UsageKind.PHONE, "fixed-phone", "加入電話"),
)
PLANS_EN = {
    "30チャネル": "30 channels",
    "10チャネル": "10 channels",
    "20GB": "20 GB",
    "10ギガ": "10 Gbit/s",
    "基本プラン": "Basic",
    "ベーシック": "Basic",
    "3GB": "3 GB",
    "音声のみ": "Voice only",
    "ファミリー1ギガ": "Family 1 Gbit/s",
    "マンション": "Apartment",
    "使い放題": "Unlimited",
    "安心プラン": "Peace of mind",
    "加入電話": "Subscriber line",
}
SURNAMES = (
    "佐藤:サトウ 鈴木:スズキ 高橋:タカハシ 田中:タナカ 伊藤:イトウ "
    "渡辺:ワタナベ 山本:ヤマモト 中村:ナカムラ 小林:コバヤシ 加藤:カトウ"
)
GIVEN = "陽子:ヨウコ 健:ケン 美咲:ミサキ 大輔:ダイスケ 直樹:ナオキ 愛:アイ 誠:マコト 由美:ユミ 隆:タカシ 恵:メグミ"
COMPANIES = (
    "みどり商事:ミドリショウジ 若葉製作所:ワカバセイサクショ 青空印刷:アオゾラインサツ "
    "港運輸:ミナトウンユ 桜食品:サクラショクヒン"
)


@dataclass
class _Books:
    """What is being written, and the next free number of each series."""

    today: date
    random: random_module.Random
    services: dict[str, Service]
    customers: list[Customer] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    numbers: list[tuple[Contract, str]] = field(default_factory=list)
    _series: dict[str, Iterator[int]] = field(default_factory=dict)

    def next(self, series: str) -> int:
        return next(self._series.setdefault(series, count(1)))

    def customer(self, name: str, kana: str) -> Customer:
        # The digits look like an operator's, spread over the range, without repeating (10007 is prime).
        digits = (self.next("customer") * 10_007 * 4_321) % 1_000_000_000
        customer = Customer(number=f"N{digits:09d}", name=name, name_kana=kana)
        self.customers.append(customer)
        return customer

    def contract(self, customer: Customer, offer: Offer, phone: str, *, years: int, numbers: int = 1) -> Contract:
        kind, service, plan = offer
        started = self.today - timedelta(days=365 * years + self.random.randrange(300))
        contract = Contract(
            number=f"C{self.next('contract') + 100_000_000:09d}",
            customer=customer,
            service=self.services[service],
            plan=plan,
            plan_en=PLANS_EN[plan],
            usage_kind=kind,
            contact_phone=phone,
            started_on=started,
        )
        self.contracts.append(contract)
        self.numbers += [(contract, _number(kind, self.next(kind))) for _ in range(numbers)]
        return contract

    def write(self) -> None:
        Customer.objects.bulk_create(self.customers)
        for contract in self.contracts:  # the customer's id is known only now
            contract.customer_id = contract.customer.pk
        Contract.objects.bulk_create(self.contracts)
        TelephoneNumber.objects.bulk_create(
            TelephoneNumber(contract_id=contract.pk, number=number, started_on=contract.started_on)
            for contract, number in self.numbers
        )


def _number(kind: UsageKind, ordinal: int) -> str:
    """The ``ordinal``-th fictitious number of a kind, E.164."""
    tail = f"{ordinal:04d}"
    return {
        UsageKind.IP050: f"+81500000{tail}",  # 050-0000-
        UsageKind.MOBILE: f"+81700000{tail}",  # 070-0000-
        UsageKind.OPTICAL: f"+8145000{tail}",  # 045-000-
        UsageKind.PHONE: f"+8152000{tail}",  # 052-000-
    }[kind]


def load(*, now: datetime, random: random_module.Random) -> None:
    """Write the sample customers and contracts, and link the sample logins (which must exist) to theirs."""
    books = _Books(
        today=timezone.localdate(now),
        random=random,
        services=Service.objects.in_bulk(field_name="slug"),
    )
    hanako, jiros = _hanako(books)
    saburo = _saburo(books)
    _unlinked(books)  # before what grows: its number stands on the demo's first page
    households = {email: _household(books, name, phone) for email, *name, phone in HOUSEHOLDS}
    _others(books)
    books.write()
    _link("hanako@example.jp", hanako)
    _link("jiro@example.jp", hanako, jiros)
    _link("saburo@example.com", saburo)
    for email, household in households.items():
        _link(email, household)


def _hanako(books: _Books) -> tuple[Customer, list[Contract]]:
    """The office: two 050 contracts, mobile, internet; the second 050 contract is its colleague's too."""
    office = books.customer("株式会社はなこ企画", "カブシキガイシャハナコキカク")
    books.contract(office, OFFICE30, HANAKO_PHONE, years=4, numbers=8)
    branch = books.contract(office, OFFICE10, HANAKO_PHONE, years=2, numbers=5)
    books.contract(office, MOBILE20, HANAKO_PHONE, years=3)
    books.contract(office, BUSINESS, HANAKO_PHONE, years=4, numbers=0)
    return office, [branch]


def _saburo(books: _Books) -> Customer:
    home = books.customer("佐藤 三郎", "サトウ サブロウ")
    books.contract(home, OPTICAL, SABURO_PHONE, years=6)
    return home


def _household(books: _Books, name: list[str], phone: str) -> Customer:
    home = books.customer(*name)
    books.contract(home, OPTICAL, phone, years=3)
    return home


def _unlinked(books: _Books) -> None:
    """Nobody's yet: for trying out how contracts are linked."""
    home = books.customer("一 望", "ハジメ ノゾミ")
    books.contract(home, MOBILE20, UNLINKED_PHONE, years=1)
    books.contract(home, (UsageKind.INTERNET, "home-5g", "使い放題"), UNLINKED_PHONE, years=1, numbers=0)


def _others(books: _Books) -> None:
    names = _names(books.random)
    phones = count(101)
    strangers = [
        (books.customer(*next(names)), _contact_phone(books.random, next(phones)))
        for _ in range(CUSTOMERS - len(books.customers))
    ]
    # Everybody has one contract, the rest fall where they fall.
    owners = strangers + books.random.choices(strangers, k=CONTRACTS - len(books.contracts) - len(strangers))
    for place, (customer, phone) in enumerate(owners):
        offer = books.random.choice(OFFERS)
        contract = books.contract(
            customer,
            offer,
            phone,
            years=books.random.randint(1, 8),
            numbers=_how_many_numbers(books.random, offer[0]),
        )
        if place % 40 == 39:  # a few have ended; their statements stay
            contract.ended_on = books.today - timedelta(days=books.random.randint(40, 160))


def _how_many_numbers(random: random_module.Random, kind: UsageKind) -> int:
    if kind == UsageKind.INTERNET:
        return 0
    return random.choice((1, 1, 2, 3, 5, 8, 10)) if kind == UsageKind.IP050 else 1


def _contact_phone(random: random_module.Random, ordinal: int) -> str:
    """Mostly mobiles, some fixed lines and 050 numbers; one in the lot nobody can be called at for a code."""
    if ordinal == 150:
        return "+81120000150"  # 0120-000-150
    prefix = random.choices(("+81900000", "+8130000", "+81500000"), weights=(70, 25, 5))[0]
    # 050 contacts stay clear of the numbers held by contracts.
    return f"{prefix}{9000 + ordinal if prefix == '+81500000' else ordinal:04d}"


def _names(random: random_module.Random) -> Iterator[tuple[str, str]]:
    def pairs(words: str) -> list[list[str]]:
        return [word.split(":") for word in words.split()]

    while True:
        if random.random() < 0.35:
            name, kana = random.choice(pairs(COMPANIES))
            yield f"{name}株式会社", f"{kana}カブシキガイシャ"
        else:
            (family, family_kana), (given, given_kana) = random.choice(pairs(SURNAMES)), random.choice(pairs(GIVEN))
            yield f"{family} {given}", f"{family_kana} {given_kana}"


def _link(email: str, customer: Customer, contracts: list[Contract] | None = None) -> None:
    """``contracts`` makes a colleague of them, none a holder."""
    account = Account.objects.get(email=email)
    role = CustomerLink.Role.COLLEAGUE if contracts else CustomerLink.Role.HOLDER
    link = CustomerLink.objects.create(account=account, customer=customer, role=role)
    link.contracts.set(contracts or [])
