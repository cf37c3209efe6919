"""The queue before computations: bounded, first come first served, and no slot is ever lost."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.operations.admission import LEAST_PATIENCE_S, PATIENCE, TURNS, Admission, OverloadedError
from tests.support.virtual_time import run_virtually


def _never() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def test_who_finds_no_place_is_refused_at_once_and_who_waits_too_long_later() -> None:
    async def run() -> None:
        admission = Admission(1, 1, 0.05)
        assert await admission.enter(_never())
        waiting = asyncio.create_task(admission.enter(_never()))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError) as full:
            await admission.enter(_never())
        assert full.value.why == "queue_full"
        with pytest.raises(OverloadedError) as late:
            await waiting
        assert late.value.why == "waited_too_long"
        admission.leave(1.0)
        assert await admission.enter(_never())

    asyncio.run(run())


def test_slots_go_to_who_has_waited_longest() -> None:
    async def run() -> list[int]:
        admission, order = Admission(1, 10, 5), []
        await admission.enter(_never())

        async def client(number: int) -> None:
            assert await admission.enter(_never())
            order.append(number)
            admission.leave(1.0)

        clients = [asyncio.create_task(client(number)) for number in range(5)]
        await asyncio.sleep(0)
        admission.leave(1.0)
        await asyncio.gather(*clients)
        return order

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]


async def _refused_after_s(admission: Admission) -> float:
    begin = asyncio.get_running_loop().time()
    with pytest.raises(OverloadedError) as late:
        await admission.enter(_never())
    assert late.value.why == "waited_too_long"
    return asyncio.get_running_loop().time() - begin


def test_once_the_queue_was_full_nobody_waits_long_until_nobody_is_refused() -> None:
    longest_s = 4.0

    async def run() -> None:
        admission = Admission(1, 1, longest_s)
        assert await admission.enter(_never())
        assert await _refused_after_s(admission) == longest_s
        waiting = asyncio.create_task(admission.enter(_never()))
        await asyncio.sleep(PATIENCE * longest_s + 0.5)
        with pytest.raises(OverloadedError) as full:
            await admission.enter(_never())
        assert full.value.why == "queue_full"
        admission.leave(1.0)
        with pytest.raises(OverloadedError):  # its turn comes too late now, and the slot is free
            await waiting
        assert await admission.enter(_never())
        assert await _refused_after_s(admission) == PATIENCE * longest_s
        await asyncio.sleep(longest_s - 0.5)
        assert await _refused_after_s(admission) == PATIENCE * longest_s
        await asyncio.sleep(longest_s)
        assert await _refused_after_s(admission) == longest_s

    run_virtually(run())


@pytest.mark.parametrize(
    ("held_s", "patience_s"),
    [([0.1] * 9, TURNS * 0.1), ([0.001] * 9, LEAST_PATIENCE_S), ([60.0], PATIENCE * 4), ([1.0] + [0.1] * 999, 0.3)],
    ids=["short", "hardly any", "long", "long once"],
)
def test_once_the_queue_was_full_nobody_waits_for_more_than_a_few_computations(
    held_s: list[float], patience_s: float
) -> None:
    async def run() -> None:
        admission, leaving = Admission(1, 1, 4.0), _never()
        for seconds in held_s:
            assert await admission.enter(_never())
            admission.leave(seconds)
        assert await admission.enter(_never())
        waiting = asyncio.create_task(admission.enter(leaving))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError) as full:
            await admission.enter(_never())
        assert full.value.why == "queue_full"
        leaving.set_result(None)
        assert not await waiting
        assert await _refused_after_s(admission) == pytest.approx(patience_s, rel=1e-5)

    run_virtually(run())


def test_a_client_that_leaves_the_queue_makes_room() -> None:
    async def run() -> None:
        admission = Admission(1, 1, 5)
        await admission.enter(_never())
        leaving = _never()
        waiting = asyncio.create_task(admission.enter(leaving))
        await asyncio.sleep(0)
        leaving.set_result(None)
        assert not await waiting
        next_one = asyncio.create_task(admission.enter(_never()))
        await asyncio.sleep(0)
        admission.leave(1.0)
        assert await next_one

    asyncio.run(run())


def test_a_slot_is_lent_when_one_is_free_and_the_only_one_never() -> None:
    async def run() -> None:
        two, one = Admission(2, 4, 0.01), Admission(1, 4, 0.01)
        for admission in (two, one):
            admission.lend()
            assert await admission.enter(_never())
            with pytest.raises(OverloadedError):
                await admission.enter(_never())
            admission.take_back()
        assert await two.enter(_never())
        two.lend()  # owed: the next that is free
        two.leave(1.0)
        with pytest.raises(OverloadedError):
            await two.enter(_never())

    asyncio.run(run())


@given(
    st.lists(st.sampled_from(["come", "finish", "leave", "cancel", "wait", "lend", "back"]), max_size=40),
    st.integers(1, 3),
)
def test_whatever_clients_do_no_slot_is_lost_and_none_is_made(acts: list[str], n_slots: int) -> None:
    async def run() -> None:
        seen: list[tuple[int, int]] = []
        admission = Admission(n_slots, 4, 60, lambda running, waiting: seen.append((running, waiting)))
        clients: list[tuple[asyncio.Task[bool], asyncio.Future[None]]] = []
        inside = lent = 0

        async def settle() -> None:
            nonlocal inside
            for _ in range(4):
                await asyncio.sleep(0)
            for client in [client for client in clients if client[0].done()]:
                clients.remove(client)
                if not client[0].cancelled() and client[0].exception() is None:
                    inside += client[0].result()

        for act in acts:
            if act == "come":
                leaving = _never()
                clients.append((asyncio.create_task(admission.enter(leaving)), leaving))
            elif act == "finish" and inside:
                inside -= 1
                admission.leave(1.0)
            elif act == "lend":
                lent += 1
                admission.lend()
            elif act == "back" and lent:
                lent -= 1
                admission.take_back()
            elif act == "leave" and clients:
                clients[0][1].set_result(None)
            elif act == "cancel" and clients:
                clients[-1][0].cancel()
            if act != "wait":
                await settle()
        await settle()
        while inside:
            inside -= 1
            admission.leave(1.0)
            await settle()
        # Whatever is lent, one slot is left for requests.
        assert not clients
        assert await asyncio.wait_for(admission.enter(_never()), 1)
        admission.leave(1.0)
        for _ in range(lent):
            admission.take_back()
        assert all(0 <= running <= n_slots and 0 <= waiting <= 4 for running, waiting in seen)
        assert [await admission.enter(_never()) for _ in range(n_slots)] == [True] * n_slots

    asyncio.run(run())
