"""``{% load shell %}``: words, numbers and times as this site writes them, icons, and links that keep the language."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import phonenumbers
from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from madoguchi.shell import languages, states
from madoguchi.shell import text_size as text_sizes

register = template.Library()

_WEEKDAYS_JA = "月火水木金土日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _chosen(thing: Any, field: str) -> tuple[str, str]:
    """The text of ``field`` for the reader and its language: their own, or the other one where that is empty."""
    wanted = languages.current()
    for language in (wanted, "en" if wanted == "ja" else "ja"):
        if text := getattr(thing, f"{field}_{language}", ""):
            return text, language
    return "", wanted


@register.filter
def in_language(thing: Any, field: str) -> str | SafeString:
    """``thing.field_ja`` or ``thing.field_en``; a text in the other language is marked as such with ``lang``."""
    if thing is None:
        return ""
    text, language = _chosen(thing, field)
    if language == languages.current():
        return text
    return format_html('<span lang="{}">{}</span>', language, text)


@register.filter
def in_language_plain(thing: Any, field: str) -> str:
    """The same without markup: for titles, attributes and plain text."""
    return "" if thing is None else _chosen(thing, field)[0]


@register.simple_tag(takes_context=True)
def text_size(context: Context) -> str | SafeString:
    """The attribute of the page's first element that says which size of text the reader chose."""
    request = context.get("request")
    size = text_sizes.chosen(request) if request else "standard"
    return "" if size == "standard" else format_html(' data-text-size="{}"', size)


@register.filter
def yen(amount: int | None) -> str:
    """Whole yen: 1234 → ¥1,234."""
    if amount is None:
        return ""
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,}"


@register.filter
def milliyen(amount: int | None) -> str:
    """Thousandths of a yen, exactly: 8800 → ¥8.8, 1234567 → ¥1,234.567."""
    if amount is None:
        return ""
    whole, rest = divmod(abs(amount), 1000)
    decimals = f".{rest:03}".rstrip("0") if rest else ""
    return f"{'-' if amount < 0 else ''}¥{whole:,}{decimals}"


@register.filter
def grouped(number: int) -> str:
    """12345 → 12,345."""
    return f"{number:,}"


@register.filter
def date_long(value: date | datetime | None) -> str:
    """2026年11月22日（日） / 22 Nov 2026; a moment is taken in the current zone."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if languages.current() == "en":
        return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日（{_WEEKDAYS_JA[value.weekday()]}）"


@register.filter
def date_plain(value: date | None) -> str:
    """Without the weekday, as for a birthday: 1984年5月17日 / 17 May 1984."""
    return date_long(value).partition("（")[0]


@register.filter
def datetime_zone(value: datetime | None) -> str:
    """2026年11月22日（日）14:05 JST / 22 Nov 2026, 14:05 JST."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    comma = ", " if languages.current() == "en" else ""
    return f"{date_long(local)}{comma}{local:%H:%M %Z}"


@register.filter
def time_tag(value: datetime | None) -> str | SafeString:
    """``datetime_zone`` in a ``<time>`` element."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), datetime_zone(value))


@register.filter
def period(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """2026年11月23日（月）01:00〜05:00 JST / 23 Nov 2026, 01:00–05:00 JST; the end's day where it is another one.

    Either end may be open: then only the other is said, with the dash on the open side.
    """
    dash = "–" if languages.current() == "en" else "〜"
    if not (starts_at and ends_at):
        return f"{datetime_zone(starts_at)}{dash}{datetime_zone(ends_at)}" if starts_at or ends_at else ""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    comma = ", " if languages.current() == "en" else ""
    if start.date() == end.date():
        return f"{date_long(start)}{comma}{start:%H:%M}{dash}{end:%H:%M %Z}"
    spaced = f" {dash} " if languages.current() == "en" else dash
    return f"{date_long(start)}{comma}{start:%H:%M}{spaced}{date_long(end)}{comma}{end:%H:%M %Z}"


@register.filter
def duration(seconds: int | None) -> str:
    """3分20秒 / 3 min 20 s; parts that are nought are left out."""
    if seconds is None:
        return ""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    english = languages.current() == "en"
    units = (" h", " min", " s") if english else ("時間", "分", "秒")
    said = [f"{n:,}{unit}" for n, unit in zip((hour, minute, second), units, strict=True) if n]
    return (" " if english else "").join(said or [f"0{units[2]}"])


@register.filter
def phone(number: str | None) -> str:
    """A telephone number grouped as people write it: +819012345678 → 090-1234-5678; abroad with its +."""
    return _as_written(number) if number else ""


# A file of a statement has some two numbers a line, mostly the same ones: grouping them was half of what it took.
@lru_cache(maxsize=4096)
def _as_written(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, "JP")
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == 81
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    path = finders.find(f"shell/icons/{name}.svg")
    if not isinstance(path, str):
        raise template.TemplateSyntaxError(f"there is no icon {name!r}")
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the family, drawn inline and silent: the words beside it say what it shows. ``size``: large | huge."""
    extra = format_html(' data-size="{}"', size) if size else ""
    # Our own files, nothing typed by anybody.
    return mark_safe(  # noqa: S308
        _drawing(name).replace("<svg ", f'<svg class="icon"{extra} aria-hidden="true" focusable="false" ', 1)
    )


@register.simple_tag
def page(path: str) -> str:
    """The address of ``path`` (as the specification lists them, beginning with ``/``) in the current language."""
    return languages.in_language(path, languages.current())


@register.simple_tag(takes_context=True)
def here(context: Context, path: str) -> SafeString:
    """Inside a menu's link: says so when it leads to the page being shown, or (``true``) to the part it belongs to."""
    request = context.get("request")
    shown = languages.in_language(request.path, "ja") if request else ""
    if shown == path:
        return SafeString(' aria-current="page"')
    return SafeString(' aria-current="true"' if path != "/" and shown.startswith(path) else "")


@register.filter
def page_exists(path: str) -> bool:
    return languages.exists(languages.in_language(path, languages.current()))


@register.inclusion_tag("components/language_links.html", takes_context=True)
def language_links(context: Context) -> dict[str, Any]:
    """The same page in each language, path and query kept."""
    request = context.get("request")
    here = request.get_full_path() if request else "/"
    links = [
        {"code": code, "name": name, "href": languages.in_language(here, code), "current": code == languages.current()}
        for code, name in settings.LANGUAGES
    ]
    return {"links": links}


@register.simple_tag
def gap() -> str:
    """What stands between a sentence and what follows it on the line: a space in English, nothing in Japanese."""
    return " " if languages.current() == "en" else ""


@register.simple_tag
def colon() -> str:
    """Between a name and what is said of it."""
    return ": " if languages.current() == "en" else "："


@register.simple_tag
def state_look(state: str) -> states.Look:
    return states.look(state)


@register.filter
def all_errors(form: BaseForm) -> list[dict[str, str]]:
    """What is wrong in ``form``, in the order of its fields: ``target`` (an element's id, or empty) and ``text``.

    The text is the one beside the field, with the field's name before it where the text does not say it.
    """
    found = [{"target": "", "text": str(text)} for text in form.non_field_errors()]
    for field in form:
        target = f"{field.auto_id}_group" if field.use_fieldset else field.id_for_label
        label = str(field.label)
        for text in map(str, field.errors):
            named = label.lower() in text.lower()
            found.append({"target": target, "text": text if named else f"{label}{colon()}{text}"})
    return found


@register.filter
def page_range(paginator: Paginator, number: int) -> list[int | str]:
    """The page numbers to offer, with … for those left out."""
    return list(paginator.get_elided_page_range(number, on_each_side=2, on_ends=1))


@register.filter
def minutes(count: int | None) -> str:
    """Whole minutes as a duration: 75 → 1時間15分 / 1 h 15 min, 0 → 0分 / 0 min."""
    if count == 0:
        return "0 min" if languages.current() == "en" else "0分"
    return duration(None if count is None else count * 60)
