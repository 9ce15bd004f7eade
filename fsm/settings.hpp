// SPDX-License-Identifier: Apache-2.0
// What the operator says about a peering, as far as the session is concerned. `conf` fills these structs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "wire/address.hpp"
#include "wire/as_number.hpp"
#include "wire/capability.hpp"
#include "wire/family.hpp"

namespace lbgp::fsm {

using std::chrono::seconds;

// `remote-as N | internal | external | auto`.
struct RemoteAs {
  enum class Kind : std::uint8_t { Number, Internal, External, Auto };
  Kind kind = Kind::Number;
  wire::AsNumber number;  // Kind::Number only
  bool operator==(const RemoteAs&) const = default;
};

struct GracefulRestartSettings {
  bool enabled = true;              // false: the capability is not sent, and we are not a helper either
  bool helper_only = false;         // the capability lists no family: peers are helped and do not help us
  seconds restart_time{20};         // RFC 4724 §3: how long the peer shall wait for us
  seconds stalepath_time{360};      // how long we keep stale routes once the peer is back
  bool preserve_forwarding = true;  // F bit
  bool notification = false;        // N bit (RFC 8538)
  // An Administrative Reset that we send is a Hard Reset (RFC 8538 §5.1 leaves it to the user).
  bool hard_administrative_reset = true;
  // RFC 9494: what peers are asked for, and the most that we grant them; 0: the capability is not sent.
  seconds long_lived_stale_time{0};
  bool operator==(const GracefulRestartSettings&) const = default;
};

struct SessionSettings {
  wire::AsNumber local_as;
  RemoteAs remote_as;
  wire::RouterId router_id;
  seconds hold_time{9};  // what our OPEN offers; 0: no keepalives (RFC 4271 §4.2)
  seconds keepalive{3};
  seconds connect_retry{5};
  std::optional<seconds> delay_open;  // RFC 4271 §8.1.1: DelayOpen with its time
  seconds minimum_hold_time{0};       // 0: no minimum beyond RFC 4271's three seconds
  bool passive = false;               // PassiveTcpEstablishment: never connect, only accept
  bool shutdown = false;              // administratively down
  std::string shutdown_message;       // RFC 9003
  wire::FamilySet families;           // activated address families
  bool route_refresh = true;
  bool enhanced_route_refresh = true;
  bool extended_messages = true;
  wire::FamilySet extended_next_hop;  // RFC 8950
  wire::FamilySet add_path_receive;   // RFC 7911
  wire::FamilySet add_path_send;
  std::string hostname;  // FQDN capability; empty: not sent
  std::string domainname;
  bool fqdn = true;                        // `capability fqdn`
  std::string software_version;            // empty: not sent
  bool offer_software_version = false;     // `capability software-version`
  std::optional<wire::Role> local_role;    // RFC 9234 §4
  bool role_strict_mode = false;           // §4.2: a peer without a role is refused
  bool extended_parameters = false;        // RFC 9072: the long form of the OPEN even where it is not needed
  bool dont_capability_negotiate = false;  // an OPEN without any capability
  bool override_capability = false;        // our families hold, whatever the peer offers
  bool strict_capability_match =
      false;  // refuse peers that lack a family of ours, or offer what we do not know
  GracefulRestartSettings graceful_restart;
  bool operator==(const SessionSettings&) const = default;
};

// `bgp tcp-keepalive IDLE INTERVAL PROBES`.
struct TcpKeepalive {
  seconds idle{0};
  seconds interval{0};
  std::uint8_t probes = 0;
  bool operator==(const TcpKeepalive&) const = default;
};

// How the connection is made. The state machine never looks at this; it stands here because it belongs to
// the peering and no layer above owns it.
struct TransportSettings {
  wire::IpAddress peer_address;  // unspecified with `interface`: the peer is whoever is on that link
  std::string interface;         // `neighbor IFNAME interface`: its name; empty: the peer has an address
  bool v6_only = false;          // never an IPv4 session over `interface`
  std::uint16_t peer_port = 179;
  // `update-source`: none, an address, or an interface's name.
  std::variant<std::monostate, wire::IpAddress, std::string> update_source;
  std::optional<std::uint8_t> ebgp_multihop;      // TTL that eBGP packets leave with; none: 1 for eBGP
  std::optional<std::uint8_t> ttl_security_hops;  // GTSM (RFC 5082)
  bool disable_connected_check = false;   // an eBGP peer one hop away need not be on a connected network
  std::string password;                   // TCP-MD5 (RFC 2385); empty: none
  std::uint8_t dscp = 48;                 // class selector 6 (RFC 4594 §3.1)
  std::uint16_t mss = 0;                  // TCP maximum segment size in octets; 0: the kernel's choice
  std::optional<TcpKeepalive> keepalive;  // none: no TCP keepalives
  bool operator==(const TransportSettings&) const = default;
};

}  // namespace lbgp::fsm
