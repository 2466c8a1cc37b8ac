"""In words, to which of its lines a statement is narrowed."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from madoguchi.shell.templatetags.shell import phone
from madoguchi.statements.kinds import words as class_words
from madoguchi.statements.usage.declared import Shape
from madoguchi.support.charges.asked import Asked


def words(found: Asked) -> str:
    """Empty where all lines are asked for."""
    choice = found.choice
    directions = {"out": pgettext("direction of a call", "Out"), "in": pgettext("direction of a call", "In")}
    said = [
        directions.get(choice.direction, ""),
        class_words(choice.kind) if choice.kind else "",
        Shape.DAY.words(choice.day) if choice.day else "",
        phone(choice.own),
        _("With a charge only") if choice.paid else "",
        _("numbers with %(digits)s") % {"digits": choice.digits} if choice.digits else "",
    ]
    return pgettext("between two facts", ", ").join(filter(None, said))
