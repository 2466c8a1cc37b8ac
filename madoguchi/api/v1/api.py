"""``/api/v1``: the public notices and services for programs. No login, no cookie; kept by caches like the pages."""

from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from madoguchi.api.v1 import notices, services
from madoguchi.api.v1.refused import Refused, malformed, refused
from madoguchi.shell.errors import RETRY_AFTER_SECONDS
from madoguchi.shell.problems import MEDIA_TYPE, problem

log = structlog.get_logger(__name__)
DESCRIPTION = """
The work and trouble notices of the support site, and the services they are about. Everything here is public: no key,
no cookie. Answers carry an ETag and may be kept as Cache-Control says. Texts are in Japanese and, where somebody wrote
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


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refused(request, error)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return malformed(request, error)


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
