"""What the operator offers, and the texts about it."""

from madoguchi.catalog.models.help import AnswerTally, Guide, GuideVersion, Question, QuestionQuerySet, QuestionVersion
from madoguchi.catalog.models.legal_text import LegalText
from madoguchi.catalog.models.services import (
    Category,
    CategoryVersion,
    Service,
    ServiceQuerySet,
    ServiceSection,
    ServiceVersion,
)

__all__ = [
    "AnswerTally",
    "Category",
    "CategoryVersion",
    "Guide",
    "GuideVersion",
    "LegalText",
    "Question",
    "QuestionQuerySet",
    "QuestionVersion",
    "Service",
    "ServiceQuerySet",
    "ServiceSection",
    "ServiceVersion",
]
