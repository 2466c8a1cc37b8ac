"""Set-up of every test: the embedded database, and no network but loopback."""

import os
import tempfile
from pathlib import Path

# Before Django reads its settings.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
if not os.environ.get("DATABASE_URL"):
    from madoguchi.demo import embedded

    _folder = Path(
        os.environ.get("MADOGUCHI_TEST_VAR") or Path(tempfile.gettempdir()) / f"madoguchi-test-{os.getuid()}"
    )
    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgresql")
