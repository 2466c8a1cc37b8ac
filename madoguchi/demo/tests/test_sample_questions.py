"""The sample operator's questions and guides are complete, load, and lead to pages that exist."""

import re
from datetime import UTC, datetime
from random import Random

import pytest

from madoguchi.catalog.models import AnswerTally, Guide, Question
from madoguchi.demo.sample import catalog, questions
from madoguchi.shell.languages import exists, of_path

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sample():
    catalog.load(now=NOW, random=Random(1))
    questions.load(now=NOW, random=Random(1))


def test_there_are_enough_and_each_is_about_what_it_says():
    assert Question.objects.published().count() >= 30
    assert Question.objects.general().count() >= 10
    assert Guide.objects.published().count() >= 6
    assert Question.objects.filter(services__slug="mobile").count() >= 5
    assert Question.objects.exclude(category=None).exists()
    assert AnswerTally.objects.exists()


def test_both_languages_are_complete():
    for thing in [*Question.objects.all(), *Guide.objects.all()]:
        for field in thing._meta.get_fields():
            if field.name.endswith(("_ja", "_en")):
                assert getattr(thing, field.name).strip(), f"{thing} {field.name}"
    for question in Question.objects.all():
        assert question.question_ja.endswith("。") or question.question_ja.endswith("か。")
        assert not re.search(r"[ぁ-ん]", question.question_en + question.answer_en)


def test_links_lead_to_pages_of_the_same_language():
    for thing in [*Question.objects.all(), *Guide.objects.all()]:
        for language, text in (("ja", "answer_ja"), ("en", "answer_en"), ("ja", "body_ja"), ("en", "body_en")):
            for path in re.findall(r"\]\((/[^)?#]*)", getattr(thing, text, "")):
                assert exists(path), f"{thing}: {path}"
                assert of_path(path) == language, f"{thing}: {path}"
    slugs = set(Guide.objects.values_list("slug", flat=True))
    for text in Question.objects.values_list("answer_ja", flat=True):
        assert set(re.findall(r"/guides/([\w-]+)/", text)) <= slugs
