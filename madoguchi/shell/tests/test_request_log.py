"""One line a request: what is needed to follow it, nothing about the person."""

import logging

import pytest
import structlog
from django.test import Client

from madoguchi.shell.logs import logging_config


def test_an_id_is_made_or_taken_over(client: Client) -> None:
    made = client.get("/healthz")["X-Request-Id"]
    assert len(made) == 16
    assert client.get("/healthz", headers={"X-Request-Id": "proxy-0123456789"})["X-Request-Id"] == "proxy-0123456789"
    forged = client.get("/healthz", headers={"X-Request-Id": "<script>alert(1)</script>"})["X-Request-Id"]
    assert "<" not in forged


def test_the_line_names_the_page_and_not_the_path(client: Client) -> None:
    with structlog.testing.capture_logs() as lines:
        client.get("/components/?token=s3cr3t")
        client.get("/id/activate/s3cr3t-token/x/")
    line = next(line for line in lines if line["event"] == "request")
    assert line["method"] == "GET"
    assert line["page"] == "components"
    assert line["status"] == 200
    assert isinstance(line["ms"], int)
    assert "s3cr3t" not in str(lines)


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_framework_s_own_lines_lose_their_path(form: str) -> None:
    formatter = logging_config(format=form)["formatters"]["structured"]
    make = structlog.stdlib.ProcessorFormatter(**{key: value for key, value in formatter.items() if key != "()"})
    record = logging.LogRecord(
        "django.request", logging.WARNING, __file__, 1, "Not Found: %s", ("/id/activate/s3cr3t/",), None
    )
    record.status_code = 404
    said = make.format(record)
    assert "s3cr3t" not in said
    assert "answered 404" in said
