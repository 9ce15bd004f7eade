// SPDX-License-Identifier: Apache-2.0
// rtnetlink messages as values, and what becomes of the machine's links and addresses by them.
#include "bgpd/net/rtnetlink.hpp"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "bgpd/net/interface_table.hpp"
#include "bgpd/net/interface_watch.hpp"

using namespace lbgp;
using namespace lbgp::daemon::net;

namespace {

using Octets = std::vector<std::uint8_t>;

wire::IpAddress address(const std::string& text) {
  return wire::parse_address(text).value();
}
InterfaceAddress on(const std::string& interface, const std::string& text, unsigned length) {
  return {interface, address(text), wire::Prefix(address(text), length)};
}

void append(Octets& to, const void* from, std::size_t size) {
  const auto* first = static_cast<const std::uint8_t*>(from);
  to.insert(to.end(), first, first + size);
  while (to.size() % 4 != 0) to.push_back(0);
}
template <typename T>
void append(Octets& to, const T& value) {
  append(to, &value, sizeof value);
}

Octets attribute(std::uint16_t type, const Octets& value) {
  Octets out;
  append(out, rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + value.size()), type});
  append(out, value.data(), value.size());
  return out;
}
Octets octets_of(const std::string& text) {
  const wire::IpAddress parsed = address(text);
  const auto bytes = parsed.bytes();
  return {bytes.begin(), bytes.end()};
}

Octets message(std::uint16_t type, const Octets& body, std::uint16_t flags = 0) {
  Octets out;
  append(out, nlmsghdr{static_cast<std::uint32_t>(sizeof(nlmsghdr) + body.size()), type, flags, 0, 0});
  append(out, body.data(), body.size());
  return out;
}

Octets link(int index, const std::string& name, unsigned flags, std::uint16_t type = RTM_NEWLINK,
            unsigned char family = AF_UNSPEC) {
  ifinfomsg head{};
  head.ifi_family = family;
  head.ifi_index = index;
  head.ifi_flags = flags;
  Octets body;
  append(body, head);
  Octets terminated(name.begin(), name.end());
  terminated.push_back(0);
  const Octets named = attribute(IFLA_IFNAME, terminated);
  body.insert(body.end(), named.begin(), named.end());
  return message(type, body);
}
constexpr unsigned kUp = IFF_UP | IFF_RUNNING;

Octets own(unsigned index, const std::string& text, unsigned char length, std::uint32_t flags = 0,
           std::uint16_t type = RTM_NEWADDR, const std::string& other_end = "") {
  const Octets octets = octets_of(text);
  ifaddrmsg head{};
  head.ifa_family = octets.size() == 4 ? AF_INET : AF_INET6;
  head.ifa_prefixlen = length;
  head.ifa_flags = static_cast<unsigned char>(flags);
  head.ifa_index = index;
  Octets body;
  append(body, head);
  Octets flag_octets;
  append(flag_octets, flags);
  // As the kernel does: IPv6 has IFA_LOCAL only where there is another end.
  std::vector<Octets> attributes{attribute(IFA_ADDRESS, other_end.empty() ? octets : octets_of(other_end)),
                                 attribute(IFA_FLAGS, flag_octets)};
  if (octets.size() == 4 || !other_end.empty()) attributes.push_back(attribute(IFA_LOCAL, octets));
  for (const Octets& each : attributes) body.insert(body.end(), each.begin(), each.end());
  return message(type, body);
}

Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A machine that is told this.
struct Told {
  InterfaceTable table;
  bool tell(const Octets& datagram) {
    const NetlinkPart part = read_part(datagram);
    REQUIRE_FALSE(part.broken);
    bool changed = false;
    for (const HostMessage& each : part.messages) changed = table.apply(each) || changed;
    return changed;
  }
};

}  // namespace

TEST_CASE("links and addresses are read from a datagram, whatever else is in it", "[net][rtnetlink]") {
  const NetlinkPart part =
      read_part(link(2, "eth0", kUp) + message(RTM_NEWROUTE, Octets(12)) + own(2, "192.0.2.5", 24) +
                own(2, "2001:db8::5", 64, IFA_F_DEPRECATED | IFA_F_PERMANENT));
  CHECK_FALSE(part.broken);
  CHECK_FALSE(part.end);
  REQUIRE(part.messages.size() == 3);
  const auto& eth0 = std::get<LinkMessage>(part.messages[0]);
  CHECK((eth0.index == 2 && eth0.name == "eth0" && !eth0.gone && eth0.up && eth0.running));
  const auto& v4 = std::get<AddressMessage>(part.messages[1]);
  CHECK((v4.index == 2 && v4.address == address("192.0.2.5") && !v4.gone && !v4.second_choice));
  CHECK(v4.network == wire::Prefix(address("192.0.2.0"), 24));
  const auto& v6 = std::get<AddressMessage>(part.messages[2]);
  CHECK((v6.address == address("2001:db8::5") && v6.second_choice));
}

TEST_CASE("a carrier is more than an administrator's wish", "[net][rtnetlink]") {
  const auto only = [](const Octets& datagram) {
    return std::get<LinkMessage>(read_part(datagram).messages.at(0));
  };
  CHECK((only(link(2, "eth0", IFF_UP)).up && !only(link(2, "eth0", IFF_UP)).running));
  CHECK_FALSE(only(link(2, "eth0", IFF_RUNNING)).running);
  CHECK(only(link(2, "eth0", 0, RTM_DELLINK)).gone);
  // A port that leaves its bridge is not gone.
  CHECK(read_part(link(2, "eth0", kUp, RTM_DELLINK, AF_BRIDGE)).messages.empty());
}

TEST_CASE("an address that may be somebody else's too is not ours yet", "[net][rtnetlink][rfc4862-5.4]") {
  const auto gone = [](std::uint32_t flags) {
    return std::get<AddressMessage>(read_part(own(2, "2001:db8::5", 64, flags)).messages.at(0)).gone;
  };
  CHECK(gone(IFA_F_TENTATIVE));
  CHECK(gone(IFA_F_TENTATIVE | IFA_F_DADFAILED));
  CHECK(gone(IFA_F_DADFAILED | IFA_F_PERMANENT));
  CHECK_FALSE(gone(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC));  // RFC 4429
  CHECK_FALSE(gone(IFA_F_PERMANENT));
}

TEST_CASE("the network of a point-to-point address is the other end's", "[net][rtnetlink]") {
  const auto part = read_part(own(2, "192.0.2.1", 32, 0, RTM_NEWADDR, "198.51.100.1"));
  const auto& read = std::get<AddressMessage>(part.messages.at(0));
  CHECK(read.address == address("192.0.2.1"));
  CHECK(read.network == wire::Prefix::host(address("198.51.100.1")));
}

TEST_CASE("the end of a dump, and one that is not of one moment", "[net][rtnetlink]") {
  CHECK(read_part(message(NLMSG_DONE, Octets(4))).end);
  CHECK(read_part(message(NLMSG_DONE, Octets(4), NLM_F_DUMP_INTR)).changed_meanwhile);
  CHECK(read_part(message(NLMSG_ERROR, Octets(20))).broken);
  // Nothing behind the end is read.
  CHECK(read_part(message(NLMSG_DONE, Octets(4)) + link(2, "eth0", kUp)).messages.empty());
}

TEST_CASE("what is cut off, at any place, is broken and reads nothing beyond", "[net][rtnetlink]") {
  for (const Octets& whole : {link(2, "eth0", kUp), own(2, "192.0.2.5", 24), own(2, "2001:db8::5", 64)})
    for (std::size_t size = 1; size < whole.size(); ++size) {
      INFO("cut at " << size);
      // Cut by the sender's count, and by the receiver's buffer. Of its own size, so that a tool would see
      // what lies beyond.
      const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK(read_part(cut).broken);
      CHECK(read_part(cut).messages.empty());
      Octets claimed = cut;
      if (size < sizeof(nlmsghdr)) continue;
      const auto length = static_cast<std::uint32_t>(size);
      std::memcpy(claimed.data(), &length, sizeof length);
      for (const HostMessage& each :
           read_part(claimed).messages)  // whole attributes may be missing at the end
        if (const auto* address = std::get_if<AddressMessage>(&each))
          CHECK(address->network.length() <= address->address.bits());
    }
}

TEST_CASE("lengths and values that cannot be are refused", "[net][rtnetlink]") {
  Octets short_header = link(2, "eth0", kUp);
  short_header[0] = 8;  // nlmsg_len below the header's own size
  CHECK(read_part(short_header).broken);
  Octets long_attribute = link(2, "eth0", kUp);
  long_attribute[sizeof(nlmsghdr) + sizeof(ifinfomsg)] = 0xff;  // rta_len
  CHECK(read_part(long_attribute).broken);
  long_attribute[sizeof(nlmsghdr) + sizeof(ifinfomsg)] = 0;
  CHECK(read_part(long_attribute).broken);
  CHECK(read_part(own(2, "192.0.2.5", 33)).broken);
  CHECK(read_part(own(2, "2001:db8::5", 129)).broken);
  CHECK(read_part(message(RTM_NEWADDR, Octets(sizeof(ifaddrmsg)))).broken);  // without an address
  CHECK(read_part(message(RTM_NEWLINK, {})).broken);
  CHECK(read_part(link(2, "", kUp)).broken);
  CHECK_FALSE(read_part({}).broken);
  // A message that cannot be read does not hide the next one.
  CHECK(read_part(own(2, "192.0.2.5", 33) + link(2, "eth0", kUp)).messages.size() == 1);
}

TEST_CASE("the table follows what is said, and tells whether it matters", "[net][interfaces]") {
  Told told;
  CHECK(told.tell(link(1, "lo", kUp | IFF_LOOPBACK) + own(1, "127.0.0.1", 8)));
  CHECK(told.tell(link(2, "eth0", kUp) + own(2, "192.0.2.5", 24) + own(2, "2001:db8::5", 64)));
  CHECK(told.table.addresses() ==
        std::vector{on("lo", "127.0.0.1", 8), on("eth0", "192.0.2.5", 24), on("eth0", "2001:db8::5", 64)});
  CHECK(told.table.is_running("eth0"));
  CHECK(told.table.holder_of(address("2001:db8::5")) == "eth0");
  // Said again, as with every router advertisement.
  CHECK_FALSE(told.tell(link(2, "eth0", kUp) + own(2, "2001:db8::5", 64)));
  CHECK(told.tell(own(2, "2001:db8::5", 64, 0, RTM_DELADDR)));
  CHECK_FALSE(told.tell(own(2, "2001:db8::5", 64, 0, RTM_DELADDR)));
  CHECK(told.table.holder_of(address("2001:db8::5")).empty());
  // Without a carrier it has its addresses, taken down it has them for nobody.
  CHECK(told.tell(link(2, "eth0", IFF_UP)));
  CHECK_FALSE(told.table.is_running("eth0"));
  CHECK(told.table.addresses().size() == 2);
  CHECK(told.tell(link(2, "eth0", 0)));
  CHECK(told.table.addresses() == std::vector{on("lo", "127.0.0.1", 8)});
  CHECK(told.tell(link(2, "lan0", kUp)));
  CHECK(told.table.holder_of(address("192.0.2.5")) == "lan0");
  CHECK(told.tell(link(2, "lan0", 0, RTM_DELLINK)));
  CHECK_FALSE(told.tell(own(2, "192.0.2.5", 24)));  // late news of a link that is gone
  CHECK_FALSE(told.table.is_running("lan0"));
}

TEST_CASE("of an interface's addresses the lasting ones with a network come first", "[net][interfaces]") {
  Told told;
  told.tell(link(2, "eth0", kUp) + own(2, "2001:db8::1", 128) + own(2, "2001:db8::2", 64, IFA_F_TEMPORARY) +
            own(2, "2001:db8::3", 64, IFA_F_DEPRECATED) + own(2, "2001:db8::4", 64) +
            own(2, "192.0.2.1", 24, IFA_F_SECONDARY) + own(2, "192.0.2.2", 24));
  const auto& all = told.table.addresses();
  REQUIRE(all.size() == 6);
  CHECK(all[0].address == address("192.0.2.2"));
  CHECK(all[1].address == address("2001:db8::4"));
}

TEST_CASE("which links lead to a peer", "[net][interfaces]") {
  Told told;
  told.tell(link(1, "lo", kUp | IFF_LOOPBACK) + own(1, "127.0.0.1", 8));
  CHECK_FALSE(told.table.leads_to(address("192.0.2.1")));  // nothing but ourselves
  CHECK(told.table.leads_to(address("127.0.0.7")));
  told.tell(link(2, "eth0", IFF_UP) + own(2, "192.0.2.5", 24) + link(3, "eth1", kUp) +
            own(3, "198.51.100.5", 24));
  CHECK_FALSE(told.table.leads_to(address("192.0.2.1")));  // its link has no carrier, others do not help
  CHECK(told.table.leads_to(address("203.0.113.1")));      // by some router on eth1
  told.tell(link(2, "eth0", kUp));
  CHECK(told.table.leads_to(address("192.0.2.1")));
}

TEST_CASE("ten thousand addresses that come one by one", "[net][interfaces]") {
  Told told;
  told.tell(link(1, "lo", kUp | IFF_LOOPBACK));
  for (unsigned i = 0; i < 10000; ++i) {
    const auto vip = wire::IpAddress::v4((10U << 24) + i);
    CHECK(told.table.apply(AddressMessage{1, vip, wire::Prefix::host(vip), false, false}));
  }
  CHECK(told.table.addresses().size() == 10000);
}

TEST_CASE("the kernel is understood: the loopback is there", "[net][interfaces]") {
  const InterfaceTable table = read_interfaces();
  CHECK(table.is_running("lo"));
  CHECK(table.holder_of(address("127.0.0.1")) == "lo");
  boost::asio::io_context io;
  const InterfaceWatch watch(io, [] {});
  CHECK(watch.table().addresses() == table.addresses());
}
