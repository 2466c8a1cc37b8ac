"""Pages that open once the contact phone is confirmed: accessible, no wider than their window, good without a mouse and
without script. Each is looked at in one of the languages: what differs between these is looked at elsewhere.
"""

import pytest

from journeys.test_pages import all_of, walk
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
# A phone for each that no other journey has, because a second code for one phone waits a minute.
WHO = {"ja": ("customer08@example.jp", "09000000018"), "en": ("customer07@example.jp", "09000000017")}
PAGES = {
    "ja": ("/my/", "/my/alerts/{contract}/", "/my/charges/bills/{contract}/", "/my/charges/bills/{contract}/{month}/"),
    "en": (
        "/my/customer/",
        "/my/charges/",
        "/my/contracts/{contract}/numbers/",
        "/my/charges/usage/{contract}/privacy/",
    ),
}


def test_pages_behind_the_contact_phone(visitor: Visitor) -> None:
    email, phone = WHO[visitor.language]
    visitor.log_in(email, next_page=visitor.path("/my/charges/bills/"))
    contract = all_of(visitor, "/my/charges/bills/", r"\b(C\d{9})\b")[0]
    months = f"/my/charges/bills/{contract}/"
    visitor.go(months)
    visitor.at("/my/verify/")
    visitor.fill(phone=phone)
    visitor.press()
    visitor.at("/my/verify/method/")
    visitor.press()
    visitor.at("/my/verify/code/")
    visitor.fill(code=visitor.code_sent_to(f"+81{phone[1:]}"))
    visitor.press()
    visitor.at(months)
    month = all_of(visitor, months, rf"{months}(\d{{4}}-\d\d)/invoice")[0]
    pages = PAGES[visitor.language]
    assert walk(visitor, pages, contract=contract, month=month) == len(pages)
