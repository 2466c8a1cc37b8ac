"""A customer logs in to another site of the operator with the customer ID, looks at it, and takes it back."""

from collections.abc import Callable

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def test_log_in_to_another_site_and_disconnect_it(visitor: Visitor) -> None:
    address = f"tsubame-{visitor.language}-{visitor.width}@example.jp"
    visitor.register(address)
    visitor.go("/demo/site/")
    visitor.look("site")
    visitor.press()
    visitor.look("site-consent")
    assert address in visitor.text()
    visitor.press()
    visitor.at("/demo/site/")
    visitor.look("site-logged-in")
    assert address in visitor.text()

    visitor.go("/id/sites/")
    visitor.look("sites")
    visitor.press("danger")
    visitor.look("sites-disconnected")

    visitor.go("/oidc/logout?client_id=aoba-mall")
    visitor.look("site-leave")
    visitor.press()
    visitor.at("/id/login/")


@pytest.mark.parametrize(("language", "width"), [("ja", 390)])
def test_without_script_and_after_a_login(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    """Who allowed the site before is passed on by a page after the login, also without script."""
    visitor = new_visitor(language=language, width=width, script=False)
    address = "tsugumi@example.jp"
    visitor.register(address)
    visitor.go("/demo/site/")
    visitor.press()
    visitor.press()
    visitor.at("/demo/site/")
    visitor.press()  # log out of both
    visitor.at("/demo/site/")
    visitor.press()
    visitor.at("/id/login/")
    visitor.fill(email=address, password="uguisu-no-koe-77")
    visitor.press()
    visitor.page.wait_for_url("**/demo/site/")
    assert address in visitor.text()
