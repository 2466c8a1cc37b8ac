"""The signing keys: drawn when first wanted, rotated ahead, published while needed, withdrawn at once."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from jwcrypto.jwt import JWT

from madoguchi.lib.tokens import unseal
from madoguchi.provider import hints
from madoguchi.provider.models import SigningKey

pytestmark = pytest.mark.django_db


def published(client) -> list[str]:
    return [key["kid"] for key in client.get("/oidc/jwks").json()["keys"]]


def kid(token: str) -> str:
    return str(JWT(jwt=token).token.jose_header["kid"])


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("oidc_keys", *arguments, stdout=out)
    return out.getvalue()


def test_first_key_is_made_when_first_wanted_and_once(client) -> None:
    assert published(client) == published(client)
    assert SigningKey.objects.count() == 1


def test_published_half_is_public_and_the_other_is_sealed(client) -> None:
    said = client.get("/oidc/jwks")
    assert set(said.json()["keys"][0]) == {"alg", "use", "kty", "kid", "n", "e"}
    assert said["Access-Control-Allow-Origin"] == "*"
    key = SigningKey.objects.get()
    assert b"PRIVATE" not in bytes(key.sealed)
    assert "PRIVATE KEY" in unseal(key.sealed)


def test_id_token_is_signed_with_the_published_key(shop, customer, client) -> None:
    token = shop.logged_in(customer)["id_token"]
    [key] = client.get("/oidc/jwks").json()["keys"]
    JWT(jwt=token, key=JWK(**key), algs=["RS256"])
    with pytest.raises(InvalidJWSSignature):
        JWT(jwt=token, key=JWK.generate(kty="RSA", size=2048), algs=["RS256"])


def test_new_key_is_published_before_it_signs(shop, customer, client) -> None:
    old = kid(shop.logged_in(customer)["id_token"])
    new = run("rotate").split()[0]
    assert published(client) == [new, old]
    assert kid(shop.logged_in(customer)["id_token"]) == old
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert kid(shop.logged_in(customer)["id_token"]) == new
        assert published(client) == [new, old]  # what it signed a minute ago is still good
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=16)):
        assert published(client) == [new]


def test_published_answer_may_be_kept_for_less_than_a_key_is_published_ahead(client) -> None:
    assert client.get("/oidc/jwks")["Cache-Control"] == "public, max-age=1800"


def test_withdrawn_key_is_gone_at_once_and_another_signs(shop, customer, client) -> None:
    token = shop.logged_in(customer)["id_token"]
    assert hints.read(token) is not None
    assert "is withdrawn" in run("retire", kid(token))
    assert kid(token) not in published(client)
    assert hints.read(token) is None
    assert kid(shop.logged_in(customer)["id_token"]) != kid(token)
    with pytest.raises(CommandError, match="no key"):
        run("retire", kid(token))


def test_list_says_what_each_key_does(shop, customer, client) -> None:
    first = published(client)[0]
    second = run("rotate", "--now").split()[0]
    third = run("rotate").split()[0]
    said = {line.split()[0]: line for line in run("list").splitlines()}
    assert said[first].endswith("published")
    assert said[second].endswith("signs")
    assert said[third].endswith("published, signs later")
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        assert next(line for line in run("list").splitlines() if line.startswith(first)).endswith("over")
    run("retire", first)
    assert next(line for line in run("list").splitlines() if line.startswith(first)).endswith("withdrawn")
