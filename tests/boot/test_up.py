import socket

import pytest

from config import address, launch
from config.servers import ServersError


def test_a_port_in_use_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServersError, match=rf"port {port} .* in use .*--port"):
            address.check("127.0.0.1", port)


def test_port_0_takes_a_free_one():
    host, port = address.check("localhost", 0)
    assert (host, 0 < port < 65536) in [("127.0.0.1", True), ("::1", True)]


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [("192.0.2.7", 0, "no address of this machine"), ("::1", 70000, "no port")],
)
def test_an_impossible_address_is_said(host, port, said):
    with pytest.raises(ServersError, match=said):
        address.check(host, port)


def test_the_public_address_follows_host_and_port():
    assert address.settings("127.0.0.1", 8123)["CX_PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert address.url("::1", 80) == "http://[::1]:80"


@pytest.mark.parametrize(
    "arguments", [["migrate", "--data-dir", "/x y"], ["--data-dir=/x y", "migrate"]]
)
def test_the_data_folder_is_taken_from_anywhere_in_the_command(arguments):
    assert launch.take_data_dir(arguments) == (["migrate"], "/x y")
