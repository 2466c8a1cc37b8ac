"""Structured logs: one line an event, with the request's id, never with personal data."""

from contextvars import ContextVar
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

request_id: ContextVar[str] = ContextVar("request_id", default="")


def _add_request_id(_logger: Any, _name: str, event: EventDict) -> EventDict:
    if current := request_id.get():
        event["request_id"] = current
    return event


def _without_path(_logger: Any, name: str, event: EventDict) -> EventDict:
    """Django's own request lines end in the path, which may carry a mail link's token: the path stays out."""
    if str(event.get("logger", "")).startswith(("django.request", "django.security")):
        record = event.get("_record")
        status = getattr(record, "status_code", None)
        event["event"] = f"answered {status}" if status else "refused"
    return event


def logging_config(*, format: str) -> dict[str, Any]:
    """A ``LOGGING`` value that renders both structlog's and the standard library's events alike.

    ``format``: ``json`` for machines, ``text`` for people.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _without_path,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        # Paths of this site may carry a mail link's token, so the server's own request lines stay out.
        "loggers": {
            "django.server": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            # It writes the addresses it calls, the account at the telephone gateway in them.
            "httpx": {"level": "WARNING"},
            # It writes which passkey was used.
            "fido2": {"level": "WARNING"},
            # They print tokens where they explain themselves.
            "oauthlib": {"level": "WARNING"},
            "oauth2_provider": {"level": "WARNING"},
        },
    }
