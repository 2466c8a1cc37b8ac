"""Two sites made by others that log customers in here: npm ``openid-client`` on Node, and Authlib.

Both do the same things under the same names, so that one test asks both.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.test import RequestFactory

PEERS = Path(__file__).resolve().parent / "peers"
Tokens = dict[str, Any]


class Refused(Exception):
    """The peer, or the provider through it, refused; ``error`` is the code of the protocol where there is one."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error


class OnNode:
    """``openid-client``, a process that takes a command a line."""

    def __init__(self, *, issuer: str, client_id: str, secret: str, callback: str, scope: str) -> None:
        told = {"ISSUER": issuer, "CLIENT_ID": client_id, "CLIENT_SECRET": secret, "CALLBACK": callback, "SCOPE": scope}
        self._process = subprocess.Popen(
            ["node", "openid-client.mjs"],  # noqa: S607 - whichever is installed
            cwd=PEERS,
            env={**os.environ, **told},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def end(self) -> None:
        self._process.communicate()

    def _ask(self, act: str, **given: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"act": act, **given}) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        if "refused" in said:
            raise Refused(said["refused"], said["why"])
        return said["done"]

    def discover(self) -> dict[str, Any]:
        return self._ask("discover")

    def begin(self, **wishes: str) -> str:
        return self._ask("begin", **wishes)["address"]

    def finish(self, address: str) -> Tokens:
        return self._ask("finish", address=address)

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        return self._ask("userinfo", tokens=tokens)

    def refresh(self, tokens: Tokens) -> Tokens:
        return self._ask("refresh", tokens=tokens)

    def revoke(self, token: str) -> None:
        self._ask("revoke", token=token)

    def introspect(self, token: str) -> dict[str, Any]:
        return self._ask("introspect", token=token)

    def leave(self, tokens: Tokens, *, to: str, state: str) -> str:
        return self._ask("leave", tokens=tokens, to=to, state=state)["address"]


class OnAuthlib:
    """Authlib's client for Django, with a session that is a mapping."""

    def __init__(self, *, issuer: str, client_id: str, secret: str, callback: str, scope: str) -> None:
        self._callback = callback
        self._session: dict[str, Any] = {}
        self._app = OAuth().register(
            "site",
            client_id=client_id,
            client_secret=secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": scope, "code_challenge_method": "S256"},
        )

    def end(self) -> None:
        pass

    def _request(self, address: str = "/") -> Any:
        request: Any = RequestFactory().get("/", dict(parse_qsl(urlsplit(address).query)))
        request.session = self._session
        return request

    def _own(self) -> OAuth2Session:
        """For what the site asks in its own name."""
        return OAuth2Session(self._app.client_id, self._app.client_secret)

    def discover(self) -> dict[str, Any]:
        return dict(self._app.load_server_metadata())

    def begin(self, **wishes: str) -> str:
        return str(self._app.authorize_redirect(self._request(), self._callback, **wishes)["Location"])

    def finish(self, address: str) -> Tokens:
        request = self._request(address)
        assert request.GET.get("iss") == self.discover()["issuer"]  # RFC 9207, which Authlib leaves to the site
        try:
            tokens = self._app.authorize_access_token(request)
        except OAuthError as error:
            raise Refused(error.error, error.description or "") from None
        return {**tokens, "claims": dict(tokens["userinfo"])}

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        answer = self._app.get(self.discover()["userinfo_endpoint"], token=tokens)
        if answer.status_code != 200:
            raise Refused("invalid_token", answer.text)
        return dict(answer.json())

    def refresh(self, tokens: Tokens) -> Tokens:
        with self._own() as session:
            try:
                fresh = session.refresh_token(self.discover()["token_endpoint"], tokens["refresh_token"])
            except OAuthError as error:
                raise Refused(error.error, error.description or "") from None
        return {**fresh, "claims": dict(self._app.parse_id_token(fresh, nonce=None))}

    def revoke(self, token: str) -> None:
        with self._own() as session:
            answer = session.revoke_token(self.discover()["revocation_endpoint"], token)
            assert answer.status_code == 200

    def introspect(self, token: str) -> dict[str, Any]:
        with self._own() as session:
            return dict(session.introspect_token(self.discover()["introspection_endpoint"], token).json())

    def leave(self, tokens: Tokens, *, to: str, state: str) -> str:
        made = self._app.create_logout_url(post_logout_redirect_uri=to, id_token_hint=tokens["id_token"], state=state)
        return str(made["url"])
