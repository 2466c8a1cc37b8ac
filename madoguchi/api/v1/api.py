"""``/api/v1``: the public notices and services for programs, and contracts for the operator's own systems."""

from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from madoguchi.accounts.limits import TooMany
from madoguchi.api.v1 import contracts, customers, notices, services
from madoguchi.api.v1.refused import NotStored, Refused, malformed, not_stored, refused
from madoguchi.api.v1.tokens import NotInScope
from madoguchi.contracts.imports.take import Busy
from madoguchi.shell.errors import RETRY_AFTER_SECONDS
from madoguchi.shell.problems import MEDIA_TYPE, problem

log = structlog.get_logger(__name__)
DESCRIPTION = """
The work and trouble notices of the support site, and the services they are about: public, no key, no cookie; answers
carry an ETag and may be kept as Cache-Control says. Customers and contracts are for the operator's own systems alone,
which show a token; nothing of these answers may be kept. Texts are in Japanese and, where somebody wrote
it, in English. Times are UTC. Errors are problem documents (RFC 9457) in the language of Accept-Language.
""".strip().replace("\n", " ")


ROOT = "/api/v1/"


class Readable(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Short: programs made from the description name their functions by it."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **_asked: Any) -> OpenAPISchema:
        """With the media type our errors really have, which the library has no word for."""
        described = super().get_openapi_schema(path_prefix=ROOT)
        for operations in described["paths"].values():
            for operation in operations.values():
                for code, response in operation["responses"].items():
                    if int(code) >= 400:
                        response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
        return described


api = Api(
    title=f"{settings.OPERATOR['name_en']}: notices and services",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    servers=[{"url": settings.SITE_URL}],
    urls_namespace="api",
    renderer=Readable(),
)
api.add_router("", notices.router)
api.add_router("", services.router)
api.add_router("", customers.router)
api.add_router("", contracts.router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refused(request, error)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return malformed(request, error)


@api.exception_handler(NotStored)
def _not_stored(request: HttpRequest, error: NotStored) -> HttpResponse:
    return not_stored(request, error)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The library's own: a body that is no JSON."""
    return problem(request, error.status_code)


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problem(request, 413)


@api.exception_handler(AuthenticationError)
def _no_token(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    answer = problem(request, 401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(NotInScope)
def _not_in_scope(request: HttpRequest, error: NotInScope) -> HttpResponse:
    answer = problem(request, 403)
    answer["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'  # RFC 6750, section 3.1
    return answer


@api.exception_handler(TooMany)
def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    answer = problem(request, 429)
    answer["Retry-After"] = str(error.seconds)
    return answer


@api.exception_handler(Busy)
def _busy(request: HttpRequest, _error: Busy) -> HttpResponse:
    answer = problem(request, 503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(request, 404)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    # The class alone: a driver's message may quote what was asked.
    log.error("database away", error=type(error).__name__)
    answer = problem(request, 503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
