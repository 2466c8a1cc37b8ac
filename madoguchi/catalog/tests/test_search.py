"""Finding a service by name, however it is typed."""

import unicodedata

import jaconv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.catalog.models import Category, Service
from madoguchi.catalog.search import fold, words

KANA = st.text(alphabet=[chr(code) for code in range(0x30A1, 0x30F4)] + ["ー"], min_size=1)
TYPED = st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folded_text_holds_nothing_a_pattern_could_mean(text):
    assert all(character.isalnum() for character in fold(text))


@given(TYPED)
def test_width_and_case_do_not_matter(text):
    wide = jaconv.h2z(text, ascii=True, digit=True)
    assert fold(wide) == fold(text) == fold(text.upper()) == fold(text.lower())


@given(KANA)
def test_kind_of_kana_does_not_matter(text):
    assert fold(jaconv.kata2hira(text)) == fold(text)
    assert fold(jaconv.z2h(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.sampled_from("-‐‑‒–—―−－ー－ｰ~〜 　・"))
def test_dashes_and_spaces_vanish(mark):
    assert fold(f"サ{mark}バ") == "サバ"


@given(st.text())
def test_words_are_the_pieces_of_the_folded_text(text):
    assert all(word == fold(word) != "" for word in words(text))


@pytest.fixture
def services(db):
    category = Category.objects.create(slug="voice", name_ja="電話", name_en="Voice")

    def service(slug, name_ja, kana, name_en, aliases=()):
        made = Service(
            slug=slug, category=category, name_ja=name_ja, kana=kana, name_en=name_en, aliases=list(aliases),
            for_individuals=True, for_companies=True,
        )  # fmt: skip
        made.fold_names()
        made.save()

    service("ip-phone", "あおばIPフォン", "アオバアイピーフォン", "Aoba IP Phone", ["050", "IP電話"])
    service("ip-phone-office", "あおばIPフォン オフィス", "アオバアイピーフォン オフィス", "Aoba IP Phone Office")
    service("free-call", "フリーコールあおば", "フリーコールアオバ", "Aoba Freephone", ["0120"])
    service("ai", "AI電話受付", "エーアイデンワウケツケ", "AI Reception", ["あおばIPフォン オフィス 連携"])


def found(text):
    return [service.slug for service in Service.objects.search(text)]


@pytest.mark.parametrize(
    "typed",
    [
        "IPフォン",
        "ipﾌｫﾝ",
        "ＩＰふぉん",
        "あいぴーふぉん",
        "ｱｲﾋﾟｰﾌｫﾝ",
        "アイピフォン",
        "ip phone",
        "I.P. PHONE",
        "phone ip",
    ],
)
def test_every_way_of_typing_finds_it(services, typed):
    assert found(typed)[:2] == ["ip-phone", "ip-phone-office"]


def test_the_very_name_comes_first_then_what_starts_with_it(services):
    assert found("あおばIPフォン オフィス") == ["ip-phone-office", "ai"]
    assert found("あおばIPフォン") == ["ip-phone", "ip-phone-office", "ai"]
    assert found("aoba f") == ["free-call", "ip-phone-office"]


def test_an_alias_counts(services):
    assert found("０１２０") == ["free-call"]


@pytest.mark.parametrize("typed", ["", "  ", "ー", "---", "\x00", "%", "_", "衛星", "ip 衛星"])
def test_what_finds_nothing(services, typed):
    assert found(typed) == []


def test_an_ended_service_is_no_longer_offered(services):
    Service.objects.filter(slug="free-call").update(ended_on="2020-03-31")
    assert [service.slug for service in Service.objects.search("フリー").offered()] == []
