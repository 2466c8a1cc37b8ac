"""Saving a question or a guide: the text as readers see it from now on, and a version of it that stays."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.models import Category, Guide, GuideVersion, Question, QuestionVersion, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionContent:
    """``services`` and ``category`` by slug; no service and no category is a general question."""

    question_ja: str
    question_en: str = ""
    answer_ja: str
    answer_en: str = ""
    services: tuple[str, ...] = ()
    category: str = ""
    order: int = 100
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideContent:
    slug: str
    title_ja: str
    title_en: str = ""
    summary_ja: str
    summary_en: str = ""
    body_ja: str
    body_en: str = ""
    services: tuple[str, ...] = ()
    order: int = 100
    published: bool = False


class StaleText(Exception):
    """Somebody saved another version meanwhile: ``number`` is the latest."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def content_of_question(question: Question) -> QuestionContent:
    return QuestionContent(
        **_texts(question, "question", "answer"),
        services=_slugs(question.services.all()),
        category=question.category.slug if question.category else "",
        order=question.order,
        published=question.published_at is not None,
    )


def content_of_guide(guide: Guide) -> GuideContent:
    return GuideContent(
        slug=guide.slug,
        **_texts(guide, "title", "summary", "body"),
        services=_slugs(guide.services.all()),
        order=guide.order,
        published=guide.published_at is not None,
    )


@transaction.atomic
def save_question(
    question: Question | None,
    *,
    content: QuestionContent,
    by: AbstractBaseUser | None,
    seen: int = 0,
    at: datetime | None = None,
) -> Question:
    """Save ``content`` as the next version and show it; ``None`` begins a new question.

    ``seen`` is the number of the version the writer began from (0 for a new one); raises :class:`StaleText` when it
    is not the latest any more. Saving what is there already changes nothing. ``published_at`` stays what it was while
    the question remains published.
    """
    at = at or timezone.now()
    question = Question.objects.select_for_update().get(pk=question.pk) if question else Question()
    if question.pk:
        refuse_stale(latest_version(question), seen)
        if content == content_of_question(question):
            return question
    for name in ("question_ja", "question_en", "answer_ja", "answer_en", "order"):
        setattr(question, name, getattr(content, name))
    question.category = Category.objects.get(slug=content.category) if content.category else None
    question.published_at = (question.published_at or at) if content.published else None
    question.updated_at = at
    question.fold_texts()
    question.save()
    question.services.set(Service.objects.filter(slug__in=content.services))
    QuestionVersion.objects.create(
        question=question, number=seen + 1, content=asdict(content), at=at, by_id=by.pk if by else None
    )
    return question


@transaction.atomic
def save_guide(
    guide: Guide | None,
    *,
    content: GuideContent,
    by: AbstractBaseUser | None,
    seen: int = 0,
    at: datetime | None = None,
) -> Guide:
    """The same for a guide. A slug that another guide has raises ``IntegrityError``."""
    at = at or timezone.now()
    guide = Guide.objects.select_for_update().get(pk=guide.pk) if guide else Guide()
    if guide.pk:
        refuse_stale(latest_version(guide), seen)
        if content == content_of_guide(guide):
            return guide
    for name in ("slug", "title_ja", "title_en", "summary_ja", "summary_en", "body_ja", "body_en", "order"):
        setattr(guide, name, getattr(content, name))
    guide.published_at = (guide.published_at or at) if content.published else None
    guide.updated_at = at
    guide.save()
    guide.services.set(Service.objects.filter(slug__in=content.services))
    GuideVersion.objects.create(
        guide=guide, number=seen + 1, content=asdict(content), at=at, by_id=by.pk if by else None
    )
    return guide


def latest_version(text: Question | Guide | Service | Category) -> int:
    """The number of the version that is shown; 0 where none was ever kept."""
    return text.versions.order_by("-number").values_list("number", flat=True).first() or 0


def refuse_stale(latest: int, seen: int) -> None:
    if latest != seen:
        raise StaleText(latest)


def _texts(text: Question | Guide, *fields: str) -> dict[str, str]:
    return {name: getattr(text, name) for field in fields for name in (f"{field}_ja", f"{field}_en")}


def _slugs(services: Iterable[Service]) -> tuple[str, ...]:
    return tuple(sorted(service.slug for service in services))
