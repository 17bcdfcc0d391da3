import pytest

from cx_loop.logic.addresses import is_open

INTERNAL = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104
    "10.0.0.8",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INTERNAL)
def test_internal_addresses_are_not_open(address):
    assert not is_open(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_open_network_are(address):
    assert is_open(address)


def test_what_is_no_address_is_refused():
    with pytest.raises(ValueError, match="does not appear"):
        is_open("2130706433.example")
