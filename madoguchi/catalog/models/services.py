"""What the operator offers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from madoguchi.catalog import search
from madoguchi.catalog.models.version import Version
from madoguchi.shell import languages


class Category(models.Model):
    slug = models.SlugField(unique=True)
    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=40, default="list", db_default="list")  # a name in shell/icons
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "slug")

    def __str__(self) -> str:
        return self.slug


def _by_name() -> str:
    """The column by which the reader's language sorts names: the kana reading, or the English name."""
    return "name_en" if languages.current() == "en" else "kana"


class ServiceQuerySet(models.QuerySet["Service"]):
    def offered(self) -> "ServiceQuerySet":
        """Services that have not ended."""
        return self.exclude(ended_on__lte=timezone.localdate())

    def by_name(self) -> "ServiceQuerySet":
        """In the order the reader's language sorts names."""
        return self.order_by(_by_name())

    def search(self, text: str) -> "ServiceQuerySet":
        """Services whose name, reading, English name or alias contains every word of ``text``, however it is typed.

        A name that is what was typed comes first, then names that start with it, then the rest, each by name. A text
        without letters or digits finds nothing.
        """
        words = search.words(text)
        if not words:
            return self.none()
        typed = "".join(words)
        return (
            self.filter(*(Q(folded__contains=word) for word in words))
            .annotate(
                closeness=Case(
                    When(folded__contains=f"\n{typed}\n", then=Value(0)),
                    When(folded__contains=f"\n{typed}", then=Value(1)),
                    default=Value(2),
                )
            )
            .order_by("closeness", _by_name())
        )


class Service(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="services")
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    kana = models.CharField(max_length=150)  # reading, full-width katakana
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    description_ja = models.TextField()
    description_en = models.TextField()
    for_individuals = models.BooleanField()
    for_companies = models.BooleanField()
    # Prefecture codes 01–47 (JIS X 0401) served; empty means everywhere.
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    # Names, kana, English and aliases folded for search (width, case, kana): see catalog/search.py.
    folded = models.TextField(blank=True, editable=False)
    ended_on = models.DateField(null=True, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("kana",)

    def __str__(self) -> str:
        return self.slug

    @property
    def has_ended(self) -> bool:
        return self.ended_on is not None and self.ended_on <= timezone.localdate()

    def fold_names(self) -> None:
        """Bring ``folded`` up to the names; whoever changes a name calls this before saving."""
        self.folded = search.index([self.name_ja, self.kana, self.name_en, *self.aliases])


class ServiceSection(models.Model):
    """A part of a service's page, opened by its link: what is needed, equipment, options, manuals…"""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="sections")
    slug = models.SlugField(max_length=40)
    title_ja = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    body_ja = models.TextField()  # Markdown
    body_en = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=["service", "slug"], name="section_slug_once")]

    def __str__(self) -> str:
        return f"{self.service_id}#{self.slug}"


class CategoryVersion(Version):
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="versions")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["category", "number"], name="category_version_once")]

    def __str__(self) -> str:
        return f"{self.category} version {self.number}"


class ServiceVersion(Version):
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="versions")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="service_version_once")]

    def __str__(self) -> str:
        return f"{self.service} version {self.number}"
