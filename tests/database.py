"""A pytest plugin that starts the embedded database. Named in pyproject.toml, so that it comes before pytest-django,
which reads the settings earlier than any conftest.

The processes of pytest-xdist share one run of the migrations: the first to need a database makes the template, and each
works in a copy of it.
"""

import fcntl
import os
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

_folder = Path(os.environ.get("MADOGUCHI_TEST_VAR") or Path(tempfile.gettempdir()) / f"madoguchi-test-{os.getuid()}")
os.environ.setdefault("MADOGUCHI_VAR", str(_folder))
# Tests read the static files where they lie; collecting them is the demo's and the installation's business.
os.environ.setdefault("MADOGUCHI_STATIC", "plain")
if not os.environ.get("DATABASE_URL"):
    from madoguchi.demo import embedded

    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgresql", durable=False)

_templates: set[str] = set()


def _template_of(run: str) -> str:
    """Several runs share the server: the rooms' tests and the journeys."""
    return f"test_template_{run}"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The process that hands out the tests outlives those that work in copies: it forgets the template."""
    _templates.add(_template_of(node.workerinput["testrunuid"]))


def pytest_unconfigure() -> None:
    while _templates:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_templates.pop()} WITH (FORCE)")


def migrated_template(run: str) -> str:
    """The name of a database with all tables and nothing in them, to which nobody is connected."""
    from django.db import connection

    template = _template_of(run)
    ours = connection.settings_dict
    name, test = ours["NAME"], dict(ours["TEST"])
    with (_folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(os.environ["DATABASE_URL"]) as before:
            found = before.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
        if not found:
            ours["TEST"]["NAME"] = template
            connection.creation.create_test_db(verbosity=0, serialize=False)
            connection.close()
            ours["NAME"] = name
            ours["TEST"].update(test)
    return template
