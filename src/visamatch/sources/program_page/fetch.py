"""Fetch a program's page politely: robots.txt obeyed, one request a host at a time, bounded in size and time.

The network's surroundings are the caller's: the clock, the way to wait and to resolve a name. A name is
resolved once, its address is judged, and the connection goes to that very address, at every redirect anew.
"""

import ipaddress
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from protego import Protego

from visamatch.errors import InputError
from visamatch.sources.fetch import AGENT

PAUSE = 2.0  # seconds between two requests to one host, unless its robots.txt asks for more
LONGEST_PAUSE = 30.0
LARGEST = 5_000_000  # bytes of a page, unpacked
LONGEST = 30.0  # seconds for one answer, from the first byte sent to the last received
SILENCE = 10.0  # seconds without a byte
REDIRECTS = 5
ROBOTS = 500_000  # bytes of a robots.txt
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: 200 with a body, or 304 for a page that has not changed."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes = b""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the operating system knows them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise InputError(host, f"a host that can be found ({error.strerror})") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def public(address: str) -> bool:
    """Whether an address is on the open internet, and not a way around to one that is not."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return public(str(ip.ipv4_mapped))
        tunnels = ip.sixtofour or ip.teredo or ip in ipaddress.ip_network("64:ff9b::/96")
        return ip.is_global and not ip.is_multicast and not tunnels
    return ip.is_global and not ip.is_multicast


@dataclass
class Visitor:
    """One polite visitor of many hosts.

    Args:
        clock: seconds that only grow; wait: how to let seconds pass.
        hosted: the app runs for others: only public addresses and the usual ports are visited.
        resolver: gives the addresses of a host and port.
    """

    clock: Callable[[], float]
    wait: Callable[[float], None]
    hosted: bool = False
    resolver: Resolve = resolve
    deadline: float = field(default=0.0, init=False)
    _last: dict[str, float] = field(default_factory=dict, init=False)
    _robots: dict[str, Protego] = field(default_factory=dict, init=False)
    _addresses: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=_Guarded(self)
        )

    def get(self, url: str, etag: str = "", last_modified: str = "") -> Answer:
        """The page at ``url``, or 304 where it is still the one with these validators.

        Raises:
            InputError: what cannot be visited, and why: no such host, robots.txt, too large, too slow, status.
        """
        url = _normal(url)
        ask = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        for _ in range(REDIRECTS + 1):
            self._allowed(url)
            answer = self._request(url, ask, LARGEST)
            target = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                break
            url = _normal(urljoin(url, target))
        else:
            raise InputError(url, f"at most {REDIRECTS} redirects")
        if answer.status == 304 or (answer.status == 200 and answer.body):
            return answer
        found = f"status {answer.status}" if answer.status != 200 else "an empty page"
        raise InputError(url, "a page", found)

    def address(self, host: str, port: int) -> str:
        """The one address of a host that is visited, judged when it was first resolved."""
        if host not in self._addresses:
            found = self.resolver(host, port)
            if self.hosted and not (found and all(map(public, found))):
                raise InputError(host, "a host on the public internet")
            self._addresses[host] = found[0]
        return self._addresses[host]

    def _allowed(self, url: str) -> None:
        origin = _origin(url, self.hosted)
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        if not self._robots[origin].can_fetch(url, AGENT):
            raise InputError(url, "a page its robots.txt lets us read; paste its words instead")

    def _read_robots(self, origin: str) -> Protego:
        """The rules of a host. None of its own: everything may be read; a failing host: nothing."""
        url = f"{origin}/robots.txt"
        for _ in range(REDIRECTS + 1):
            answer = self._request(url, {}, ROBOTS, cut=True)
            target = answer.headers.get("location", "")
            if not 300 <= answer.status < 400 or not target:
                break
            url = _normal(urljoin(url, target))
            _origin(url, self.hosted)
        if answer.status >= 500:
            return Protego.parse("User-agent: *\nDisallow: /")
        text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
        return Protego.parse(text)

    def _request(self, url: str, headers: dict[str, str], limit: int, cut: bool = False) -> Answer:
        host = urlsplit(url).hostname or ""
        self._take_turns(host, url)
        self.deadline = self.clock() + LONGEST
        sent: dict[bytes | str, bytes | str] = {
            "User-Agent": AGENT,
            "Accept-Encoding": "gzip",
            "Host": urlsplit(url).netloc,
        }
        sent |= {"Accept": "text/html, application/pdf;q=0.9, text/plain;q=0.8"}
        sent |= {name: value for name, value in headers.items() if value}
        limits = {
            "timeout": {"connect": SILENCE, "read": SILENCE, "write": SILENCE, "pool": SILENCE}
        }
        try:
            with self._pool.stream("GET", url, headers=sent, extensions=limits) as response:
                given = {k.decode().lower(): v.decode("latin-1") for k, v in response.headers}
                answer = Answer(url, response.status, given)
                if response.status != 200:
                    return answer
                return replace(
                    answer, body=_bounded(url, response.iter_stream(), given, limit, cut)
                )
        except (httpcore.TimeoutException, TimeoutError):
            raise InputError(url, f"an answer within {LONGEST:.0f} seconds") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error, OSError) as error:
            why = str(error) or type(error).__name__
            raise InputError(url, f"a server that answers ({why})") from None
        finally:
            self._last[host] = self.clock()

    def _take_turns(self, host: str, url: str) -> None:
        if host not in self._last:
            return
        robots = self._robots.get(_origin(url, self.hosted))
        asked = robots.crawl_delay(AGENT) if robots else None
        pause = min(max(PAUSE, float(asked or 0)), LONGEST_PAUSE)
        left = self._last[host] + pause - self.clock()
        if left > 0:
            self.wait(left)


def _normal(url: str) -> str:
    """The address in plain ASCII, as it goes over the wire."""
    try:
        return str(httpx.URL(url))
    except httpx.InvalidURL:
        raise InputError("url", "an address that starts with https://", url) from None


def _origin(url: str, hosted: bool) -> str:
    try:
        parts = urlsplit(url)
        usual = parts.port in (None, 80, 443)
    except ValueError:
        raise InputError("url", "an address that starts with https://", url) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise InputError("url", "an address that starts with https://", url)
    if hosted and not usual:
        raise InputError("url", "the usual port", url)
    return f"{parts.scheme}://{parts.netloc}"


def _bounded(
    url: str, blocks: Iterator[bytes], headers: dict[str, str], limit: int, cut: bool
) -> bytes:
    """The unpacked body, of at most ``limit`` bytes; a longer one is cut or refused."""
    packed = headers.get("content-encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise InputError(url, "a page packed with gzip or not at all", packed)
    unpack = zlib.decompressobj(wbits=31) if packed.endswith("gzip") else None
    body = bytearray()
    for block in blocks:
        body += unpack.decompress(block, limit + 1 - len(body)) if unpack else block
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise InputError(url, f"a page of at most {limit // 1_000_000} MB")
    return bytes(body)


class _Guarded(httpcore.NetworkBackend):
    """Connects to the address that was judged, and lets no answer outlast the visitor's deadline."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, self._inner = visitor, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        address = self._visitor.address(host, port)
        stream = self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return _Timed(stream, self._visitor)


class _Timed(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, visitor: Visitor) -> None:
        self._inner, self._visitor = inner, visitor

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._visitor.deadline - self._visitor.clock()
        if left <= 0:
            raise httpcore.ReadTimeout
        return self._inner.read(max_bytes, min(left, timeout or left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, timeout), self._visitor)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
