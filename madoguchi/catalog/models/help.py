"""Texts that help: questions with their answers, and guides. Each saving of one is kept as a version."""

import re

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from madoguchi.catalog import search
from madoguchi.catalog.models.services import Category, Service
from madoguchi.catalog.models.version import Version

# The address of a Markdown link, which nobody searches by.
_LINKED_TO = re.compile(r"\]\([^)]*\)")


class QuestionQuerySet(models.QuerySet["Question"]):
    def published(self) -> "QuestionQuerySet":
        return self.filter(published_at__lte=timezone.now())

    def general(self) -> "QuestionQuerySet":
        """About no service or category in particular: the customer ID, mail, this site."""
        return self.filter(category=None, services=None)

    def of_service(self, service: Service) -> "QuestionQuerySet":
        return self.filter(services=service)

    def of_category(self, category: Category) -> "QuestionQuerySet":
        """About the category, or one of its services."""
        about = Q(category=category) | Q(services__category=category)
        return self.filter(pk__in=Question.objects.filter(about).values("pk"))

    def search(self, text: str) -> "QuestionQuerySet":
        """Questions that have every word of ``text`` in them or in their answer, however it is typed.

        Those that have every word in the question itself come first. A text without letters or digits finds nothing.
        """
        words = search.words(text)
        if not words:
            return self.none()
        in_question = Q()
        for word in words:
            in_question &= Q(folded_question__contains=word)
        return (
            self.filter(*(Q(folded__contains=word) for word in words))
            .annotate(closeness=Case(When(in_question, then=Value(0)), default=Value(1)))
            .order_by("closeness", "order", "pk")
        )

    def related_to(self, question: "Question") -> "QuestionQuerySet":
        """Others about one of the same services, else of the same category, else general ones; the closest first."""
        services = [service.pk for service in question.services.all()]
        same_service = Q(pk__in=Question.services.through.objects.filter(service__in=services).values("question"))
        same_category = Q(category__isnull=False, category=question.category)
        general = Q(category=None, services=None)
        near = same_service | same_category if services or question.category_id else general
        return (
            self.exclude(pk=question.pk)
            .filter(near)
            .annotate(closeness=Case(When(same_service, then=Value(0)), default=Value(1)))
            .order_by("closeness", "order", "pk")
        )


class Question(models.Model):
    """What people ask, and the operator's answer; about some services, a category, or neither."""

    question_ja = models.CharField(max_length=200)
    question_en = models.CharField(max_length=200, blank=True)
    answer_ja = models.TextField()  # Markdown
    answer_en = models.TextField(blank=True)
    services = models.ManyToManyField(Service, blank=True, related_name="questions")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    order = models.PositiveSmallIntegerField(default=100)
    # Null while it is being written, or was taken off the site.
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)
    # Folded for search, see catalog/search.py: the question alone, and with its answer.
    folded_question = models.TextField(blank=True, editable=False)
    folded = models.TextField(blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return f"question {self.pk}"

    def fold_texts(self) -> None:
        """Bring what is searched up to the texts; whoever changes one calls this before saving."""
        answers = [_LINKED_TO.sub("] ", text) for text in (self.answer_ja, self.answer_en)]
        self.folded_question = search.index([self.question_ja, self.question_en])
        self.folded = search.index([self.question_ja, self.question_en, *answers])

    def count(self, *, helped: bool) -> None:
        """One more reader says whether the answer helped. Counted by day; nothing about the reader is kept."""
        column = "helped" if helped else "not_helped"
        tally, _made = AnswerTally.objects.get_or_create(question=self, day=timezone.localdate())
        AnswerTally.objects.filter(pk=tally.pk).update(**{column: F(column) + 1})


class AnswerTally(models.Model):
    """How many readers of a day said that an answer helped, and that it did not."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "day"], name="tally_once_a_day")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.day}"


class GuideQuerySet(models.QuerySet["Guide"]):
    def published(self) -> "GuideQuerySet":
        return self.filter(published_at__lte=timezone.now())

    def of_service(self, service: Service) -> "GuideQuerySet":
        return self.filter(services=service)


class Guide(models.Model):
    """How something is done, from the beginning to the end."""

    slug = models.SlugField(max_length=60, unique=True)
    title_ja = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100, blank=True)
    summary_ja = models.CharField(max_length=300)
    summary_en = models.CharField(max_length=300, blank=True)
    body_ja = models.TextField()  # Markdown
    body_en = models.TextField(blank=True)
    services = models.ManyToManyField(Service, blank=True, related_name="guides")
    order = models.PositiveSmallIntegerField(default=100)
    # Null while it is being written, or was taken off the site.
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = GuideQuerySet.as_manager()

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.slug


class QuestionVersion(Version):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_once")]

    def __str__(self) -> str:
        return f"{self.question} version {self.number}"


class GuideVersion(Version):
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="versions")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["guide", "number"], name="guide_version_once")]

    def __str__(self) -> str:
        return f"{self.guide} version {self.number}"
