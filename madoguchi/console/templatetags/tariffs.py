"""``{% load tariffs %}``: states, kinds of contract, money and findings of the tariff's pages."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext_lazy

from madoguchi.console.tariffs.dated_forms import percent_text
from madoguchi.console.tariffs.version_field import STATE_WORDS
from madoguchi.shell.templatetags.shell import milliyen
from madoguchi.statements.kinds import words
from madoguchi.statements.models import TariffComparison
from madoguchi.statements.tariffs.comparing import REASONS
from madoguchi.statements.tariffs.findings import LEVELS, Finding, Level
from madoguchi.statements.tariffs.versions import State
from madoguchi.statements.tariffs.words import hours_text, listed, listed_days, usage_words
from madoguchi.statements.usage.amounts import exact_words

register = template.Library()

# Icon and tone of each state.
_STATES: dict[State, tuple[str, str]] = {
    State.DRAFT: ("pencil", "calm"),
    State.COMING: ("clock", "plan"),
    State.IN_FORCE: ("check", "good"),
    State.PAST: ("lock", "calm"),
}
_COMPARISONS = {
    TariffComparison.State.DONE: ("check", "good"),
    TariffComparison.State.FAILED: ("cross", "alert"),
}
_LEVELS = {Level.ERROR: ("cross", "alert"), Level.WARNING: ("alert", "watch"), Level.HINT: ("info", "calm")}


def _badge(word: object, icon: str, tone: str) -> SafeString:
    context = {"word": word, "icon": icon, "tone": tone}
    # What the template makes is escaped by it.
    return mark_safe(render_to_string("console/tariffs/badge.html", context))  # noqa: S308


@register.filter
def tariff_state(state: State) -> SafeString:
    return _badge(STATE_WORDS[state], *_STATES[state])


@register.filter
def comparison_state(asked: TariffComparison) -> SafeString:
    return _badge(asked.get_state_display(), *_COMPARISONS.get(TariffComparison.State(asked.state), ("clock", "act")))


@register.filter
def comparison_reason(asked: TariffComparison) -> str:
    """Why it could not be worked out."""
    return str(REASONS[asked.reason]) % {"value": asked.value}


@register.filter
def finding_level(found: Finding) -> SafeString:
    icon, tone = _LEVELS[found.level]
    return _badge(LEVELS[found.level], icon, tone)


@register.filter
def amount_of_data(count: int) -> str:
    return exact_words(count)


@register.filter
def class_words(kind: str) -> str:
    return words(kind)


@register.filter
def usages(kinds: Iterable[str]) -> str:
    return usage_words(kinds)


@register.filter
def kind_words(kind: str) -> str:
    return words(kind)


@register.filter
def kinds_listed(kinds: Iterable[str]) -> str:
    return listed(words(kind) for kind in kinds)


@register.filter
def band_days(band: dict[str, Any]) -> str:
    return listed_days(band["days"])


@register.filter
def band_hours(band: dict[str, Any]) -> str:
    return hours_text(band["hours"])


@register.filter
def difference(amount: int) -> str:
    """Milli-yen with its sign: +¥8, -¥17.5, ¥0."""
    return f"+{milliyen(amount)}" if amount > 0 else milliyen(amount)


@register.filter
def percent(basis_points: int) -> str:
    return percent_text(basis_points)


_TAXES: dict[str, str | Promise] = {
    "standard": pgettext_lazy("tax class", "Taxed"),
    "exempt": pgettext_lazy("tax class", "Not taxed"),
}


@register.filter
def tax_words(tax: str) -> str:
    """Of the two classes every tariff knows; one of the operator's own is called as it is called."""
    return str(_TAXES.get(tax, tax))
