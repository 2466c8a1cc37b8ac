"""A pytest plugin that starts the embedded database. Named in pyproject.toml, so that it comes before pytest-django,
which reads the settings earlier than any conftest."""

import os
import tempfile
from pathlib import Path

_folder = Path(os.environ.get("MADOGUCHI_TEST_VAR") or Path(tempfile.gettempdir()) / f"madoguchi-test-{os.getuid()}")
os.environ.setdefault("MADOGUCHI_VAR", str(_folder))
# Tests read the static files where they lie; collecting them is the demo's and the installation's business.
os.environ.setdefault("MADOGUCHI_STATIC", "plain")
if not os.environ.get("DATABASE_URL"):
    from madoguchi.demo import embedded

    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgresql", durable=False)
