"""``/id/prove/``: more or fresher proof, and what was wanted goes on afterwards."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from madoguchi.accounts.access import needs
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, sign_in
from madoguchi.urls import urlpatterns as pages

PROVE = "/id/prove/"
done: list[str] = []


def careful(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        done.append(request.POST["what"])
    return HttpResponse(f"{request.method} page")


urlpatterns = [
    path("careful/", needs()(careful)),
    path("strong/", needs(Level.MFA)(careful)),
    *pages,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def nothing_done():
    done.clear()


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        yield clock


def give(client, way="password", **typed):
    return client.post(PROVE, {"way": way, **(typed or {"password": PASSWORD})})


def test_a_login_a_moment_ago_is_proof_enough(client, clock):
    sign_in(client, alice())
    assert client.get("/careful/").content == b"GET page"


def test_an_older_one_is_asked_for_again_and_leads_back(client, clock):
    someone = alice()
    sign_in(client, someone)
    clock.shift(timedelta(minutes=16))
    assert client.get("/careful/?a=1")["Location"] == PROVE
    before = client.session.session_key
    answer = give(client)
    assert answer["Location"] == "/careful/?a=1"
    assert client.session.session_key != before
    assert client.get("/careful/?a=1").content == b"GET page"
    assert AuthEvent.objects.filter(account=someone, method="password", succeeded=True).count() == 2


def test_a_form_sent_is_carried_out_after_the_proof_and_once(client, clock):
    sign_in(client, alice())
    clock.shift(timedelta(minutes=16))
    assert client.post("/careful/", {"what": "change 住所"})["Location"] == PROVE
    assert done == []
    assert "入力された内容" in client.get(PROVE).content.decode()
    assert client.get(give(client)["Location"]).content == b"POST page"
    assert done == ["change 住所"]
    assert client.get("/careful/").content == b"GET page"
    assert done == ["change 住所"]


def test_what_was_sent_lies_sealed_in_the_session(client, clock):
    sign_in(client, alice())
    clock.shift(timedelta(minutes=16))
    client.post("/careful/", {"what": "secret-words"})
    assert "secret-words" not in str(dict(client.session))


def test_a_form_sent_by_alice_is_not_carried_out_for_bob(client, clock):
    sign_in(client, alice())
    clock.shift(timedelta(minutes=16))
    client.post("/careful/", {"what": "alice's"})
    session = client.session
    kept = session["to_prove"]
    sign_in(client, bob())
    session = client.session
    session["to_prove"] = kept
    session.save()
    assert client.get("/careful/").content == b"GET page"
    assert done == []


def test_a_form_waits_a_quarter_of_an_hour(client, clock):
    sign_in(client, alice())
    clock.shift(timedelta(minutes=16))
    client.post("/careful/", {"what": "late"})
    clock.shift(timedelta(minutes=16))
    assert client.get(PROVE)["Location"] == "/my/"
    assert give(client)["Location"] == "/my/"
    assert done == []


def test_an_id_with_a_second_factor_is_asked_for_that(client, clock):
    someone = alice()
    enrol_totp(someone)
    sign_in(client, someone)
    assert client.get("/careful/")["Location"] == PROVE
    page = client.get(PROVE).content.decode()
    assert 'name="code"' in page
    assert 'name="password"' not in page
    assert give(client).status_code == 200  # a password is no way here
    assert client.get("/careful/").status_code == 302
    assert give(client, "code", code=current_code(someone))["Location"] == "/careful/"
    assert client.get("/careful/").content == b"GET page"


def test_an_id_without_the_means_is_told_what_is_missing(client):
    sign_in(client, alice())
    assert client.get("/strong/")["Location"] == PROVE
    assert "パスキー" in client.get(PROVE).content.decode()
    assert give(client).status_code == 200


@pytest.mark.parametrize(
    ("way", "typed"),
    [
        ("password", {"password": "wrong-1"}),
        ("password", {"password": ""}),
        ("password", {"password": "x" * 129}),
        ("code", {"code": "12345"}),
        ("code", {"code": "\0"}),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, clock, way, typed):
    someone = alice()
    if way == "code":
        enrol_totp(someone)
    sign_in(client, someone)
    clock.shift(timedelta(minutes=16))
    client.get("/careful/")
    answer = give(client, way, **typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert "wrong-1" not in answer.content.decode()


def test_tries_are_limited(client, clock):
    sign_in(client, alice())
    clock.shift(timedelta(minutes=16))
    client.get("/careful/")
    statuses = [give(client, password="wrong-1").status_code for _try in range(11)]
    assert statuses == [422] * 10 + [429]


def test_nobody_and_nothing_wanted(client):
    assert client.get(PROVE)["Location"].startswith("/id/login/")
    sign_in(client, alice())
    assert client.get(PROVE)["Location"] == "/my/"


def test_a_form_too_long_to_keep_is_asked_for_again(client, clock):
    sign_in(client, alice())
    clock.shift(timedelta(minutes=16))
    client.post("/careful/", {"what": "x" * 70_000})
    assert client.get(give(client)["Location"]).content == b"GET page"
    assert done == []


@override_settings(ROOT_URLCONF=__name__)
def test_a_form_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice())
    assert client.post(PROVE, {"way": "password", "password": PASSWORD}).status_code == 403
