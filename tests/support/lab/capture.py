# SPDX-License-Identifier: Apache-2.0
"""What really went over a cable: BGP messages of both directions, taken from packets. To be started before sessions."""

import ipaddress
import socket
import struct
import threading

import bgp_peer

ETH_P_IP, ETH_P_IPV6, ETH_P_ALL = 0x0800, 0x86DD, 0x0003
TCP, SYN = 6, 0x02
PORT = 179


class Capture:
    """Listens at `eth0` of a machine until closed."""

    def __init__(self, namespace):
        with namespace.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.socket.bind(("eth0", ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.streams = {}  # {(source, port, target, port): Stream}, in the order of their SYNs
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        while True:
            try:
                packet, (_, protocol, *_) = self.socket.recvfrom(1 << 17)
            except OSError:
                return
            segment = _segment(packet, protocol)
            if segment is not None and PORT in segment.ports:
                self._take(segment)

    def _take(self, segment):
        if segment.syn:
            self.streams[segment.ends] = Stream(segment.sequence + 1)
        elif segment.ends in self.streams:
            self.streams[segment.ends].add(segment.sequence, segment.payload)

    def sent_by(self, address):
        """All messages that a machine has sent, connection after connection."""
        return [message for ends, stream in list(self.streams.items()) if ends[0] == address
                for message in stream.messages()]

    def close(self):
        self.socket.close()


class Stream:
    """One direction of one connection. Lost segments come again, and only in order."""

    def __init__(self, sequence):
        self.next, self.data = sequence & 0xFFFFFFFF, b""

    def add(self, sequence, payload):
        known = (self.next - sequence) & 0xFFFFFFFF
        if known < len(payload):
            self.data += payload[known:]
            self.next = (sequence + len(payload)) & 0xFFFFFFFF

    def messages(self):
        data, found = self.data, []
        while len(data) >= bgp_peer.HEADER:
            length = struct.unpack_from("!H", data, 16)[0]
            if len(data) < length or length < bgp_peer.HEADER:
                break
            found.append(bgp_peer.Message(data[18], data[bgp_peer.HEADER:length]))
            data = data[length:]
        return found


class Segment:
    def __init__(self, source, target, data):
        ports = struct.unpack_from("!HH", data)
        self.ports, self.ends = ports, (source, ports[0], target, ports[1])
        self.sequence, self.syn = struct.unpack_from("!I", data, 4)[0], bool(data[13] & SYN)
        self.payload = data[(data[12] >> 4) * 4:]


def _segment(packet, protocol):
    """The TCP segment of a packet; None: none. Neither fragments nor extension headers occur in a lab."""
    if protocol == ETH_P_IP and packet[9] == TCP:
        length = struct.unpack_from("!H", packet, 2)[0]
        return Segment(str(ipaddress.ip_address(packet[12:16])), str(ipaddress.ip_address(packet[16:20])),
                       packet[(packet[0] & 15) * 4:length])
    if protocol == ETH_P_IPV6 and packet[6] == TCP:
        length = struct.unpack_from("!H", packet, 4)[0]
        return Segment(str(ipaddress.ip_address(packet[8:24])), str(ipaddress.ip_address(packet[24:40])),
                       packet[40:40 + length])
    return None
