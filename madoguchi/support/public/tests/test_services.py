"""``/services/`` and its suggestions."""

import pytest

from madoguchi.notices.tests import make
from madoguchi.support.public.tests import posted

WRONG = [
    ("category=nowhere", "categories"),
    ("category=%00", "categories"),
    ("audience=robots", "found"),
    ("q=%00", "service-search"),
    (f"q={'あ' * 101}", "service-search"),
]


def test_all_services_and_all_categories(client, hikari, vpn):
    html = client.get("/services/").content.decode()
    assert "あおば光インターネット" in html
    assert "/services/?category=internet" in html
    assert "Aoba Hikari Internet" in client.get("/en/services/").content.decode()


@pytest.mark.parametrize("typed", ["ひかり", "ﾋｶﾘ", "HIKARI", "ｈｉｋａｒｉ　internet"])
def test_search_by_name(client, hikari, vpn, typed):
    html = client.get("/services/", {"q": typed}).content.decode()
    assert "/services/hikari-internet/" in html
    assert "/services/ip-vpn/" not in html
    assert f'value="{typed}"' in html


def test_names_are_in_the_order_of_the_reader_s_language(client, hikari):
    for slug, kana, name in (("z", "ア", "Zebra"), ("a", "ン", "Ant")):
        make.service(slug, kana=kana, name_ja=kana, name_en=name)
    japanese, english = (client.get(f"{prefix}/services/").content.decode() for prefix in ("", "/en"))
    assert japanese.index("/services/z/") < japanese.index("/services/a/")
    assert english.index("/services/a/") < english.index("/services/z/")


def test_search_narrowed_to_companies(client, hikari, vpn):
    html = client.get("/services/?audience=individuals").content.decode()
    assert "/services/hikari-internet/" in html
    assert "/services/ip-vpn/" not in html


def test_the_choice_of_customers_keeps_the_words(client, hikari, vpn):
    html = client.get("/en/services/?q=aoba&category=internet&audience=companies&page=2").content.decode()
    for audience in ("?q=aoba&amp;category=internet", "?q=aoba&amp;category=internet&amp;audience=individuals"):
        assert f'href="{audience}"' in html
    assert 'audience=companies" aria-current="page">Companies</a>' in html


@pytest.mark.parametrize("typed", ["VPN", "ｖｐｎ", "アイピーブイピーエヌ", "ｱｲﾋﾟｰ", "あいぴー", "仮想専用", "ip vpn"])
def test_suggestions_however_it_is_typed(client, hikari, vpn, typed):
    vpn.aliases = ["仮想専用線"]
    vpn.fold_names()
    vpn.save()
    html = client.get("/services/suggestions/", {"q": typed}).content.decode()
    assert 'href="/services/ip-vpn/"' in html
    assert "/services/hikari-internet/" not in html


def test_a_service_says_what_is_posted_for_it(client, hikari, vpn):
    posted.trouble(hikari)
    html = client.get("/en/services/").content.decode()
    assert html.count("Trouble posted") == 1
    assert "Work posted" not in html


def test_nothing_found_says_what_to_do(client, hikari):
    response = client.get("/services/?q=衛星")
    assert response.status_code == 200
    assert "当てはまるサービスはありません" in response.content.decode()


@pytest.mark.parametrize(("query", "target"), WRONG)
def test_a_value_nobody_offers_is_said_and_left_out(client, hikari, query, target):
    response = client.get(f"/services/?{query}")
    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>エラー：" in html
    assert f'<a href="#{target}">' in html
    assert f' id="{target}"' in html
    assert ("service-search-error" in html) == (target == "service-search")
    assert "Cache-Control" not in response


@pytest.mark.parametrize("number", ["0", "-1", "999", "x", "\x00"])
def test_a_wrong_page_number_shows_the_nearest_page(client, hikari, number):
    response = client.get("/services/", {"page": number})
    assert response.status_code == 200
    assert "/services/hikari-internet/" in response.content.decode()


def test_long_catalogues_have_pages(client, hikari):
    for number in range(60):
        make.service(f"s{number}", name_ja=f"サービス{number}")
    assert "page=2" in client.get("/services/").content.decode()


def test_queries_do_not_grow_with_the_services(client, hikari, vpn, django_assert_num_queries):
    posted.trouble(hikari)
    with django_assert_num_queries(4):
        client.get("/services/")


def test_suggestions_are_links_with_a_count(client, hikari, vpn):
    html = client.get("/services/suggestions/?q=ひかり").content.decode()
    assert 'href="/services/hikari-internet/"' in html
    assert "1件のサービスが見つかりました" in html
    assert 'href="/en/services/hikari-internet/"' in client.get("/en/services/suggestions/?q=hik").content.decode()


def test_suggestions_are_few_and_link_to_all(client, hikari):
    for number in range(10):
        service = make.service(f"s{number}", name_ja=f"サービス{number}")
        service.fold_names()
        service.save()
    html = client.get("/services/suggestions/?q=サービス").content.decode()
    assert html.count("<li>") == 9
    assert "10件すべてを見る" in html


def test_suggestions_are_for_whom_the_page_is(client, hikari):
    for slug, whom in (("home", "for_companies"), ("office", "for_individuals")):
        service = make.service(slug, name_ja=f"サービス{slug}", **{whom: False})
        service.fold_names()
        service.save()
    html = client.get("/services/suggestions/?q=サービス&audience=companies").content.decode()
    assert "サービスoffice" in html
    assert "サービスhome" not in html
    assert 'hx-include="closest form"' in client.get("/services/?audience=companies").content.decode()


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=%00", "q=ー", f"q={'x' * 5000}"])
def test_suggestions_for_nothing(client, hikari, query):
    response = client.get(f"/services/suggestions/?{query}")
    assert response.status_code == 200
    assert "/services/hikari" not in response.content.decode()
