import socket
import time
from ipaddress import ip_network

import pytest

from ivr.inquiries import addresses
from ivr.inquiries.addresses import NotAsked, allowed, resolve

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # a cloud's metadata
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # a cloud's own channel, public by its number
    "169.254.0.1",
    "169.254.169.254",  # metadata of most clouds
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo of 10.0.0.1
    "fc00::1",
    "fd00:ec2::254",  # metadata
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_of_the_public_network_is_never_asked(address):
    assert not allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_network_may_be_asked(address):
    assert allowed(address)


def test_a_network_of_ones_own_may_be_asked_where_the_environment_says_so():
    ours = (ip_network("127.0.0.0/8"),)
    assert allowed("127.0.0.1", ours)
    assert not allowed("10.0.0.1", ours)
    assert not allowed("::1", ours)


def answering(monkeypatch, *found):
    def getaddrinfo(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)


def test_a_name_that_points_inside_is_refused(monkeypatch):
    answering(monkeypatch, "10.1.2.3")
    with pytest.raises(NotAsked, match=r"crm.example.org has the address 10.1.2.3"):
        resolve("crm.example.org", 443, time.monotonic() + 5)


def test_one_address_inside_among_public_ones_is_enough_to_refuse(monkeypatch):
    answering(monkeypatch, "93.184.215.14", "127.0.0.1")
    with pytest.raises(NotAsked, match=r"127\.0\.0\.1"):
        resolve("crm.example.org", 443, time.monotonic() + 5)


def test_the_very_address_that_was_judged_is_what_we_connect_to(monkeypatch):
    answering(monkeypatch, "93.184.215.14")
    assert resolve("crm.example.org", 443, time.monotonic() + 5) == [(socket.AF_INET, ("93.184.215.14", 443))]


def test_a_name_without_an_address_is_not_asked():
    with pytest.raises(NotAsked, match="has no address"):
        resolve("nobody.invalid", 443, time.monotonic() + 5)


def test_a_slow_name_server_costs_no_more_than_the_time_there_is(monkeypatch):
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: time.sleep(5) or [])
    began = time.monotonic()
    with pytest.raises(NotAsked, match="too slow"):
        resolve("crm.example.org", 443, began + 0.2)
    assert time.monotonic() - began < 4.5
