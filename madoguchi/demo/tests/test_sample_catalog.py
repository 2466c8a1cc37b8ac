"""The sample operator's catalogue is complete and loads."""

import re
from datetime import UTC, datetime
from random import Random

import pytest

from madoguchi.catalog.models import Category, LegalText, Service, ServiceSection
from madoguchi.demo.sample import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample():
    catalog.load(now=datetime(2026, 11, 22, tzinfo=UTC), random=Random(1))


def test_forty_services_and_this_site_in_thirteen_categories():
    assert Category.objects.count() == 13
    assert Service.objects.count() == 41
    assert not Category.objects.filter(services=None).exists()


def test_every_kind_of_usage_has_a_service():
    wanted = {"hikari-internet", "hikari-phone", "fixed-phone", "mobile", "ip-phone", "ip-phone-office"}
    assert wanted <= set(Service.objects.values_list("slug", flat=True))


def test_every_service_is_complete():
    for service in Service.objects.all():
        assert re.fullmatch(r"[ァ-ヶー ]+", service.kana), service.kana
        assert service.for_individuals or service.for_companies
        assert service.description_ja.endswith("。")
        assert service.description_en.endswith(".")
        assert service in Service.objects.search(service.kana), service.slug


def test_a_good_share_of_the_services_has_sections_in_both_languages():
    assert Service.objects.exclude(sections=None).distinct().count() >= 15
    for section in ServiceSection.objects.all():
        for text in (section.title_ja, section.title_en, section.body_ja, section.body_en):
            assert text, section
        assert re.search("[ぁ-ん]", section.body_ja)
        assert not re.search("[ぁ-んァ-ン]", section.body_en)


def test_every_file_of_sections_belongs_to_a_service():
    files = {file.stem for file in (catalog.FOLDER / "sections").glob("*.md")}
    assert files <= set(Service.objects.values_list("slug", flat=True))


def test_every_legal_text_is_in_effect():
    for kind in LegalText.Kind.values:
        text = LegalText.objects.current(kind)
        assert text.body_ja
        assert text.body_en
