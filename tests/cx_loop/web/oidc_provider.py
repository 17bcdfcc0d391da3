"""A small OpenID Connect provider: real HTTP on loopback, RS256, code flow with PKCE."""

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "cx-loop", "between-us"
NOW_AND_ON = 4_000_000_000  # seconds; a token of the tests does not run out


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`claims` are said of whoever signs in there; what else is set makes it lie or limp."""

    claims: dict[str, Any]
    key: rsa.RSAPrivateKey = field(default_factory=make_key)
    signs_with: rsa.RSAPrivateKey | None = None
    audience: str = CLIENT
    userinfo: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    codes: dict[str, str] = field(default_factory=dict)  # code -> challenge
    url: str = ""
    server: ThreadingHTTPServer | None = None

    def start(self) -> "Provider":
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        assert self.server is not None
        self.server.shutdown()
        self.server.server_close()

    def configuration(self) -> dict[str, Any]:
        ends = {name: f"{self.url}/{name}" for name in ("authorize", "token", "userinfo", "jwks")}
        return {
            "issuer": self.url,
            "authorization_endpoint": ends["authorize"],
            "token_endpoint": ends["token"],
            "userinfo_endpoint": ends["userinfo"],
            "jwks_uri": ends["jwks"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [told | {"kid": "one", "alg": "RS256", "use": "sig"}]}

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        asked = self.codes.pop(sent.get("code", ""), None)
        if (sent.get("client_id"), sent.get("client_secret"), asked) != (CLIENT, SECRET, challenge):
            return None
        claims = {"iss": self.url, "aud": self.audience, "exp": NOW_AND_ON, **self.claims}
        signed = jwt.encode(
            claims, self.signs_with or self.key, algorithm="RS256", headers={"kid": "one"}
        )
        return {"access_token": "let-me-see", "token_type": "Bearer", "id_token": signed}


class Answers(BaseHTTPRequestHandler):
    def __init__(self, provider: Provider, *given: Any) -> None:
        self.provider = provider
        super().__init__(*given)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if self.provider.is_down:
            self._say(None)
        elif url.path == "/authorize":
            self._send_back(asked)
        else:
            pages = {
                "/.well-known/openid-configuration": self.provider.configuration(),
                "/jwks": self.provider.keys(),
                "/userinfo": self.provider.userinfo,
            }
            self._say(pages.get(url.path))

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._say(self.provider.token({name: values[0] for name, values in sent.items()}))

    def _send_back(self, asked: dict[str, str]) -> None:
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        self.provider.codes["a-code"] = asked["code_challenge"]
        self.send_response(302)
        back = urlencode({"code": "a-code", "state": asked["state"]})
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, what: dict[str, Any] | None) -> None:
        body = json.dumps(what or {"error": "refused"}).encode()
        self.send_response(503 if what is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """The test's own output stays readable."""
