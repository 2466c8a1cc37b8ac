"""What Django's own form fields say, to be said in our catalogue's words: its Japanese ones leave spaces within a
sentence and speak of values. A catalogue of the project goes before the framework's; nothing imports this module, the
words are only read out of it for the catalogue.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

SAID = (
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
)
