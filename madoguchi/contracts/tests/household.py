"""Customers and contracts for tests: Alice holds an office's contracts, Bob is her colleague, Charlie a stranger."""

from dataclasses import dataclass
from datetime import date

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Category, Service
from madoguchi.contracts.models import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind

MOBILE, FIXED, IP_PHONE, FREE_DIAL = "+819000000001", "+81300000003", "+815000009001", "+81120000150"


@dataclass
class Household:
    customer: Customer
    office: Contract  # 050, Alice's alone
    branch: Contract  # 050, Bob may see it too


def service(slug: str = "ip-phone-office") -> Service:
    category, _ = Category.objects.get_or_create(slug="voice", defaults={"name_ja": "電話", "name_en": "Voice"})
    return Service.objects.get_or_create(
        slug=slug,
        defaults={
            "category": category,
            "name_ja": "あおばIPフォン オフィス",
            "name_en": "Aoba IP Phone Office",
            "kana": "アオバアイピーフォンオフィス",
            "description_ja": "050の電話です。",
            "description_en": "Telephone on 050 numbers.",
            "for_individuals": False,
            "for_companies": True,
        },
    )[0]


def contract(customer: Customer, number: str, *, phone: str = MOBILE, held: tuple[str, ...] = ()) -> Contract:
    made = Contract.objects.create(
        number=number,
        customer=customer,
        service=service(),
        plan="オフィス10",
        usage_kind=UsageKind.IP050,
        contact_phone=phone,
        started_on=date(2024, 4, 1),
    )
    for line in held:
        TelephoneNumber.objects.create(contract=made, number=line, started_on=made.started_on)
    return made


def household(*, holder: Account, colleague: Account | None = None, phone: str = MOBILE) -> Household:
    customer = Customer.objects.create(number="N123456789", name="株式会社ありす", name_kana="カブシキガイシャアリス")
    made = Household(
        customer=customer,
        office=contract(customer, "C100000001", phone=phone, held=("+815000000101", "+815000000102")),
        branch=contract(customer, "C100000002", phone=phone, held=("+815000000201",)),
    )
    CustomerLink.objects.create(account=holder, customer=customer, role=CustomerLink.Role.HOLDER)
    if colleague:
        link = CustomerLink.objects.create(account=colleague, customer=customer, role=CustomerLink.Role.COLLEAGUE)
        link.contracts.add(made.branch)
    return made
