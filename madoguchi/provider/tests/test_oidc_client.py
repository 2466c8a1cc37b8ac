"""``madoguchi oidc_client``."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from madoguchi.provider.models import AccessToken, Consent, Grant, Site
from madoguchi.provider.tests.sites import Program

pytestmark = pytest.mark.django_db
NAMES = ("--name-ja", "あおばモール", "--name-en", "Aoba Mall")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("oidc_client", *arguments, stdout=out)
    return out.getvalue()


def secret(said: str) -> str:
    return said.partition("client_secret: ")[2].splitlines()[0]


def test_add_shows_the_secret_once_and_keeps_its_digest() -> None:
    said = run("add", "aoba-mall", *NAMES, "--redirect-uri", "https://mall.example/callback")
    site = Site.objects.get()
    assert site.check_secret(secret(said))
    assert secret(said) not in site.client_secret
    assert site.sector == "mall.example"
    assert (site.silent, site.offline) == (False, False)
    assert secret(said) not in run("list")
    assert "https://mall.example/callback" in run("list")


@pytest.mark.parametrize(
    "wrong",
    [
        ("add", "aoba-mall", *NAMES, "--redirect-uri", "http://mall.example/callback"),
        ("add", "Aoba Mall", *NAMES, "--redirect-uri", "https://mall.example/callback"),
        ("add", "aoba-mall", *NAMES, "--redirect-uri", "https://*.example/"),
        ("add", "aoba-mall", *NAMES, "--redirect-uri", "https://mall.example/", "--home-url", "ftp://mall.example"),
        ("change", "unknown", "--silent"),
        ("secret", "unknown"),
        ("remove", "unknown"),
    ],
)
def test_bad_input_is_refused_with_the_reason(wrong) -> None:
    with pytest.raises(CommandError, match=r"\w"):
        run(*wrong)
    assert Site.objects.count() == 0


def test_name_is_given_once() -> None:
    add = ("add", "aoba-mall", *NAMES, "--redirect-uri", "https://mall.example/callback")
    run(*add)
    with pytest.raises(CommandError, match="already"):
        run(*add)


def test_change_changes_what_is_given_and_nothing_else(shop) -> None:
    run("change", "aoba-mall", "--no-silent", "--redirect-uri", "https://mall.example/new")
    changed = Site.objects.get()
    assert changed.addresses == ["https://mall.example/new"]
    assert (changed.silent, changed.offline, changed.name_en) == (False, True, "Aoba Mall")
    assert changed.leaving_addresses == shop.site.leaving_addresses
    assert changed.check_secret(shop.secret)


def test_new_secret_stops_the_old_one(shop) -> None:
    new = Program(shop.site, secret(run("secret", "aoba-mall")))
    assert shop.post("/oidc/introspect", token="x").status_code == 401
    assert new.post("/oidc/introspect", token="x").status_code == 200


def test_remove_takes_everything_with_it(shop, customer) -> None:
    shop.logged_in(customer)
    run("remove", "aoba-mall")
    assert [model.objects.count() for model in (Site, Consent, Grant, AccessToken)] == [0, 0, 0, 0]
