"""Where a delivery may go: never to the portal's own network (server-side request forgery, CWE-918)."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from apps.core.problems import Problem

LONGEST = 500
# Addresses of the sixth version that carry one of the fourth: the inner one decides.
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0/96"), IPv6Network("::/96"))


def url_problems(url: str) -> list[Problem]:
    """What keeps an address from being taken: form only. Where its name leads is asked at every delivery anew."""
    remedy = _("请填写 https:// 开头的公网地址，例如 https://example.org/hook")
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        rule = _("地址只能由不超过%(n)d个 ASCII 字符组成") % {"n": LONGEST}
        return [Problem("webhook.url", "url", url[:60], rule, remedy)]
    parts = _split(url)
    if parts is None or parts.scheme != "https" or not parts.hostname:
        return [Problem("webhook.url", "url", url[:60], _("须为 https 地址"), remedy)]
    if parts.username is not None or parts.password is not None or parts.fragment:
        return [Problem("webhook.url", "url", url[:60], _("地址中不能有账号、密码和 # 之后的部分"), remedy)]
    if "." not in parts.hostname and ":" not in parts.hostname:
        return [Problem("webhook.url", "url", url[:60], _("须为完整的公网域名"), remedy)]
    literal = _address(parts.hostname)
    if literal is not None and not may_reach(literal, ()):
        rule = _("不向内网和保留地址推送")
        return [Problem("webhook.private", "url", url[:60], rule, remedy, barred=True)]
    return []


def may_reach(address: IPv4Address | IPv6Address | str, allowed: Iterable[str]) -> bool:
    """Whether an address is of the open internet, or of a network that the installation names (tests, a trial)."""
    found = ip_address(address) if isinstance(address, str) else address
    inner = _inner(found)
    if any(inner in ip_network(network) for network in allowed if ip_network(network).version == inner.version):
        return True
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner.is_unspecified)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    for carried in (address.ipv4_mapped, address.sixtofour, address.teredo[1] if address.teredo else None):
        if carried is not None:
            return carried
    if any(address in network for network in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _port = parts.port  # a ValueError where it is no number
    except ValueError:
        return None
    return parts


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
