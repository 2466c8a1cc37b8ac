"""The steps of phone verification, as every page of it shows them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEPS: list[str | Promise] = [_("Contact phone"), _("How to receive"), _("Enter the code")]
