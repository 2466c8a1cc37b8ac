"""Notices as the public finds them, published without mail."""

from datetime import datetime, timedelta

from madoguchi.catalog.models import Service
from madoguchi.notices import write
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW


def trouble(*services: Service, at: datetime = NOW, notice=None, **report) -> Notice:
    said = {"started_at": at - timedelta(minutes=20), **report}
    return make.trouble(*services, notice=notice, notify=False, **said).publish(by=None, at=at).notice


def work(*services: Service, at: datetime = NOW, notice=None, **report) -> Notice:
    return make.work(*services, notice=notice, notify=False, **report).publish(by=None, at=at).notice


def further(notice: Notice, *, at: datetime, **report) -> Notice:
    """One more report of ``notice``; what ``report`` does not say stays as it was."""
    content = write.further_content(notice)
    says = {"body_ja": "続報です。", "body_en": "More news.", "notify": False, **report}
    for name, value in says.items():
        object.__setattr__(content, name, value)
    return write.add_report(notice, content=content, by=None).publish(by=None, at=at).notice


def recovered(*services: Service, at: datetime = NOW, **about) -> Notice:
    """A trouble that was over with its first report."""
    start = at - timedelta(hours=1)
    return trouble(*services, at=at, state_after="recovered", started_at=start, ended_at=at, **about)
