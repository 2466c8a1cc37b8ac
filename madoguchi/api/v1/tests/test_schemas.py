"""The words of the API are the words of the notices."""

from typing import get_args

from madoguchi.api.v1 import schemas
from madoguchi.notices.models import Notice


def test_every_word_a_notice_can_have_is_described_and_no_other():
    assert set(get_args(schemas.Kind)) == set(Notice.Kind)
    assert set(get_args(schemas.State)) == set(Notice.State) - {Notice.State.DRAFT}
    assert set(get_args(schemas.Impact)) == set(Notice.Impact)
    assert set(get_args(schemas.Severity)) == set(Notice.Severity)
