"""Sockets to listen on: one alone, or one for each process on the same port."""

from __future__ import annotations

import pickle
import selectors
import socket
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

import pytest

from api.operations.listening import SharedPort, listen

HOST = "127.0.0.1"


def test_a_process_alone_takes_a_free_port_and_nobody_else_takes_it() -> None:
    with listen(HOST, 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((HOST, port)):
            pass
        with pytest.raises(OSError, match="in use"):
            listen(HOST, port)
        with pytest.raises(OSError, match="in use"):
            SharedPort.take(HOST, port)


def test_what_is_sent_to_processes_becomes_a_listener_of_each_and_both_get_connections() -> None:
    with ExitStack() as stack:
        shared = SharedPort.take(HOST, 0)
        stack.enter_context(shared.holder)
        sent = pickle.dumps(shared)
        listeners = [stack.enter_context(pickle.loads(sent)) for _ in range(2)]
        assert {listener.getsockname() for listener in listeners} == {shared.address}
        answered: Counter[int] = Counter()
        selector = stack.enter_context(selectors.DefaultSelector())
        for number, listener in enumerate(listeners):
            selector.register(listener, selectors.EVENT_READ, number)
        for _ in range(64):
            stack.enter_context(socket.create_connection(shared.address))
            [(ready, _)] = selector.select(10)
            stack.enter_context(listeners[ready.data].accept()[0])
            answered[ready.data] += 1
        # One in 2 ** 63 runs has all of them at one.
        assert set(answered) == {0, 1}


def test_one_that_is_late_hears_nothing_before_its_server_listens() -> None:
    shared = SharedPort.take(HOST, 0)
    with shared.holder, pickle.loads(pickle.dumps(replace(shared, is_late=True))) as late:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(shared.address)
        late.listen()
        with socket.create_connection(shared.address):
            pass


def test_a_port_that_another_service_shares_among_its_processes_is_not_shared_with_it() -> None:
    shared = SharedPort.take(HOST, 0)
    with shared.holder, pickle.loads(pickle.dumps(shared)):
        with pytest.raises(OSError, match="in use"):
            SharedPort.take(HOST, shared.address[1])
        with pytest.raises(OSError, match="in use"):
            listen(HOST, shared.address[1])


def test_a_port_is_held_while_no_process_listens() -> None:
    shared = SharedPort.take(HOST, 0)
    with shared.holder, pytest.raises(OSError, match="in use"), socket.socket() as other:
        other.bind(shared.address)
