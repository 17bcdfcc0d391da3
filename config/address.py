"""Where the web server listens, and how others call it."""

import contextlib
import errno
import http.client
import os
import socket
from urllib.parse import urlsplit

from config.servers.problems import ServersError

EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104


def check(host: str, port: int) -> tuple[str, int]:
    """Whether we may listen there: numeric address and port (a free one for 0), or ServersError."""
    if not 0 <= port <= 65535:
        raise ServersError(f"--port {port} is no port; take one between 1024 and 65535")
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen(1)
            address, number = probe.getsockname()[:2]
            return str(address), int(number)
    except socket.gaierror:
        raise ServersError(f"--host {host} is not a known name or address") from None
    except OSError as error:
        raise ServersError(_reason(error, host, port)) from None


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use by another program; choose one with --port"
    if error.errno == errno.EACCES:
        return f"port {port} is reserved for root; choose one above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host} is no address of this machine; try 127.0.0.1, or 0.0.0.0 for all"
    return f"cannot listen on {host} port {port}: {error.strerror}"


def url(host: str, port: int) -> str:
    name = _called(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def settings(host: str, port: int) -> dict[str, str]:
    """What the pages need to know: their own address, and the names they may be called by."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in EVERYWHERE:
        names += [socket.gethostname(), *_own_addresses()]
    else:
        names.append(f"[{host}]" if ":" in host else host)
    if public := urlsplit(os.environ.get("CX_PUBLIC_URL", "")).hostname:
        names.append(public)
    return {"CX_PUBLIC_URL": url(host, port), "CX_ALLOWED_HOSTS": ",".join(dict.fromkeys(names))}


def answers(host: str, port: int) -> bool:
    """Whether a web server answers anything at all there."""
    local = "127.0.0.1" if host in EVERYWHERE else host
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(local, port, timeout=30)
        with contextlib.closing(connection):
            connection.request("HEAD", "/api/v1/health/")
            return connection.getresponse().status > 0
    return False


def _called(host: str) -> str:
    if host not in EVERYWHERE:
        return host
    return next(iter(_own_addresses()), "127.0.0.1")


def _own_addresses() -> list[str]:
    with contextlib.suppress(OSError):
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        return [str(f[4][0]) for f in found if not str(f[4][0]).startswith("127.")]
    return []
