"""Mails that say one thing: a few sentences, at most one button, and what to do if it is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from madoguchi.delivery.renderers import Draft, register
from madoguchi.shell.languages import in_language
from madoguchi.shell.mail_frame import frame


@dataclass(frozen=True, slots=True)
class Note:
    """``facts`` are names with their values. ``button`` and ``link`` go together, ``more`` are further links with their
    words. ``copyable``: the link is written out below the button too. ``sender`` is who says it, the ID by default."""

    subject: str
    paragraphs: tuple[str, ...]
    foot: str
    facts: tuple[tuple[str, str], ...] = ()
    button: str = ""
    link: str = ""
    more: tuple[tuple[str, str], ...] = ()
    copyable: bool = False
    replies_unread: bool = True
    sender: str = ""


def note(name: str) -> Callable[[Callable[[], Note]], Callable[[], Note]]:
    """Register the decorated function, which is called in the mail's language, as the renderer ``name``."""

    def decorate(make: Callable[[], Note]) -> Callable[[], Note]:
        def render(reference: str, language: str, format: str) -> Draft:
            return draft(make, language, format)

        register(name, render)
        return make

    return decorate


def draft(make: Callable[[], Note], language: str, format: str) -> Draft:
    """The note as a mail in ``language``."""
    with translation.override(language):
        return _draft(make(), language, format)


def page(path: str) -> str:
    """The whole address of a page of this site in the language of the mail being written."""
    return settings.SITE_URL + in_language(path, translation.get_language() or settings.LANGUAGE_CODE)


def _draft(note: Note, language: str, format: str) -> Draft:
    context = {"note": note, **frame(language)}
    return Draft(
        subject=note.subject,
        text=render_to_string("delivery/mail/note.txt", context),
        html=render_to_string("delivery/mail/note.html", context) if format == "full" else None,
        sender=note.sender or settings.MAIL_FROM_ID,
    )
