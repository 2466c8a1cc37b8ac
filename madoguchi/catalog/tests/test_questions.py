"""Questions and guides: what is found, what is related, and each saving kept as a version."""

import pytest
import time_machine

from madoguchi.catalog.edit import (
    GuideContent,
    QuestionContent,
    StaleText,
    content_of_guide,
    content_of_question,
    save_guide,
    save_question,
)
from madoguchi.catalog.models import AnswerTally, Category, Guide, Question, QuestionVersion, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def mobile() -> Service:
    category = Category.objects.create(slug="network", name_ja="ネットワーク", name_en="Network")
    return Service.objects.create(
        slug="mobile",
        category=category,
        name_ja="あおばモバイル",
        name_en="Aoba Mobile",
        kana="アオバモバイル",
        for_individuals=True,
        for_companies=True,
    )


def ask(question_ja="パスワードを忘れました。", answer_ja="再設定してください。", **more) -> Question:
    content = QuestionContent(question_ja=question_ja, answer_ja=answer_ja, **{"published": True, **more})
    return save_question(None, content=content, by=None)


@pytest.mark.parametrize("typed", ["ﾊﾟｽﾜｰﾄﾞ", "ぱすわーど　忘れ", "再設定 パスワード", "ＰＡＳＳＷＯＲＤ forgotten"])
def test_every_word_is_found_however_it_is_typed(typed):
    question = ask(question_en="I have forgotten my password.")
    ask("停電のとき、電話は使えますか。", "使えません。")
    assert list(Question.objects.search(typed)) == [question]


def test_words_in_the_question_come_before_words_in_the_answer():
    in_answer = ask("登録できません。", "パスワードの条件をご確認ください。")
    in_question = ask()
    assert list(Question.objects.search("パスワード")) == [in_question, in_answer]


@pytest.mark.parametrize("typed", ["", "   ", "・・・", "%", "_"])
def test_nothing_searchable_finds_nothing(typed):
    ask()
    assert not Question.objects.search(typed)


def test_where_a_link_leads_is_not_searched():
    ask(answer_ja="[こちら](/id/password/forgot/)をご覧ください。")
    assert not Question.objects.search("forgot")
    assert Question.objects.search("こちら")


def test_what_is_not_published_is_not_shown():
    draft = ask(published=False)
    assert draft not in Question.objects.published()


def test_by_service_by_category_and_general(mobile):
    general, of_service = ask(), ask(services=("mobile",))
    of_category = ask(category="network")
    questions = Question.objects
    assert list(questions.general()) == [general]
    assert list(questions.of_service(mobile)) == [of_service]
    assert list(questions.of_category(mobile.category)) == [of_service, of_category]


def test_related_are_of_the_same_service_first(mobile):
    first, second = ask(services=("mobile",), category="network"), ask(services=("mobile",))
    third, general, other_general = ask(category="network"), ask(), ask()
    assert list(Question.objects.related_to(first)) == [second, third]
    assert list(Question.objects.related_to(general)) == [other_general]


def test_readers_are_counted_by_day():
    question = ask()
    with time_machine.travel("2026-11-22 23:59:00+09:00", tick=False) as clock:
        question.count(helped=True)
        question.count(helped=False)
        clock.shift(120)
        question.count(helped=True)
    rows = AnswerTally.objects.order_by("day").values_list("helped", "not_helped")
    assert list(rows) == [(1, 1), (1, 0)]


def test_each_saving_is_a_version_and_what_is_shown_is_the_last(mobile):
    question = ask()
    content = content_of_question(question)
    changed = QuestionContent(question_ja="新しい文", answer_ja="新しい答え", services=("mobile",), published=True)
    save_question(question, content=changed, by=None, seen=1)
    question.refresh_from_db()
    assert content_of_question(question) == changed
    assert Question.objects.search("新しい")
    assert not Question.objects.search("パスワード")
    versions = QuestionVersion.objects.filter(question=question)
    assert [version.number for version in versions] == [2, 1]
    assert versions[1].content["question_ja"] == content.question_ja


def test_who_began_from_an_older_version_is_told(mobile):
    question = ask()
    other = QuestionContent(question_ja="ほかの人の文", answer_ja="答え", published=True)
    save_question(question, content=other, by=None, seen=1)
    mine = QuestionContent(question_ja="私の文", answer_ja="答え", published=True)
    with pytest.raises(StaleText) as stale:
        save_question(question, content=mine, by=None, seen=1)
    assert stale.value.number == 2
    question.refresh_from_db()
    assert question.question_ja == "ほかの人の文"


def test_saving_the_same_again_is_no_version():
    question = ask()
    save_question(question, content=content_of_question(question), by=None, seen=1)
    assert question.versions.count() == 1


def test_taken_off_and_put_back(mobile):
    content = GuideContent(slug="start", title_ja="題", summary_ja="要約", body_ja="本文", services=("mobile",))
    guide = save_guide(None, content=content, by=None)
    assert guide not in Guide.objects.published()
    shown = GuideContent(slug="start", title_ja="題", summary_ja="要約", body_ja="本文", published=True)
    guide = save_guide(guide, content=shown, by=None, seen=1)
    assert guide in Guide.objects.published()
    assert content_of_guide(guide) == shown
    with pytest.raises(StaleText):
        save_guide(guide, content=content, by=None, seen=1)
