"""The door to the network opens to declared endpoints alone, and to none where secrets are."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.servers import page, serving
from tools.network import METADATA, Endpoint, Network, NotAllowed, permitted

NEVER = ["169.254.169.254", "169.254.0.1", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fd00:ec2::254",
         "100.100.100.200", "168.63.129.16", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1",
         "192.0.2.1", "2001:db8::1"]
INSIDE = ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fc00::1", "::ffff:10.0.0.1", "100.64.0.1", "64:ff9b::7f00:1"]
OUTSIDE = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", NEVER)
def test_where_secrets_are_told_nobody_goes(address: str) -> None:
    assert not permitted(address, private=True) and not permitted(address, private=False)


@pytest.mark.parametrize("address", INSIDE)
def test_inside_only_where_the_asset_says_so(address: str) -> None:
    assert permitted(address, private=True)
    assert not permitted(address, private=False)


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside_is_free(address: str) -> None:
    assert permitted(address, private=False) and permitted(address, private=True)


@given(st.ip_addresses(), st.booleans())
def test_no_metadata_or_link_local_address_is_ever_permitted(address: object, private: bool) -> None:
    if permitted(str(address), private=private):
        assert address not in METADATA and not address.is_link_local and not address.is_multicast   # type: ignore[attr-defined]


async def test_a_name_is_resolved_once_and_connected_to_by_that_address() -> None:
    """A name that leads elsewhere the second time (rebinding) is not asked a second time."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]
    async with serving(page()) as port, Network(rebinding).open(Endpoint(host="thing.example.org", port=port, private=True)) as line:
        assert line.writer.get_extra_info("peername") == ("127.0.0.1", port)
    assert asked == ["thing.example.org"]


@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "fe80::1"])
async def test_a_literal_address_is_judged_too(host: str) -> None:
    with pytest.raises(NotAllowed):
        async with asyncio.timeout(2), Network().open(Endpoint(host=host, port=80, private=True)):
            raise AssertionError("connected")
