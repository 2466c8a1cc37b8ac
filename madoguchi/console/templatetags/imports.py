"""``{% load imports %}``: words of the pages of imports."""

from django import template

from madoguchi.statements.formats import FORMATS
from madoguchi.statements.imports.refusals import words
from madoguchi.statements.models import ImportRun

register = template.Library()


@register.filter
def format_words(name: str) -> str:
    return (FORMATS[name].label if name in FORMATS else "") or name


@register.filter
def why(run: ImportRun) -> str:
    """Why the whole file was not taken."""
    return words(run.reason, run.value) if run.reason else ""
