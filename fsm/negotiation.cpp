// SPDX-License-Identifier: Apache-2.0
// OPEN against OPEN: RFC 4271 §6.2 and the capabilities' own rules.
#include "fsm/negotiation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>

#include "wire/format.hpp"

namespace lbgp::fsm {
namespace {

using wire::AfiSafi;
using wire::Capability;
using wire::Error;
using wire::ErrorCode;
using wire::Family;
using wire::FamilySet;
namespace subcode = wire::subcode;

constexpr std::uint16_t kAfiIpv6 = 2;
constexpr seconds kMaxHoldTime{65535};
constexpr seconds kMinHoldTime{3};        // RFC 4271 §4.2, unless it is zero
constexpr seconds kMaxRestartTime{4095};  // RFC 4724 §3: twelve bits

Error open_error(std::uint8_t sub, std::string reason, wire::Bytes data = {}) {
  return Error{{ErrorCode::OpenMessage, sub, std::move(data)}, std::move(reason)};
}

// What one OPEN offers, its capabilities folded. Built from ours and from theirs alike, so that what is
// agreed on is an intersection of equals.
struct Offer {
  bool any_multiprotocol = false;
  FamilySet families;
  bool four_octet_as = false;
  bool route_refresh = false;
  bool enhanced_route_refresh = false;
  bool extended_messages = false;
  FamilySet extended_next_hop;
  FamilySet add_path_receive;
  FamilySet add_path_send;
  const wire::GracefulRestartCapability* graceful_restart = nullptr;
  std::optional<std::uint8_t> role;
  bool several_roles = false;  // that differ
  const wire::LongLivedGracefulRestartCapability* long_lived = nullptr;
};

template <typename T, typename... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

struct OfferReader {
  Offer& offer;

  void operator()(const wire::MultiprotocolCapability& capability) const {
    offer.any_multiprotocol = true;
    if (auto family = wire::family_of(capability.family)) offer.families.insert(*family);
  }
  void operator()(const wire::RouteRefreshCapability&) const { offer.route_refresh = true; }
  void operator()(const wire::ExtendedNextHopCapability& capability) const {
    for (const auto& entry : capability.entries)
      if (auto family = wire::family_of(entry.nlri); family && entry.next_hop_afi == kAfiIpv6)
        offer.extended_next_hop.insert(*family);
  }
  void operator()(const wire::ExtendedMessageCapability&) const { offer.extended_messages = true; }
  // RFC 4724 §3: of several instances the last one counts.
  void operator()(const wire::GracefulRestartCapability& capability) const {
    offer.graceful_restart = &capability;
  }
  void operator()(const wire::FourOctetAsCapability&) const { offer.four_octet_as = true; }
  void operator()(const wire::AddPathCapability& capability) const {
    for (const auto& entry : capability.entries) {
      const auto family = wire::family_of(entry.family);
      if (family && entry.receive) offer.add_path_receive.insert(*family);
      if (family && entry.send) offer.add_path_send.insert(*family);
    }
  }
  void operator()(const wire::EnhancedRouteRefreshCapability&) const { offer.enhanced_route_refresh = true; }
  void operator()(const wire::RoleCapability& capability) const {
    offer.several_roles = offer.several_roles || (offer.role && offer.role != capability.role);
    offer.role = capability.role;
  }
  void operator()(const wire::LongLivedGracefulRestartCapability& capability) const {
    offer.long_lived = &capability;
  }
  // Read by nobody here: kept in Negotiated::received for `show`.
  void operator()(const OneOf<wire::FqdnCapability, wire::SoftwareVersionCapability,
                              wire::UnknownCapability> auto&) const {}
};

Offer read_offer(const wire::Open& open) {
  Offer offer;
  for (const Capability& capability : open.capabilities) std::visit(OfferReader{offer}, capability);
  // RFC 4760 §8: who does not speak of families means IPv4 unicast.
  if (!offer.any_multiprotocol) offer.families.insert(Family::Ipv4Unicast);
  return offer;
}

// What our OPEN offers. One without capabilities stands for IPv4 unicast, if that is wanted at all.
Offer our_offer(const SessionSettings& settings, const wire::Open& ours) {
  Offer offer = read_offer(ours);
  if (settings.override_capability)
    offer.families = settings.families;
  else if (!offer.any_multiprotocol)
    offer.families = offer.families & settings.families;
  return offer;
}

std::string names(FamilySet families) {
  std::string text;
  for (Family family : wire::kFamilies)
    if (families.contains(family)) text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(family));
  return text.empty() ? "none that we know" : text;
}

// RFC 6793 §4.2.1: the capability and the two-octet field must tell one story.
std::optional<Error> check_as_fields(const wire::Open& theirs) {
  const auto* capability = theirs.find<wire::FourOctetAsCapability>();
  if (theirs.as().value() == 0 || theirs.my_as == 0)
    return open_error(subcode::kBadPeerAs, "peer says AS 0, which nobody may use");
  if (capability == nullptr && theirs.as() == wire::kAsTrans)
    return open_error(subcode::kBadPeerAs,
                      "peer says AS_TRANS (23456) without the number that it stands for");
  if (capability == nullptr || theirs.my_as == wire::kAsTrans.value()) return std::nullopt;
  if (capability->as.value() == theirs.my_as) return std::nullopt;
  return open_error(subcode::kBadPeerAs,
                    fmt::format("peer says AS {} in its OPEN, but AS {} in its four-octet AS capability",
                                theirs.my_as, capability->as));
}

// `remote-as`.
std::optional<Error> check_peer_as(const RemoteAs& configured, wire::AsNumber our_as,
                                   wire::AsNumber peer_as) {
  const bool same = peer_as == our_as;
  switch (configured.kind) {
    case RemoteAs::Kind::Number:
      if (peer_as == configured.number) return std::nullopt;
      return open_error(subcode::kBadPeerAs,
                        fmt::format("peer says AS {}, configured {}", peer_as, configured.number));
    case RemoteAs::Kind::Internal:
      if (same) return std::nullopt;
      return open_error(subcode::kBadPeerAs,
                        fmt::format("peer says AS {}, configured internal (AS {})", peer_as, our_as));
    case RemoteAs::Kind::External:
      if (!same) return std::nullopt;
      return open_error(subcode::kBadPeerAs,
                        fmt::format("peer says AS {}, configured external (not AS {})", peer_as, our_as));
    case RemoteAs::Kind::Auto:
      return std::nullopt;
  }
  return std::nullopt;
}

// RFC 6286 §2.2: any identifier but zero; inside an AS not ours.
std::optional<Error> check_identifier(const wire::Open& ours, const wire::Open& theirs) {
  if (theirs.id.value() == 0) return open_error(subcode::kBadBgpIdentifier, "peer's router id is 0.0.0.0");
  if (theirs.as() == ours.as() && theirs.id == ours.id)
    return open_error(subcode::kBadBgpIdentifier, fmt::format("peer has our own router id {}", theirs.id));
  return std::nullopt;
}

// `bgp minimum-holdtime` refuses also zero, as in FRR: it asks for a session that notices a dead peer.
std::optional<Error> check_hold_time(const SessionSettings& settings, const wire::Open& theirs) {
  if (theirs.hold_time > seconds{0} && theirs.hold_time < kMinHoldTime)
    return open_error(subcode::kUnacceptableHoldTime,
                      fmt::format("peer offers a hold time of {} s, the least allowed is {} s",
                                  theirs.hold_time.count(), kMinHoldTime.count()));
  if (theirs.hold_time < settings.minimum_hold_time)
    return open_error(subcode::kUnacceptableHoldTime,
                      fmt::format("peer offers a hold time of {} s, configured minimum {} s",
                                  theirs.hold_time.count(), settings.minimum_hold_time.count()));
  return std::nullopt;
}

// RFC 5492 §5: the data of an Unsupported Capability are the capabilities that are meant, in their wire form
// (here code 1, four octets: AFI, zero, SAFI).
wire::Bytes multiprotocol_data(FamilySet families) {
  wire::Bytes data;
  for (Family family : wire::kFamilies) {
    if (!families.contains(family)) continue;
    const AfiSafi pair = wire::afi_safi(family);
    const auto high = static_cast<std::uint8_t>(pair.afi >> 8);
    const auto low = static_cast<std::uint8_t>(pair.afi & 0xff);
    data.insert(data.end(), {1, 4, high, low, 0, pair.safi});
  }
  return data;
}

// RFC 5492 §3 and §5: without a common family the peering is useless; we say which capabilities we need, as
// FRR does.
std::optional<Error> check_families(FamilySet ours, FamilySet theirs) {
  if (!(ours & theirs).empty()) return std::nullopt;
  return open_error(
      subcode::kUnsupportedCapability,
      fmt::format("no address family in common: peer offers {}, configured {}", names(theirs), names(ours)),
      multiprotocol_data(ours));
}

// `strict-capability-match`, with FRR's meaning: every family of ours, and nothing that we do not know. What
// RFC 2918 has replaced is sent by many beside its successor and says nothing new.
std::optional<Error> check_strictly(FamilySet ours, FamilySet theirs, const wire::Open& open) {
  constexpr std::uint8_t kOldRouteRefresh = 128;
  FamilySet missing;
  for (Family family : wire::kFamilies)
    if (ours.contains(family) && !theirs.contains(family)) missing.insert(family);
  if (!missing.empty())
    return open_error(subcode::kUnsupportedCapability,
                      fmt::format("strict-capability-match: peer does not offer {}", names(missing)),
                      multiprotocol_data(missing));
  wire::Bytes data;
  std::string codes;
  for (const Capability& capability : open.capabilities) {
    const auto* unknown = std::get_if<wire::UnknownCapability>(&capability);
    if (unknown == nullptr || unknown->code == kOldRouteRefresh) continue;
    codes += fmt::format("{}{}", codes.empty() ? "" : ", ", unknown->code);
    data.push_back(unknown->code);
    data.push_back(static_cast<std::uint8_t>(unknown->value.size()));
    data.insert(data.end(), unknown->value.begin(), unknown->value.end());
  }
  if (codes.empty()) return std::nullopt;
  return open_error(
      subcode::kUnsupportedCapability,
      fmt::format("strict-capability-match: peer offers capabilities that we do not know: {}", codes),
      std::move(data));
}

// RFC 9234 §4.2, table 2: what the other side of a session is.
constexpr wire::Role counterpart(wire::Role role) {
  switch (role) {
    case wire::Role::Provider:
      return wire::Role::Customer;
    case wire::Role::Customer:
      return wire::Role::Provider;
    case wire::Role::RouteServer:
      return wire::Role::RouteServerClient;
    case wire::Role::RouteServerClient:
      return wire::Role::RouteServer;
    case wire::Role::Peer:
      break;
  }
  return wire::Role::Peer;
}

// RFC 9234 §4.2. Without a role of ours the peer's is its own affair.
std::optional<Error> check_role(const SessionSettings& settings, const Offer& theirs) {
  if (!settings.local_role) return std::nullopt;
  const auto mismatch = [&](std::string why) {
    return open_error(subcode::kRoleMismatch,
                      fmt::format("{}; our role is {}", why,
                                  wire::role_name(static_cast<std::uint8_t>(*settings.local_role))));
  };
  if (theirs.several_roles) return mismatch("peer says several roles that differ");
  if (!theirs.role) {
    if (!settings.role_strict_mode) return std::nullopt;
    return mismatch("peer says no role, and strict-mode asks for one");
  }
  if (*theirs.role == static_cast<std::uint8_t>(counterpart(*settings.local_role))) return std::nullopt;
  return mismatch(
      fmt::format("peer says that its role is {} ({})", wire::role_name(*theirs.role), *theirs.role));
}

std::optional<Error> check_open(const SessionSettings& settings, const wire::Open& ours,
                                const wire::Open& theirs) {
  if (theirs.version != 4)
    return open_error(subcode::kUnsupportedVersionNumber,
                      fmt::format("peer speaks BGP version {}, we speak 4", theirs.version), {0, 4});
  if (auto error = check_as_fields(theirs)) return error;
  if (auto error = check_peer_as(settings.remote_as, ours.as(), theirs.as())) return error;
  if (auto error = check_identifier(ours, theirs)) return error;
  return check_hold_time(settings, theirs);
}

// RFC 4271 §4.2, §4.4: the smaller hold time; a keepalive at least every third of it, at most one a second.
void settle_timers(const SessionSettings& settings, Negotiated& result) {
  result.hold_time = std::min(result.sent.hold_time, result.received.hold_time);
  if (result.hold_time == seconds{0}) return;
  const seconds third = result.hold_time / 3;
  const seconds wanted = settings.keepalive > seconds{0} ? settings.keepalive : third;
  result.keepalive = std::max(seconds{1}, std::min(wanted, third));
}

void settle_graceful_restart(const Offer& ours, const Offer& theirs, Negotiated& result) {
  if (ours.graceful_restart == nullptr || theirs.graceful_restart == nullptr) return;
  result.graceful_restart = true;
  result.notification_bit = ours.graceful_restart->notification && theirs.graceful_restart->notification;
  result.peer_restarting = theirs.graceful_restart->restarting;
  result.peer_restart_time = theirs.graceful_restart->restart_time;
  for (const auto& entry : theirs.graceful_restart->families)
    if (const auto family = wire::family_of(entry.family))
      result.peer_families[*family] = {.listed = true, .forwarding_preserved = entry.forwarding_preserved};
}

// RFC 9494 §4.5: without graceful restart on both sides the capability counts as not received. §4.2: a stale
// time may be reduced here; the one that we ask for ourselves is what we grant.
void settle_long_lived(const SessionSettings& settings, const Offer& ours, const Offer& theirs,
                       Negotiated& result) {
  if (!result.graceful_restart || theirs.long_lived == nullptr) return;
  result.long_lived = true;
  if (ours.long_lived == nullptr) return;
  for (const auto& entry : theirs.long_lived->entries) {
    const auto family = wire::family_of(entry.family);
    if (!family) continue;
    PeerGracefulRestart& peer = result.peer_families[*family];
    peer.long_lived_forwarding_preserved = entry.forwarding_preserved;
    peer.long_lived_stale_time = std::min(entry.stale_time, settings.graceful_restart.long_lived_stale_time);
  }
}

void add_families(const SessionSettings& settings, std::vector<Capability>& list) {
  for (Family family : wire::kFamilies)
    if (settings.families.contains(family))
      list.emplace_back(wire::MultiprotocolCapability{wire::afi_safi(family)});
}

void add_extended_next_hop(const SessionSettings& settings, std::vector<Capability>& list) {
  wire::ExtendedNextHopCapability capability;
  for (Family family : wire::kFamilies)
    if ((settings.extended_next_hop & settings.families).contains(family))
      capability.entries.push_back({.nlri = wire::afi_safi(family), .next_hop_afi = kAfiIpv6});
  if (!capability.entries.empty()) list.emplace_back(std::move(capability));
}

void add_add_path(const SessionSettings& settings, std::vector<Capability>& list) {
  wire::AddPathCapability capability;
  for (Family family : wire::kFamilies) {
    const bool receive = settings.add_path_receive.contains(family);
    const bool send = settings.add_path_send.contains(family);
    if (settings.families.contains(family) && (receive || send))
      capability.entries.push_back({.family = wire::afi_safi(family), .receive = receive, .send = send});
  }
  if (!capability.entries.empty()) list.emplace_back(std::move(capability));
}

// Every activated family is listed, always: a helper flushes what is not (RFC 4724 §4.2), so leaving one out
// of an early OPEN would lose its routes at the next restart. A mere helper lists none, as FRR's does: then
// peers keep nothing of ours.
void add_graceful_restart(const SessionSettings& settings, bool restarting, std::vector<Capability>& list) {
  const GracefulRestartSettings& wanted = settings.graceful_restart;
  if (!wanted.enabled) return;
  wire::GracefulRestartCapability capability;
  capability.restarting = restarting && !wanted.helper_only;
  capability.notification = wanted.notification;
  capability.restart_time = std::clamp(wanted.restart_time, seconds{0}, kMaxRestartTime);
  for (Family family : wire::kFamilies)
    if (settings.families.contains(family) && !wanted.helper_only)
      capability.families.push_back(
          {.family = wire::afi_safi(family), .forwarding_preserved = wanted.preserve_forwarding});
  list.emplace_back(std::move(capability));
}

// RFC 9494 §3.1, §4.1: only beside the other one. A mere helper lists no family here either, which still says
// that LLGR_STALE is understood.
void add_long_lived(const SessionSettings& settings, std::vector<Capability>& list) {
  const GracefulRestartSettings& wanted = settings.graceful_restart;
  if (!wanted.enabled || wanted.long_lived_stale_time <= seconds{0}) return;
  wire::LongLivedGracefulRestartCapability capability;
  for (Family family : wire::kFamilies)
    if (settings.families.contains(family) && !wanted.helper_only)
      capability.entries.push_back(
          {.family = wire::afi_safi(family),
           .forwarding_preserved = wanted.preserve_forwarding,
           .stale_time = std::min(wanted.long_lived_stale_time, wire::kMaxStaleTime)});
  list.emplace_back(std::move(capability));
}

}  // namespace

wire::Open make_open(const SessionSettings& settings, bool restarting) {
  wire::Open open;
  open.my_as = static_cast<std::uint16_t>(
      (settings.local_as.fits_two_octets() ? settings.local_as : wire::kAsTrans).value());
  open.hold_time = std::clamp(settings.hold_time, seconds{0}, kMaxHoldTime);
  open.id = settings.router_id;
  open.extended_parameters = settings.extended_parameters;
  if (settings.dont_capability_negotiate) return open;

  auto& list = open.capabilities;  // in the order of their codes
  add_families(settings, list);
  if (settings.route_refresh) list.emplace_back(wire::RouteRefreshCapability{});
  add_extended_next_hop(settings, list);
  if (settings.extended_messages) list.emplace_back(wire::ExtendedMessageCapability{});
  if (settings.local_role)
    list.emplace_back(wire::RoleCapability{static_cast<std::uint8_t>(*settings.local_role)});
  add_graceful_restart(settings, restarting, list);
  list.emplace_back(wire::FourOctetAsCapability{settings.local_as});
  add_add_path(settings, list);
  if (settings.enhanced_route_refresh) list.emplace_back(wire::EnhancedRouteRefreshCapability{});
  add_long_lived(settings, list);
  if (settings.fqdn && !settings.hostname.empty())
    list.emplace_back(wire::FqdnCapability{settings.hostname, settings.domainname});
  if (settings.offer_software_version && !settings.software_version.empty())
    list.emplace_back(wire::SoftwareVersionCapability{settings.software_version});
  return open;
}

wire::Result<Negotiated> negotiate(const SessionSettings& settings, const wire::Open& ours,
                                   const wire::Open& theirs) {
  if (auto error = check_open(settings, ours, theirs)) return *std::move(error);
  const Offer us = our_offer(settings, ours);
  Offer them = read_offer(theirs);
  if (settings.override_capability) them.families = us.families;
  if (auto error = check_families(us.families, them.families)) return *std::move(error);
  if (settings.strict_capability_match)
    if (auto error = check_strictly(us.families, them.families, theirs)) return *std::move(error);
  if (auto error = check_role(settings, them)) return *std::move(error);

  Negotiated result;
  result.sent = ours;
  result.received = theirs;
  result.peer_as = theirs.as();
  result.peer_id = theirs.id;
  result.ibgp = result.peer_as == ours.as();
  settle_timers(settings, result);
  result.codec.four_octet_as = us.four_octet_as && them.four_octet_as;
  result.codec.extended_messages = us.extended_messages && them.extended_messages;
  const FamilySet common = us.families & them.families;
  result.codec.families = common;
  result.codec.add_path_receive = common & us.add_path_receive & them.add_path_send;
  result.codec.add_path_send = common & us.add_path_send & them.add_path_receive;
  result.codec.extended_next_hop = common & us.extended_next_hop & them.extended_next_hop;
  result.route_refresh = us.route_refresh && them.route_refresh;
  result.enhanced_route_refresh = us.enhanced_route_refresh && them.enhanced_route_refresh;
  settle_graceful_restart(us, them, result);
  settle_long_lived(settings, us, them, result);
  return result;
}

}  // namespace lbgp::fsm
