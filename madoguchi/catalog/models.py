"""What the operator offers, and the texts about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Category(models.Model):
    slug = models.SlugField(unique=True)
    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.slug


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

    class Meta:
        ordering = ("kana",)

    def __str__(self) -> str:
        return self.slug


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


class LegalText(models.Model):
    """A version of terms, privacy policy or accessibility statement. Published versions are never edited."""

    class Kind(models.TextChoices):
        TERMS = "terms"
        NOTIFICATION_TERMS = "notification"
        PRIVACY = "privacy"
        ACCESSIBILITY = "accessibility"

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    body_ja = models.TextField()  # Markdown
    body_en = models.TextField()
    effective_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="legal_version_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
