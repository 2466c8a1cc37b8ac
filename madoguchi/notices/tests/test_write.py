"""Two people write at one draft: who saves second is told, and nothing of either is lost."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from madoguchi.notices import write
from madoguchi.notices.content import NoticeContent, ReportContent
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


def test_who_saves_second_is_told_what_stands() -> None:
    draft = make.trouble(make.service())
    first, second = make.account("first"), make.account("second")
    said = write.content_of_report(draft)
    write.edit_report(draft, content=replace(said, body_ja="一人目の文です。"), by=first, revision=draft.revision)
    with pytest.raises(write.StaleDraft) as told:
        write.edit_report(draft, content=replace(said, body_ja="二人目"), by=second, revision=draft.revision)
    assert (told.value.report.body_ja, told.value.report.written_by) == ("一人目の文です。", first)
    now = write.edit_report(
        draft, content=replace(said, body_ja="二人目"), by=second, revision=told.value.report.revision
    )
    assert (now.body_ja, now.written_by, now.revision) == ("二人目", second, 2)


def test_a_form_starts_one_notice() -> None:
    key = uuid4()
    says: dict[str, Any] = {
        "notice": NoticeContent(title_ja="調査中"),
        "report": ReportContent(state_after="investigating", body_ja="", impact="outage"),
    }
    write.start(kind="trouble", **says, by=None, form_key=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        write.start(kind="trouble", **says, by=None, form_key=key)
    write.start(kind="trouble", **says, by=None)
    write.start(kind="trouble", **says, by=None)
    assert Notice.objects.count() == 3
