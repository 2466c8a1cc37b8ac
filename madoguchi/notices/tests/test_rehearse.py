"""What a draft would look like is seen without anybody being told of it."""

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.delivery.models import Mailing
from madoguchi.notices.models import Report
from madoguchi.notices.rehearse import rehearsed
from madoguchi.notices.tests import make


@pytest.mark.django_db
def test_a_rehearsal_tells_nobody() -> None:
    report = make.trouble(make.service())
    with rehearsed(report) as notice:
        assert notice.reports.get().ordinal == 1
        assert not Mailing.objects.exists()
        assert not ProcrastinateJob.objects.exists()
    assert Report.objects.get().ordinal is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_rehearses_leaves_no_job_behind() -> None:
    """It defers outside the transaction; such a job found no mailing, was tried again for half an hour, and kept the
    notice's own mailing waiting behind it."""
    report = make.trouble(make.service())
    with app.replace_connector(app.connector.get_worker_connector()), rehearsed(report):  # type: ignore[attr-defined]
        pass
    assert not ProcrastinateJob.objects.exists()
