"""The business provider of others (tests/peers/provider.mjs), started and told who logs in there."""

import subprocess
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from madoguchi.support.business.tests.going import CALLBACK, CLIENT, SECRET

_FOLDER = Path(__file__).parent / "peers"


class BusinessProvider:
    def __init__(self) -> None:
        assert (_FOLDER / "node_modules" / "oidc-provider").exists(), "run tests/install-peers"
        self.process = subprocess.Popen(  # noqa: S603 - the script beside
            ["node", "provider.mjs", f"{settings.SITE_URL}{CALLBACK}", CLIENT, SECRET],  # noqa: S607 - of PATH
            cwd=_FOLDER,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout
        port = self.process.stdout.readline().strip()
        assert port, "the provider did not start"
        self.issuer = f"http://127.0.0.1:{port}"

    def tell(self, **told: Any) -> None:
        """Who logs in next: ``subject``, ``claims``, ``amr``, ``acr``; or the ``error`` it ends with."""
        httpx.put(f"{self.issuer}/told", json={"claims": {}, **told}).raise_for_status()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()
