"""The tests' own fences hold."""

import os
import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("198.51.100.7", 53)])
def test_no_test_connects_to_another_machine(address):
    with socket.socket() as one, pytest.raises(Exception, match="reached for the network"):
        one.connect(address)
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(Exception, match="reached for the network"):
        one.sendto(b"?", address)


def test_no_test_looks_up_a_name():
    with pytest.raises(Exception, match="reached for the network"):
        socket.getaddrinfo("desk.example.org", 443)


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as one:
        assert one.getpeername() == server.getsockname()


def test_no_setting_comes_in_from_outside():
    assert [name for name in os.environ if name.startswith(("YAVAR_", "OPENAI_", "LANGSMITH_"))] == []
