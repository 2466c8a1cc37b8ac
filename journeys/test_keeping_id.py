"""A customer keeps the ID: password changed and forgotten, devices ended, the address moved, all of it taken along,
and closed (journeys B)."""

from collections.abc import Callable

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
FIRST, SECOND, THIRD = "uguisu-no-koe-77", "kawasemi-no-ao-31", "shijukara-7-sora"


def test_change_it_lose_it_and_get_it_back(visitor: Visitor, new_visitor: Callable[..., Visitor]) -> None:
    address = f"suzume-{visitor.language}-{visitor.width}@example.jp"
    visitor.register(address)
    visitor.go("/id/password/change/")
    visitor.fill(old="wrong-1", password="abc123", password_again="")
    visitor.press()
    visitor.look("password-change-errors")
    visitor.fill(old=FIRST, password=SECOND, password_again=SECOND)
    visitor.press()
    visitor.at("/id/password/changed/")
    visitor.look("password-changed")

    stranger = new_visitor(language=visitor.language, width=visitor.width)
    stranger.go("/id/password/forgot/")
    stranger.press()
    stranger.look("password-forgot-errors")
    stranger.fill(email=address, family_name_kana="やまの", given_name_kana="ミドリ")
    stranger.fill(birth_date_year="1984", birth_date_month="5", birth_date_day="17")
    stranger.press()
    stranger.at("/id/password/forgot/sent/")
    stranger.look("password-forgot-sent")
    mail = stranger.demo.mail(address, subject={"ja": "新しいパスワード", "en": "new password"}[visitor.language])
    link = next(link for link in mail["links"] if "/id/password/reset/" in link)
    stranger.open(link)
    stranger.fill(password="abc123", password_again="abc123")
    stranger.press()
    stranger.look("password-reset-errors")
    stranger.fill(password=THIRD, password_again=THIRD)
    stranger.press()
    stranger.at("/id/password/reset/done/")
    stranger.look("password-reset-done")
    stranger.open(link)
    stranger.look("password-reset-used")

    visitor.page.goto(visitor.demo.site + visitor.path("/id/"))
    visitor.at("/id/login/")  # every session ended with the password
    visitor.fill(email=address, password=THIRD)
    visitor.press()
    visitor.at("/id/")


def test_move_it_take_it_along_and_close_it(visitor: Visitor, new_visitor: Callable[..., Visitor]) -> None:
    address = f"mejiro-{visitor.language}-{visitor.width}@example.jp"
    moved = f"hiyodori-{visitor.language}-{visitor.width}@example.jp"
    visitor.register(address)
    other = new_visitor(language=visitor.language, width=visitor.width)
    other.go("/id/login/")
    other.fill(email=address, password=FIRST)
    other.press()
    other.at("/my/")

    visitor.go("/id/sessions/")
    visitor.look("sessions-two")
    visitor.press("danger")
    visitor.at("/id/sessions/")
    visitor.look("sessions-ended")
    other.page.goto(other.demo.site + other.path("/my/"))
    other.at("/id/login/")
    visitor.go("/id/history/")
    visitor.look("history")

    move(visitor, address, to=moved)
    take_along_and_close(visitor, moved)


def move(visitor: Visitor, address: str, *, to: str) -> None:
    visitor.go("/id/profile/name/")
    visitor.fill(family_name_kana="山野", given_name_kana="")
    visitor.press()
    visitor.look("profile-name-errors")
    visitor.go("/id/profile/email/")
    visitor.fill(email="nothing")
    visitor.press()
    visitor.look("profile-email-errors")
    visitor.fill(email=to)
    visitor.press()
    visitor.at("/id/profile/email/sent/")
    visitor.look("profile-email-sent")
    visitor.open(visitor.link_of_mail(to, "/id/profile/email/"))
    visitor.look("profile-email-link")
    visitor.press()
    visitor.go("/id/profile/")
    assert to in visitor.text()
    visitor.demo.mail(address, subject={"ja": "メールアドレス", "en": "address"}[visitor.language])


def take_along_and_close(visitor: Visitor, address: str) -> None:
    visitor.go("/id/profile/export/")
    with visitor.page.expect_download() as download:
        visitor.button().click()
    assert address in download.value.path().read_text(encoding="utf-8")
    visitor.go("/id/profile/close/")
    visitor.press("danger")
    visitor.look("close-prove")
    visitor.fill(password=FIRST)
    visitor.press()
    visitor.at("/id/closed/")
    visitor.look("closed")
    visitor.go("/id/login/")
    visitor.fill(email=address, password=FIRST)
    visitor.press()
    visitor.look("login-after-closing")
    visitor.at("/id/login/")
