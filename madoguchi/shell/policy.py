"""The content security policy, which is the same for nearly every page and hence composed once."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property


class PolicyMiddleware(CSPMiddleware):
    @cached_property
    def _usual(self) -> str:
        return str(build_policy())

    def process_request(self, request: HttpRequest) -> None:
        """No page has an inline script, so none is given a nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if any(name.startswith("_csp") for name in vars(response)):  # a page with a policy of its own
            own: HttpResponseBase = super().process_response(request, response)
            return own
        response.headers.setdefault(HEADER, self._usual)
        return response
