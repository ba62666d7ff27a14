"""The budget of an address: atomic, sliding, by /64 for IPv6, open without Valkey (docs/security-attempts.md, 35)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoValkey

from apps.core.limits import Budget, budget, seconds_to_wait, spend, subscriber

AT = 1_800_000_000.0  # the beginning of a window


@pytest.fixture(autouse=True)
def empty_counters():
    cache.clear()


def test_thirty_a_minute_and_not_one_more_from_sixty_threads():
    wanted = Budget("test", 30)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: seconds_to_wait("192.0.2.1", wanted, at=AT + 1), range(60)))
    assert answers.count(0) == 30
    assert set(answers) == {0, 59}


def test_no_double_burst_at_the_turn_of_the_window():
    wanted = Budget("test", 10)
    assert [seconds_to_wait("192.0.2.1", wanted, at=AT + 59) for _ in range(10)] == [0] * 10
    assert seconds_to_wait("192.0.2.1", wanted, at=AT + 61) > 0
    assert seconds_to_wait("192.0.2.1", wanted, at=AT + 70) == 0
    assert seconds_to_wait("192.0.2.1", wanted, at=AT + 181) == 0


def test_waiting_as_told_is_enough():
    wanted = Budget("test", 5)
    for _ in range(5):
        seconds_to_wait("192.0.2.1", wanted, at=AT + 50)
    wait = seconds_to_wait("192.0.2.1", wanted, at=AT + 65)
    assert wait > 0
    assert seconds_to_wait("192.0.2.1", wanted, at=AT + 65 + wait) == 0


def test_addresses_do_not_share_but_a_subscriber_of_ipv6_does():
    assert subscriber("2001:db8:1:2::1") == subscriber("2001:db8:1:2:ffff::9")
    assert subscriber("2001:db8:1:3::1") != subscriber("2001:db8:1:2::1")
    assert subscriber("::ffff:192.0.2.1") == subscriber("192.0.2.1") == "192.0.2.1"
    assert subscriber("nonsense") == subscriber(None) == "unknown"


def test_no_limit_means_no_question(settings):
    settings.PUBLIC_BUDGETS = {"lookup": 0}
    assert [seconds_to_wait("192.0.2.1", budget("lookup")) for _ in range(99)] == [0] * 99


def test_without_valkey_the_register_answers(monkeypatch, caplog):
    class Gone:
        def eval(self, *args):
            raise NoValkey("connection refused")

    monkeypatch.setattr(cache._cache, "get_client", lambda *args, **kwargs: Gone())
    assert seconds_to_wait("192.0.2.1", Budget("test", 1)) == 0


def test_what_is_left_and_when_the_window_turns() -> None:
    wanted = Budget("left", 3)
    spent = [spend("machine 1", wanted, at=AT + 10) for _n in range(4)]
    assert [(one.wait > 0, one.left, one.reset) for one in spent] == [
        (False, 2, 50),
        (False, 1, 50),
        (False, 0, 50),
        (True, 0, 50),
    ]
    assert spend("machine 2", wanted, at=AT + 10).left == 2
    assert spend("machine 2", Budget("left", 0), at=AT + 10).wait == 0
