"""Saving a service or a category: what is offered from now on, and a version of it that stays.

The slug of either is chosen once and for ever: addresses, feeds and other programs contain it.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.edit import latest_version, refuse_stale
from madoguchi.catalog.models import Category, Service, ServiceSection

_PLAIN = ("name_ja", "name_en", "kana", "description_ja", "description_en")
AUDIENCES = ("individuals", "companies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the service's page; the bodies are Markdown."""

    slug: str
    title_ja: str
    title_en: str = ""
    body_ja: str
    body_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContent:
    """``category`` by slug, ``audience`` out of ``AUDIENCES``, ``regions`` by code (none: the whole country),
    ``ended_on`` as 2026-11-22 or empty."""

    slug: str
    category: str
    name_ja: str
    name_en: str
    kana: str
    aliases: tuple[str, ...] = ()
    description_ja: str
    description_en: str = ""
    audience: tuple[str, ...]
    regions: tuple[str, ...] = ()
    ended_on: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryContent:
    """``icon`` by its name; the smaller ``order`` comes first."""

    slug: str
    name_ja: str
    name_en: str
    icon: str
    order: int


def content_of_service(service: Service) -> ServiceContent:
    return ServiceContent(
        **{name: getattr(service, name) for name in ("slug", *_PLAIN)},
        category=service.category.slug,
        aliases=tuple(service.aliases),
        audience=tuple(each for each in AUDIENCES if getattr(service, f"for_{each}")),
        regions=tuple(service.regions),
        ended_on=service.ended_on.isoformat() if service.ended_on else "",
        sections=tuple(
            Section(**{name: getattr(section, name) for name in Section.__slots__})
            for section in service.sections.all()
        ),
    )


def content_of_category(category: Category) -> CategoryContent:
    return CategoryContent(**{name: getattr(category, name) for name in CategoryContent.__slots__})


@transaction.atomic
def save_service(
    service: Service | None,
    *,
    content: ServiceContent,
    by: AbstractBaseUser | None,
    seen: int = 0,
    at: datetime | None = None,
) -> Service:
    """Save ``content`` as the next version and show it; ``None`` begins a new service.

    ``seen`` is the number of the version the writer began from (0 where none was kept yet); raises
    :class:`~madoguchi.catalog.edit.StaleText` when it is not the latest any more. Saving what is there already changes
    nothing. What stood before the first saving is kept as a version too. The slug of a service that exists stays.
    """
    at = at or timezone.now()
    service = Service.objects.select_for_update().get(pk=service.pk) if service else Service(slug=content.slug)
    number = 1
    if service.pk:
        before = content_of_service(service)
        refuse_stale(latest_version(service), seen)
        if content == before:
            return service
        number = _next_number(service, before=before, at=at)
    for name in _PLAIN:
        setattr(service, name, getattr(content, name))
    for each in AUDIENCES:
        setattr(service, f"for_{each}", each in content.audience)
    service.category = Category.objects.get(slug=content.category)
    service.aliases, service.regions = list(content.aliases), list(content.regions)
    service.ended_on = date.fromisoformat(content.ended_on) if content.ended_on else None
    service.fold_names()
    service.save()
    service.sections.all().delete()
    ServiceSection.objects.bulk_create(
        ServiceSection(service=service, order=order, **asdict(section))
        for order, section in enumerate(content.sections, start=1)
    )
    service.versions.create(number=number, content=asdict(content), at=at, by_id=by.pk if by else None)
    return service


@transaction.atomic
def save_category(
    category: Category | None,
    *,
    content: CategoryContent,
    by: AbstractBaseUser | None,
    seen: int = 0,
    at: datetime | None = None,
) -> Category:
    """The same for a category."""
    at = at or timezone.now()
    category = Category.objects.select_for_update().get(pk=category.pk) if category else Category(slug=content.slug)
    number = 1
    if category.pk:
        before = content_of_category(category)
        refuse_stale(latest_version(category), seen)
        if content == before:
            return category
        number = _next_number(category, before=before, at=at)
    for name in ("name_ja", "name_en", "icon", "order"):
        setattr(category, name, getattr(content, name))
    category.save()
    category.versions.create(number=number, content=asdict(content), at=at, by_id=by.pk if by else None)
    return category


def _next_number(kept: Service | Category, *, before: ServiceContent | CategoryContent, at: datetime) -> int:
    """Of the version to come; what stood there before any was kept becomes the first."""
    if number := latest_version(kept):
        return number + 1
    kept.versions.create(number=1, content=asdict(before), at=at)
    return 2
