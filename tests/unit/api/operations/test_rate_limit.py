"""How often one client may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.operations.rate_limit import MOST_CLIENTS, RateLimit, client_of


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_s_share_may_come_at_once_and_fills_again() -> None:
    clock = _Clock()
    rate = RateLimit(6, clock)
    assert [rate.wait_s("a") for _ in range(6)] == [0] * 6
    assert rate.wait_s("a") == 10
    assert rate.wait_s("b") == 0
    clock.now = 10.0
    assert rate.wait_s("a") == 0
    assert rate.wait_s("a") == 10


def test_who_waits_as_long_as_told_is_not_sent_away_for_a_last_digit() -> None:
    clock = _Clock()
    rate = RateLimit(6, clock)
    # Pauses whose sum, in floating point, is a little less than what it should be.
    for pause in (0.3, 0.3, 0.7, 0.1, 0.3, 0.7, 0.1, 0.7, 1.1, 0.0):
        clock.now += pause
        if wait := rate.wait_s("a"):
            clock.now += wait
            assert rate.wait_s("a") == 0


def test_none_is_no_limit() -> None:
    rate = RateLimit(0)
    assert not any(rate.wait_s("a") for _ in range(1000))


@given(st.integers(1, 600), st.lists(st.floats(0, 30), max_size=60))
def test_whoever_waits_as_long_as_told_is_answered_and_no_one_gets_more_than_his_share(
    per_minute: int, pauses: list[float]
) -> None:
    clock = _Clock()
    rate, answered = RateLimit(per_minute, clock), 0
    for pause in pauses:
        clock.now += pause
        wait = rate.wait_s("a")
        if wait:
            clock.now += wait
            assert rate.wait_s("a") == 0
        answered += 1
    assert answered <= per_minute + clock.now * per_minute / 60 + 1


def test_one_customer_of_ipv6_is_one_client_whatever_address_he_takes() -> None:
    assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert client_of("2001:db8:1:3::1") != client_of("2001:db8:1:2::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1") == "192.0.2.1"
    assert client_of("testclient") == "testclient"


def test_the_memory_of_clients_is_bounded() -> None:
    rate = RateLimit(1)
    assert rate.wait_s("first") == 0
    for number in range(MOST_CLIENTS):
        rate.wait_s(f"client {number}")
    assert rate.wait_s("first") == 0
