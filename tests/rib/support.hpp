// SPDX-License-Identifier: Apache-2.0
// Short ways to write routes, peers and updates in RIB tests.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "rib/rib.hpp"
#include "wire/framer.hpp"

namespace lbgp::rib::test {

using wire::Family;
using namespace std::chrono_literals;

inline wire::Prefix P(std::string_view text) {
  return wire::parse_prefix(text).value();
}
inline wire::IpAddress A(std::string_view text) {
  return wire::parse_address(text).value();
}
inline wire::AsNumber AS(std::uint32_t number) {
  return wire::AsNumber(number);
}
inline wire::Community C(std::string_view text) {
  return wire::parse_community(text).value();
}
inline TimePoint at(int seconds) {
  return TimePoint{std::chrono::seconds(seconds)};
}

inline GlobalSettings global() {
  GlobalSettings settings;
  settings.local_as = AS(64512);
  settings.router_id = wire::RouterId(0x0a000001);
  return settings;
}

// An external peer in AS 65000 + n at 10.0.0.n whose policy is not asked for, unless a test says so.
inline PeerSettings peer_settings(std::uint32_t n) {
  PeerSettings settings;
  settings.address = wire::IpAddress::v4(0x0a000000 + n);
  settings.name = wire::to_string(settings.address);
  settings.local_as = AS(64512);
  settings.ebgp_requires_policy = false;
  for (const Family family : wire::kFamilies) settings.families[family].activated = true;
  return settings;
}

inline PeerSession ebgp(std::uint32_t n) {
  PeerSession session;
  session.peer_as = AS(65000 + n);
  session.peer_id = wire::RouterId(0x0a000000 + n);
  session.codec.four_octet_as = true;
  session.codec.families = {Family::Ipv4Unicast, Family::Ipv6Unicast};
  session.local_next_hop[Family::Ipv4Unicast] = wire::NextHop{A("10.0.0.254"), {}};
  session.local_next_hop[Family::Ipv6Unicast] = wire::NextHop{A("2001:db8::254"), {}};
  return session;
}

inline PeerSession ibgp(std::uint32_t n) {
  PeerSession session = ebgp(n);
  session.ibgp = true;
  session.peer_as = AS(64512);
  return session;
}

inline wire::PathAttributes own_attributes() {
  wire::PathAttributes attributes;
  attributes.origin = wire::Origin::Igp;
  return attributes;
}

inline LocalRoutes local(std::string_view prefix, wire::PathAttributes attributes = own_attributes()) {
  return {{P(prefix)}, std::move(attributes), {}};
}

inline CommitResult announce(Rib& rib, std::string_view prefix, std::string_view owner = "app",
                             wire::PathAttributes attributes = own_attributes()) {
  const std::vector<LocalChange> changes{local(prefix, std::move(attributes))};
  return rib.commit(owner, changes, at(1));
}

inline CommitResult withdraw(Rib& rib, std::string_view prefix, std::string_view owner = "app") {
  const std::vector<LocalChange> changes{std::vector{P(prefix)}};
  return rib.commit(owner, changes, at(1));
}

inline wire::PathAttributes received_attributes(std::vector<wire::AsNumber> path) {
  wire::PathAttributes attributes = own_attributes();
  attributes.as_path = wire::AsPath::sequence(std::move(path));
  return attributes;
}

inline wire::Update reach(std::vector<std::string> prefixes, wire::PathAttributes attributes,
                          std::string_view next_hop = "10.0.0.77", std::uint32_t path_id = 0) {
  wire::Update update;
  update.attributes = std::move(attributes);
  wire::Reach each;
  each.family = P(prefixes.front()).family();
  each.next_hop.address = A(next_hop);
  for (const std::string& prefix : prefixes) each.nlri.push_back({P(prefix), path_id});
  update.reach.push_back(std::move(each));
  return update;
}

inline wire::Update unreach(std::vector<std::string> prefixes, std::uint32_t path_id = 0) {
  wire::Update update;
  wire::Unreach each;
  each.family = P(prefixes.front()).family();
  for (const std::string& prefix : prefixes) each.nlri.push_back({P(prefix), path_id});
  update.unreach.push_back(std::move(each));
  return update;
}

// What a peer makes of the bytes that it is sent: its Adj-RIB-In, and how it came about.
class Receiver {
 public:
  explicit Receiver(PeerSession session) : session_(std::move(session)) {}

  void feed(const wire::Bytes& bytes) {
    wire::Framer framer;
    framer.allow_extended_messages(session_.codec.extended_messages);
    framer.append(bytes);
    while (true) {
      const auto frame = framer.next();
      REQUIRE(frame.has_value());
      if (!frame.value()) break;
      REQUIRE((*frame)->type == wire::MessageType::Update);
      take((*frame)->body);
    }
    REQUIRE(framer.pending().empty());
  }
  void drain(Rib& rib, PeerId peer, std::size_t budget = 65536) {
    bool more = true;
    while (more) {
      wire::Bytes bytes;
      more = rib.pull(peer, bytes, budget);
      feed(bytes);
      REQUIRE((!bytes.empty() || !more));
    }
  }

  std::map<wire::Prefix, wire::PathAttributes> table;  // with ADD-PATH, the path with the lowest identifier
  std::map<wire::Prefix, std::map<std::uint32_t, wire::PathAttributes>> paths;
  std::size_t messages = 0;
  std::size_t announced = 0;
  std::size_t withdrawn = 0;
  std::size_t end_of_rib = 0;

 private:
  void take(wire::ByteView body) {
    wire::UpdateCodec codec = session_.codec;
    std::swap(codec.add_path_receive, codec.add_path_send);
    wire::UpdateRules rules;
    rules.ibgp = session_.ibgp;
    const auto update = wire::decode_update(body, codec, rules);
    REQUIRE(update.has_value());
    REQUIRE(update->faults.empty());
    ++messages;
    if (update->end_of_rib) ++end_of_rib;
    for (const auto& unreach : update->unreach)
      for (const auto& nlri : unreach.nlri) {
        ++withdrawn;
        INFO("withdrawn without having been announced: " << wire::to_string(nlri.prefix));
        REQUIRE(paths[nlri.prefix].erase(nlri.path_id) == 1);
        show(nlri.prefix);
      }
    for (const auto& reach : update->reach)
      for (const auto& nlri : reach.nlri) {
        ++announced;
        wire::PathAttributes attributes = update->attributes;
        attributes.next_hop = reach.next_hop;
        INFO("announced again without a change: " << wire::to_string(nlri.prefix));
        if (!allow_repeats) {
          const auto& standing = paths[nlri.prefix];
          const auto known = standing.find(nlri.path_id);
          REQUIRE((known == standing.end() || known->second != attributes));
        }
        paths[nlri.prefix][nlri.path_id] = std::move(attributes);
        show(nlri.prefix);
      }
  }

  void show(const wire::Prefix& prefix) {
    table.erase(prefix);
    const auto standing = paths.find(prefix);
    if (standing->second.empty())
      paths.erase(standing);
    else
      table[prefix] = standing->second.begin()->second;
  }

 public:
  bool allow_repeats = false;  // after a route refresh

 private:
  PeerSession session_;
};

}  // namespace lbgp::rib::test
