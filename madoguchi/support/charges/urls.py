from django.urls import path, register_converter

from madoguchi.statements.statement import VOICE
from madoguchi.support.charges.views.contracts import contracts
from madoguchi.support.charges.views.statement import statement
from madoguchi.support.charges.views.usage import usage


class VoiceKind:
    """A kind of contract whose usage is calls."""

    regex = "|".join(VOICE)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VoiceKind, "voice")

app_name = "charges"
urlpatterns = [
    path("charges/", contracts, name="contracts"),
    path("charges/usage/", usage, name="usage"),
    path("charges/usage/<str:contract>/<voice:kind>/", statement, name="statement"),
]
