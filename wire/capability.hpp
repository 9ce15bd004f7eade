// SPDX-License-Identifier: Apache-2.0
// Capabilities (RFC 5492) as values. A capability that we do not know, or that is not well-formed in a
// tolerable way, is kept raw: RFC 5492 §3 asks us to ignore it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/as_number.hpp"
#include "wire/family.hpp"

namespace lbgp::wire {

struct MultiprotocolCapability {  // code 1, RFC 4760 §8
  AfiSafi family;
  bool operator==(const MultiprotocolCapability&) const = default;
};
struct RouteRefreshCapability {  // code 2, RFC 2918
  bool operator==(const RouteRefreshCapability&) const = default;
};
struct ExtendedNextHopCapability {  // code 5, RFC 8950
  struct Entry {
    AfiSafi nlri;
    std::uint16_t next_hop_afi = 0;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;
  bool operator==(const ExtendedNextHopCapability&) const = default;
};
struct ExtendedMessageCapability {  // code 6, RFC 8654
  bool operator==(const ExtendedMessageCapability&) const = default;
};
enum class Role : std::uint8_t { Provider = 0, RouteServer = 1, RouteServerClient = 2, Customer = 3, Peer = 4 };
// "provider" "rs-server" "rs-client" "customer" "peer", as FRR writes them; "unknown" for other values.
[[nodiscard]] std::string_view role_name(std::uint8_t role);
struct RoleCapability {  // code 9, RFC 9234
  std::uint8_t role = 0;
  bool operator==(const RoleCapability&) const = default;
};
struct GracefulRestartCapability {  // code 64, RFC 4724 §3, RFC 8538 §2
  struct Entry {
    AfiSafi family;
    bool forwarding_preserved = false;  // F
    bool operator==(const Entry&) const = default;
  };
  bool restarting = false;    // R
  bool notification = false;  // N
  std::chrono::seconds restart_time{0};  // 0..4095
  std::vector<Entry> families;
  bool operator==(const GracefulRestartCapability&) const = default;
};
struct FourOctetAsCapability {  // code 65, RFC 6793
  AsNumber as;
  bool operator==(const FourOctetAsCapability&) const = default;
};
struct AddPathCapability {  // code 69, RFC 7911 §4
  struct Entry {
    AfiSafi family;
    bool receive = false;
    bool send = false;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;
  bool operator==(const AddPathCapability&) const = default;
};
struct EnhancedRouteRefreshCapability {  // code 70, RFC 7313
  bool operator==(const EnhancedRouteRefreshCapability&) const = default;
};
inline constexpr std::chrono::seconds kMaxStaleTime{0xffffff};  // RFC 9494 §3.1: 24 bits
struct LongLivedGracefulRestartCapability {                     // code 71, RFC 9494 §3
  struct Entry {
    AfiSafi family;
    bool forwarding_preserved = false;
    std::chrono::seconds stale_time{0};  // up to kMaxStaleTime
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;
  bool operator==(const LongLivedGracefulRestartCapability&) const = default;
};
struct FqdnCapability {  // code 73, draft-walton-bgp-hostname-capability
  std::string hostname;
  std::string domainname;
  bool operator==(const FqdnCapability&) const = default;
};
struct SoftwareVersionCapability {  // code 75, draft-ietf-idr-bgp-version-capability-style single string
  std::string version;
  bool operator==(const SoftwareVersionCapability&) const = default;
};
struct UnknownCapability {
  std::uint8_t code = 0;
  std::vector<std::uint8_t> value;
  bool operator==(const UnknownCapability&) const = default;
};

using Capability =
    std::variant<MultiprotocolCapability, RouteRefreshCapability, ExtendedNextHopCapability,
                 ExtendedMessageCapability, RoleCapability, GracefulRestartCapability, FourOctetAsCapability,
                 AddPathCapability, EnhancedRouteRefreshCapability, LongLivedGracefulRestartCapability,
                 FqdnCapability, SoftwareVersionCapability, UnknownCapability>;

[[nodiscard]] std::uint8_t capability_code(const Capability& capability);

}  // namespace lbgp::wire
