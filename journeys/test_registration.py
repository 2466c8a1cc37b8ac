"""A customer registers by mail, activates the ID and logs in (journeys A1–A6)."""

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def test_register_by_mail_and_log_in(visitor: Visitor) -> None:
    address = f"midori-{visitor.language}-{visitor.width}@example.jp"
    password = "uguisu-no-koe-77"
    visitor.go("/id/register/")
    visitor.fill(email=address, password=password, password_again="something-else-1")
    visitor.press()
    visitor.look("register-errors")
    assert visitor.page.locator("[name='email']").input_value() == address

    visitor.fill(password=password, password_again=password, family_name_kana="ﾐﾄﾞﾘ", given_name_kana="やまの")
    visitor.fill(birth_date_year="1984", birth_date_month="5", birth_date_day="17")
    visitor.press()
    visitor.at("/id/register/confirm/")
    visitor.look("register-confirm")
    visitor.page.go_back()  # onto the form that was refused: not a question whether to send it again
    visitor.at("/id/register/")
    assert visitor.page.locator("[name='email']").input_value() == address
    visitor.page.go_forward()
    visitor.at("/id/register/confirm/")
    assert "ミドリ" in visitor.text()
    assert password not in visitor.page.content()
    visitor.press()
    visitor.at("/id/register/sent/")
    visitor.look("register-sent")

    link = visitor.link_of_mail(address, "/id/activate/")
    visitor.open(link)
    visitor.look("activate")
    visitor.fill(password="wrong")
    visitor.press()
    visitor.look("activate-errors")
    visitor.fill(password=password)
    visitor.press()
    visitor.at("/id/activate/done/")
    visitor.look("activate-done")
    visitor.open(link)
    visitor.look("activate-used")
