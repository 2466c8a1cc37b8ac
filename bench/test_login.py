"""What ``bench.login`` and ``bench.answers`` ask is what the site answers, small and through the test client."""

import pytest
from django.test import Client

from bench import answers, login, web
from madoguchi.accounts.models import SignIn

pytestmark = pytest.mark.django_db


class Browser(web.Browser):
    """The bench's browser with the test client in the place of the socket."""

    def __init__(self) -> None:
        super().__init__(port=0)
        self.client = Client()

    def post(self, path, form):
        answer = self.client.post(path, form)
        return web.Answer(answer.status_code, answer.get("Location", ""), answer.content)


def test_the_logins_measured_are_logins():
    (email,) = login.populate(1)
    login.log_in(email, Browser())
    assert SignIn.objects.standing().count() == 1


def test_known_and_unknown_addresses_get_the_answers_that_are_timed():
    (known,) = login.populate(1)
    for ask, status in answers.ASKED.values():
        assert [ask(Browser(), email) for email in (known, "somebody0@example.jp")] == [status, status]


def test_hashing_alone_is_counted():
    spent = login.Spent()
    with spent.counting("nothing of this name"):
        assert login.rate(lambda: None, threads=1, seconds=0.01, spent=[spent]) > 0
    assert spent.done > 0
