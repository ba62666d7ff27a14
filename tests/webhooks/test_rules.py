"""Where a delivery may go, and what proves it."""

import hashlib
import hmac

import pytest

from apps.webhooks.rules.addresses import may_reach, url_problems
from apps.webhooks.rules.signing import signature

INSIDE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "192.0.2.7", "198.18.0.1", "::1", "::", "fe80::1", "fc00::7", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.8", "::10.0.0.8", "64:ff9b::7f00:1", "64:ff9b::a00:8", "2002:7f00:1::",
    "2002:a00:8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_delivery_goes_inside(address):
    assert not may_reach(address, ())


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101"])
def test_the_open_internet_is_reached(address):
    assert may_reach(address, ())


def test_an_installation_may_name_networks_of_its_own():
    assert may_reach("10.20.1.1", ["10.20.0.0/16"])
    assert not may_reach("10.21.1.1", ["10.20.0.0/16"])
    assert may_reach("::ffff:10.20.1.1", ["fd00::/8", "10.20.0.0/16"])


@pytest.mark.parametrize(
    "url",
    [
        "", "hook", "http://example.org/", "ftp://example.org/", "//example.org/", "https://", "https://localhost/",
        "https://user@example.org/", "https://user:pw@example.org/", "https://example.org/#part", "https://example.org:x/",
        "https://例子.cn/", "https://example.org/a b", "https://example.org/\r\nHost: x", "https://[::1",
        "javascript:alert(1)",
        "https://" + "a" * 500 + ".org/",
    ],
)  # fmt: skip
def test_a_faulty_address_is_refused(url):
    assert [problem.code for problem in url_problems(url)] == ["webhook.url"]


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://10.0.0.8:8443/x", "https://[::ffff:10.0.0.8]/"]
)
def test_an_inner_address_is_refused_by_name(url):
    assert [problem.code for problem in url_problems(url)] == ["webhook.private"]


@pytest.mark.parametrize("url", ["https://example.org", "https://hooks.example.org:8443/a?b=c", "https://1.1.1.1/x"])
def test_a_public_address_is_taken(url):
    assert url_problems(url) == []


def test_the_signature_is_over_time_and_body():
    expected = hmac.new(b"whsec_x", b"1764000000." + '{"a":"茶"}'.encode(), hashlib.sha256).hexdigest()
    assert signature("whsec_x", 1764000000, '{"a":"茶"}'.encode()) == f"v1={expected}"
    assert signature("whsec_x", 1764000001, '{"a":"茶"}'.encode()) != f"v1={expected}"
