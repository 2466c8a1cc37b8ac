"""A provider that answers what it is told to, right or wrong: for what no decent provider would ever send."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from madoguchi.support.business.tests.going import CLIENT

KEY, OTHER_KEY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
_ALL = JWSRegistry(algorithms=["RS256", "HS256"], strict_check_header=False)


class Hostile:
    """Signs ``claims`` (changed, or None to leave one out) by ``alg`` with ``key``; ``metadata`` and ``token`` change
    what it says of itself and what its token endpoint answers. ``back`` changes what the browser brings back."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.be_decent()

    def be_decent(self) -> None:
        self.claims: dict[str, Any] = {}
        self.alg, self.key, self.header = "RS256", KEY, {"kid": "one"}
        self.metadata: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.back: dict[str, str] = {}
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.nonce = self.max_age = ""

    def end(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append(path)
        if path in self.broken:
            return *self.broken[path], {}
        if path == "/authorize":
            self.nonce, self.max_age = query["nonce"], query.get("max_age", "")
            more = {"code": "a-code", "state": query["state"], "iss": self.issuer, **self.back}
            pairs = "&".join(f"{name}={value}" for name, value in more.items() if value)
            return 302, b"", {"Location": f"{query['redirect_uri']}?{pairs}"}
        said = {
            "/.well-known/openid-configuration": self._about,
            "/jwks": lambda: {"keys": [{**KEY.as_dict(private=False), "kid": "one"}]},
            "/token": lambda: {
                "access_token": "a-token",
                "token_type": "Bearer",
                "id_token": self._signed(),
                **self.token,
            },
        }[path]()
        return 200, json.dumps(said).encode(), {"Content-Type": "application/json"}

    def _about(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {
            "issuer": self.issuer,
            "authorization_response_iss_parameter_supported": True,
            **{name: f"{self.issuer}/{place}" for name, place in places.items()},
            **self.metadata,
        }

    def _signed(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "kana",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "email": "kana@example.jp",
            "email_verified": True,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.alg == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none", **self.header}, kept))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        return jwt.encode({"alg": self.alg, **self.header}, kept, self.key, registry=_ALL)

    def _handler(outer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                status, body, headers = outer.answer(parts.path, query)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - the name the base class looks for

            def log_message(self, *_: object) -> None:
                pass

        return Handler
