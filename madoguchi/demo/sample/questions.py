"""The sample operator's questions with answers, and its guides, from the files in the folders beside this one.

``questions/*.md``: ``# about`` (services by slug, ``=category``, or ``general``), then the question on a line and the
answer in Japanese, the mark, the same in English. ``guides/*.md``: ``# slug | services``, then a line of title, a line
of summary and the text, likewise.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from django.utils import timezone

from madoguchi.catalog.edit import GuideContent, QuestionContent, save_guide, save_question
from madoguchi.catalog.models import AnswerTally, Question

FOLDER = Path(__file__).resolve().parent
DAYS_COUNTED = 14


class Entry(NamedTuple):
    """What stands after ``#``, and the text in each language, cut into its first lines and the rest."""

    about: str
    ja: tuple[str, ...]
    en: tuple[str, ...]


def load(*, now: datetime, random: Random) -> None:
    """Write them into a database that has the catalogue, as if saved over the past year."""
    for order, entry in enumerate(_entries("questions", lines=1), start=1):
        at = now - timedelta(days=random.randrange(20, 360), minutes=random.randrange(600))
        _count(save_question(None, content=_question(entry, order), by=None, at=at), now, random)
    for order, entry in enumerate(_entries("guides", lines=2), start=1):
        at = now - timedelta(days=random.randrange(20, 360))
        save_guide(None, content=_guide(entry, order), by=None, at=at)


def _question(entry: Entry, order: int) -> QuestionContent:
    about = [] if entry.about == "general" else entry.about.split()
    return QuestionContent(
        question_ja=entry.ja[0],
        question_en=entry.en[0],
        answer_ja=entry.ja[1],
        answer_en=entry.en[1],
        services=tuple(sorted(word for word in about if not word.startswith("="))),
        category="".join(word.removeprefix("=") for word in about if word.startswith("=")),
        order=order,
        published=True,
    )


def _guide(entry: Entry, order: int) -> GuideContent:
    slug, _, services = entry.about.partition("|")
    return GuideContent(
        slug=slug.strip(),
        title_ja=entry.ja[0],
        title_en=entry.en[0],
        summary_ja=entry.ja[1],
        summary_en=entry.en[1],
        body_ja=entry.ja[2],
        body_en=entry.en[2],
        services=tuple(sorted(services.split())),
        order=order,
        published=True,
    )


def _entries(folder: str, *, lines: int) -> Iterator[Entry]:
    for file in sorted((FOLDER / folder).glob("*.md")):
        for part in re.split(r"^# ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            about, _, texts = part.partition("\n")
            ja, en = (tuple(text.strip().split("\n", lines)) for text in texts.split("<!-- en -->\n"))
            yield Entry(about.strip(), tuple(map(str.strip, ja)), tuple(map(str.strip, en)))


def _count(question: Question, now: datetime, random: Random) -> None:
    """Readers of the last two weeks who said whether it helped; some answers do so less than others."""
    share = random.choice((0.9, 0.8, 0.7, 0.4))
    pressed = ((day, random.randrange(8)) for day in range(DAYS_COUNTED))
    AnswerTally.objects.bulk_create(
        AnswerTally(
            question=question,
            day=timezone.localdate(now - timedelta(days=day)),
            helped=round(total * share),
            not_helped=total - round(total * share),
        )
        for day, total in pressed
        if total
    )
