# SPDX-License-Identifier: Apache-2.0
"""A BGP peer made of raw bytes: enough to open a session, and to send what no honest speaker would.

It has no state machine and no timers: a test says what is sent and looks at what comes back.
"""

import dataclasses
import ipaddress
import socket
import struct

OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH = 1, 2, 3, 4, 5
MARKER = b"\xff" * 16
HEADER = 19
AS_TRANS = 23456


@dataclasses.dataclass(frozen=True)
class Message:
    """One message as it came: its type and what follows the header."""

    type: int
    body: bytes

    @property
    def notification(self):
        """(code, subcode, data) of a NOTIFICATION."""
        assert self.type == NOTIFICATION, f"not a NOTIFICATION: {self}"
        return self.body[0], self.body[1], self.body[2:]


def message(kind, body=b"", *, marker=MARKER, length=None):
    """A message; `length` overrides what the header says about it."""
    return marker + struct.pack("!HB", HEADER + len(body) if length is None else length, kind) + body


def capability(code, value=b""):
    return bytes((code, len(value))) + value


def multiprotocol(afi, safi=1):
    return capability(1, struct.pack("!HBB", afi, 0, safi))


def four_octet_as(number):
    return capability(65, struct.pack("!I", number))


def open_message(as_number, router_id, *, hold_time=9, version=4, capabilities=None, parameters=None):
    """An OPEN. `capabilities`: bytes, by default IPv4 unicast and four-octet AS; `parameters` replaces them all."""
    if parameters is None:
        if capabilities is None:
            capabilities = multiprotocol(1) + multiprotocol(2) + capability(2) + four_octet_as(as_number)
        parameters = bytes((2, len(capabilities))) + capabilities if capabilities else b""
    two_octets = as_number if as_number < 65536 else AS_TRANS
    fixed = struct.pack("!BHH4sB", version, two_octets, hold_time, socket.inet_aton(router_id), len(parameters))
    return message(OPEN, fixed + parameters)


def capabilities(body):
    """{code: value} of an OPEN's capabilities (RFC 5492 §4); of several with one code the last."""
    found, parameters = {}, body[10:10 + body[9]]
    while parameters:
        kind, size = parameters[0], parameters[1]
        inner, parameters = parameters[2:2 + size] if kind == 2 else b"", parameters[2 + size:]
        while inner:
            found[inner[0]], inner = inner[2:2 + inner[1]], inner[2 + inner[1]:]
    return found


def nlri(prefix):
    """A prefix as it stands in an UPDATE (RFC 4271 §4.3)."""
    network = ipaddress.ip_network(prefix)
    octets = (network.prefixlen + 7) // 8
    return bytes((network.prefixlen,)) + network.network_address.packed[:octets]


def attribute(flags, code, value, *, length=None):
    """A path attribute; `length` overrides what its header says about it."""
    size = len(value) if length is None else length
    if size > 255:
        return struct.pack("!BBH", flags | 0x10, code, size) + value
    return struct.pack("!BBB", flags, code, size) + value


def as_path(*numbers, kind=2, width=4):
    """One segment of an AS_PATH: 1 AS_SET, 2 AS_SEQUENCE, 3 AS_CONFED_SEQUENCE, 4 AS_CONFED_SET."""
    return struct.pack("!BB", kind, len(numbers)) + b"".join(number.to_bytes(width, "big") for number in numbers)


def mp_reach(prefixes, next_hop, *, afi=2, safi=1):
    """The value of an MP_REACH_NLRI (RFC 4760 §3); `next_hop`: octets."""
    return (struct.pack("!HBB", afi, safi, len(next_hop)) + next_hop + b"\0" + b"".join(map(nlri, prefixes)))


def mp_unreach(prefixes, *, afi=2, safi=1):
    return struct.pack("!HB", afi, safi) + b"".join(map(nlri, prefixes))


def update_body(attributes=b"", announced=b"", withdrawn=b"", *, withdrawn_length=None, attributes_length=None):
    """The body of an UPDATE; the lengths may be made to lie."""
    gone = len(withdrawn) if withdrawn_length is None else withdrawn_length
    size = len(attributes) if attributes_length is None else attributes_length
    return struct.pack("!H", gone) + withdrawn + struct.pack("!H", size) + attributes + announced


def attributes(as_number, next_hop, *, communities=()):
    """The attributes of a plain eBGP route, four octets per AS number."""
    block = attribute(0x40, 1, b"\0")
    block += attribute(0x40, 2, struct.pack("!BBI", 2, 1, as_number))
    block += attribute(0x40, 3, socket.inet_aton(next_hop))
    if communities:
        block += attribute(0xC0, 8, b"".join(struct.pack("!HH", *map(int, one.split(":"))) for one in communities))
    return block


def update(prefixes=(), block=b"", withdrawn=()):
    gone = b"".join(map(nlri, withdrawn))
    reach = b"".join(map(nlri, prefixes))
    return message(UPDATE, struct.pack("!H", len(gone)) + gone + struct.pack("!H", len(block)) + block + reach)


def decode_update(body):
    """(withdrawn prefixes, {attribute code: value}, announced prefixes) of an IPv4 UPDATE."""
    gone = struct.unpack_from("!H", body)[0]
    start = 2 + gone + 2
    size = struct.unpack_from("!H", body, 2 + gone)[0]
    return _prefixes(body[2:2 + gone]), _attributes(body[start:start + size]), _prefixes(body[start + size:])


def attribute_flags(body):
    """{attribute code: flags without the extended-length bit} of an UPDATE."""
    start = 4 + struct.unpack_from("!H", body)[0]
    data = body[start:start + struct.unpack_from("!H", body, start - 2)[0]]
    found = {}
    while data:
        found[data[1]] = data[0] & 0xEF
        data = data[4 + struct.unpack_from("!H", data, 2)[0]:] if data[0] & 0x10 else data[3 + data[2]:]
    return found


def _prefixes(data):
    found = []
    while data:
        bits, octets = data[0], (data[0] + 7) // 8
        found.append(f"{ipaddress.ip_address(data[1:1 + octets].ljust(4, bytes(1)))}/{bits}")
        data = data[1 + octets:]
    return found


def _attributes(data):
    found = {}
    while data:
        long = data[0] & 0x10
        size = struct.unpack_from("!H", data, 2)[0] if long else data[2]
        start = 4 if long else 3
        found[data[1]] = data[start:start + size]
        data = data[start + size:]
    return found


class Peer:
    """One TCP connection that speaks BGP by hand."""

    def __init__(self, connection):
        self.connection = connection
        self.input = b""

    @classmethod
    def connect(cls, address, port, *, source=None, timeout=10.0):
        return cls(socket.create_connection((address, port), timeout, (source, 0) if source else None))

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, *messages):
        self.connection.sendall(b"".join(messages))

    def receive(self):
        """The next message; None: the other side closed the connection."""
        while True:
            if len(self.input) >= HEADER:
                length = struct.unpack_from("!H", self.input, 16)[0]
                if len(self.input) >= length:
                    taken, self.input = self.input[:length], self.input[length:]
                    assert taken[:16] == MARKER, f"bad marker in {taken!r}"
                    return Message(taken[18], taken[HEADER:])
            try:
                part = self.connection.recv(65536)
            except ConnectionResetError:
                return None
            if not part:
                return None
            self.input += part

    def receive_until(self, kind):
        """The next message of a kind; what comes before it is dropped."""
        while True:
            got = self.receive()
            assert got is not None, f"closed before a message of type {kind} came"
            if got.type == kind:
                return got

    def establish(self, as_number, router_id, **options):
        """Both OPENs and both KEEPALIVEs; returns the other side's OPEN."""
        self.send(open_message(as_number, router_id, **options))
        theirs = self.receive_until(OPEN)
        self.send(message(KEEPALIVE))
        self.receive_until(KEEPALIVE)
        return theirs

    def notification(self):
        """(code, subcode, data) of the NOTIFICATION that must come; and then the connection must close."""
        found = self.receive_until(NOTIFICATION).notification
        assert self.receive() is None, "not closed after its NOTIFICATION"
        return found
