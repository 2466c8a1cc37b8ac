"""What a version changed: field by field, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class Line:
    """``mark`` is ``del`` for what went, ``ins`` for what came, empty for what stayed."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    label: str | Promise
    lines: list[Line]


def differences(before: dict[str, Any], after: dict[str, Any], *, form: BaseForm) -> list[Difference]:
    """Of two contents as versions keep them; ``form`` has the names of the fields, in their order."""
    return [
        Difference(field.label or name, list(_lines(_said(before.get(name)), _said(after.get(name)))))
        for name, field in form.fields.items()
        if name in after and before.get(name) != after[name]
    ]


def _said(value: Any) -> list[str]:
    match value:
        case bool():
            return [gettext("Yes") if value else gettext("No")]
        case list() | tuple():
            return [line for one in value for line in _said(one)]
        case dict():
            return [line for one in value.values() for line in _said(one)]
    return str("" if value is None else value).splitlines()


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    for what, i, j, k, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (Line("", text) for text in before[i:j])
        else:
            yield from (Line("del", text) for text in before[i:j])
            yield from (Line("ins", text) for text in after[k:m])
