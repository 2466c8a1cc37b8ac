import re
from datetime import date

from django.urls import path, register_converter

from madoguchi.statements.downloads.files import FILES
from madoguchi.support.charges.views.bills import bill, bills, contract_bills
from madoguchi.support.charges.views.contracts import contracts
from madoguchi.support.charges.views.download import download
from madoguchi.support.charges.views.invoice import download as invoice
from madoguchi.support.charges.views.privacy import privacy
from madoguchi.support.charges.views.statement import statement
from madoguchi.support.charges.views.usage import usage


class Month:
    """A month as 2026-10; the view gets its first day."""

    regex = "20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


class Ending:
    """How the name of a file of a statement ends."""

    regex = "|".join(map(re.escape, FILES))

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Month, "month")
register_converter(Ending, "ending")

app_name = "charges"
urlpatterns = [
    path("charges/", contracts, name="contracts"),
    path("charges/bills/", bills, name="bills"),
    path("charges/bills/<str:contract>/", contract_bills, name="contract_bills"),
    path("charges/bills/<str:contract>/<month:month>/", bill, name="bill"),
    path("charges/bills/<str:contract>/<month:month>/invoice.pdf", invoice, name="invoice"),
    path("charges/usage/", usage, name="usage"),
    path("charges/usage/<str:contract>/privacy/", privacy, name="privacy"),
    path("charges/usage/<str:contract>/<slug:kind>/", statement, name="statement"),
    path("charges/usage/<str:contract>/<slug:kind>/statement<ending:ending>", download, name="download"),
]
