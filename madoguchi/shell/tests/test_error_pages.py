"""Error pages: in the language of the path, with the request's id, whatever is broken."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from madoguchi.shell import errors
from madoguchi.shell.logs import request_id

WORDS = {
    400: ("送信された内容を読み取れませんでした", "We could not read the request"),
    403: ("このページを表示する権限がありません", "This page is not open to you"),
    404: ("ページが見つかりません", "We cannot find this page"),
    405: ("このアドレスではページを開けません", "This address opens no page"),
    413: ("送信されたデータが大きすぎます", "What you sent is too large"),
    429: ("しばらくお待ちください", "Please wait a little"),
    500: ("システムで問題が発生しました", "Something went wrong on our side"),
    503: ("ただいまこのページを表示できません", "We cannot show this page just now"),
}


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("taro@example.jp must not be shown")


def away(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection; taro@example.jp")


def asks(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("well")


urlpatterns = [path("broken/", broken), path("away/", away), path("en/away/", away), path("asks/", asks)]
handler404 = errors.not_found
handler500 = errors.server_error


@pytest.fixture
def spoken_id() -> Iterator[str]:
    token = request_id.set("abcdef0123456789")
    yield "abcdef0123456789"
    request_id.reset(token)


@pytest.mark.parametrize("status", WORDS)
def test_each_page_speaks_the_language_of_its_path_and_names_the_request(status: int, spoken_id: str) -> None:
    for prefix, words in (("", WORDS[status][0]), ("/en", WORDS[status][1])):
        response = errors.page(RequestFactory().get(f"{prefix}/my/"), status)
        text = response.content.decode()
        assert response.status_code == status
        assert f"<h1>{words}</h1>" in text
        assert f'<html lang="{"en" if prefix else "ja"}">' in text
        assert spoken_id in text
        assert response["Cache-Control"] == "no-store"


def test_the_address_of_a_button_is_a_page_for_a_browser_alone(client: Client) -> None:
    button = "/en/faq/1/helpful/"
    response = client.get(button, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (response.status_code, response["Allow"], response["Cache-Control"]) == (405, "POST", "no-store")
    assert f"<h1>{WORDS[405][1]}</h1>" in response.text
    assert client.get(button).content == b""


def test_an_unknown_address_is_a_page_of_ours(client: Client) -> None:
    response = client.get("/en/no/such/page/?q=1")
    assert response.status_code == 404
    assert response["X-Request-Id"] in response.content.decode()
    assert 'href="/no/such/page/?q=1"' in response.content.decode()


def test_a_form_from_elsewhere_is_told_to_reload() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/corner/")
    assert response.status_code == 403
    assert "ページの有効期限が切れました" in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_failure_shows_no_trace_and_needs_no_database(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/broken/")
    assert response.status_code == 500
    assert WORDS[500][0] in response.content.decode()
    assert "taro" not in response.content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_away_is_said_and_recovers(
    client: Client, monkeypatch: pytest.MonkeyPatch, kind: type[Exception], db: None
) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise kind("connection refused to taro@example.jp")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        for address, words in (("/asks/", WORDS[503][0]), ("/en/away/", WORDS[503][1])):
            response = client.get(address)
            assert response.status_code == 503
            assert response["Retry-After"] == "30"
            assert words in response.content.decode()
            assert "taro" not in response.content.decode()
    assert client.get("/asks/").content == b"well"


def test_too_many_says_when() -> None:
    response = errors.too_many(RequestFactory().get("/"), retry_after=90)
    assert (response.status_code, response["Retry-After"]) == (429, "90")
    assert "約2分おいて" in response.content.decode()
    assert "明日以降" in errors.too_many(RequestFactory().get("/"), retry_after=17280).content.decode()
    assert "時間をおいて" in errors.too_many(RequestFactory().get("/")).content.decode()
