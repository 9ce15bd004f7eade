// SPDX-License-Identifier: Apache-2.0
// What a Peering does about routes that outlive a session or a refresh, and about too many of them.
#include "bgpd/peering.hpp"

#include <fmt/format.h>

namespace lbgp::daemon {

using What = StaleReport::What;
using wire::RouteRefresh;

// --- stale routes
// -------------------------------------------------------------------------------------------

void Peering::perform(const fsm::SessionDown& action, Moment moment) {
  established_.reset();
  reading_.reset();
  const fsm::StaleStep step = stale_.session_down(action, stalepath_time(), moment.now);
  wire::FamilySet keep_older;
  for (const wire::Family family : wire::kFamilies) {
    if (step.flush_older.contains(family))
      report(What::Flushed, family, rib_.stale_count(rib_id_, family));
    else
      keep_older.insert(family);
  }
  rib_.peer_down(rib_id_, action.keep_stale, keep_older);
  for (const wire::Family family : wire::kFamilies)
    if (action.keep_stale.contains(family))
      report(What::Kept, family, rib_.stale_count(rib_id_, family), action.restart_time[family]);
  apply(step);
  port_.routes_changed();
}

void Peering::apply(const fsm::StaleStep& step) {
  for (const wire::Family family : wire::kFamilies) {
    const std::uint32_t routes = rib_.stale_count(rib_id_, family);
    if (step.flush.contains(family)) report(What::Flushed, family, routes);
    if (step.long_lived.contains(family)) report(What::LongLived, family, routes, stale_[family].stale_time);
  }
  rib_.flush_stale(rib_id_, step.flush);
  rib_.make_long_lived_stale(rib_id_, step.long_lived);
}

// `stale`: how many routes End-of-RIB has not confirmed. The RIB has removed them.
void Peering::on_end_of_rib(wire::Family family, std::uint32_t stale) {
  synchronized_.insert(family);
  if (stale_.end_of_rib(family)) report(What::Synchronized, family, stale);
}

void Peering::report(What what, wire::Family family, std::uint32_t routes, seconds time) {
  port_.stale_routes({what, family, routes, time});
}

// --- refreshes
// ----------------------------------------------------------------------------------------------

void Peering::on_route_refresh(Side side, wire::ByteView body, Moment moment) {
  const bool established = established_ == side;
  const auto refresh = wire::decode_route_refresh(body, established && session_.enhanced_route_refresh);
  if (!refresh) return deliver(side, fsm::MessageError{refresh.error()}, moment);
  deliver(side, fsm::RouteRefreshReceived{}, moment);
  const auto family = wire::family_of(refresh->family);
  if (!established || !family || !session_.codec.families.contains(*family)) return;
  // RFC 7313 §5: other subtypes are ignored.
  switch (static_cast<RouteRefresh::Subtype>(refresh->subtype)) {
    case RouteRefresh::Subtype::Request:
      rib_.on_route_refresh(rib_id_, *family);
      break;
    case RouteRefresh::Subtype::Begin:
      begin_refresh(*family, moment);
      break;
    case RouteRefresh::Subtype::End:
      end_refresh(*family);
      break;
  }
  port_.routes_changed();
}

// RFC 7313 §4: BoRR. Before the initial update is complete it means nothing from a peer that ends that with
// End-of-RIB, as one with graceful restart does.
void Peering::begin_refresh(wire::Family family, Moment moment) {
  const fsm::Negotiated* negotiated = fsm_.negotiated();
  const bool owes_end_of_rib =
      negotiated != nullptr && negotiated->received.find<wire::GracefulRestartCapability>() != nullptr;
  if (owes_end_of_rib && !synchronized_.contains(family)) return;
  rib_.begin_refresh(rib_id_, family);
  stale_.begin_refresh(family, stalepath_time(), moment.now);
}

void Peering::end_refresh(wire::Family family) {
  if (!stale_.end_refresh(family)) return;
  if (const std::uint32_t routes = rib_.stale_count(rib_id_, family); routes > 0)
    report(What::Flushed, family, routes);
  rib_.flush_stale(rib_id_, {family});
}

// --- maximum-prefix
// -----------------------------------------------------------------------------------------

void Peering::enforce_maximum_prefix(const rib::UpdateOutcome& outcome, Moment moment) {
  for (const wire::Family family : wire::kFamilies)
    if (const rib::PrefixLevel level = outcome.reached[family]; level != rib::PrefixLevel::Normal)
      port_.prefix_level(family, level);
  if (outcome.over_maximum_prefix) rest(*outcome.over_maximum_prefix, moment);
}

// RFC 4486 §4: the Cease carries the family and the limit. The session stays down for the time that the
// operator says, or until he clears it.
void Peering::rest(wire::Family family, Moment moment) {
  const rib::FamilySettings& settings = neighbor_.routes.families[family];
  const std::uint32_t limit = settings.maximum_prefix.value_or(0);
  const wire::AfiSafi pair = wire::afi_safi(family);
  const auto octet = [](std::uint32_t value, unsigned shift) {
    return static_cast<std::uint8_t>(value >> shift);
  };
  wire::Bytes data{octet(pair.afi, 8), octet(pair.afi, 0), pair.safi,      octet(limit, 24),
                   octet(limit, 16),   octet(limit, 8),    octet(limit, 0)};
  const fsm::AutomaticStop stop{
      wire::Notification{wire::ErrorCode::Cease, wire::subcode::kMaximumPrefixes, std::move(data)},
      fsm::DownReason::PrefixCount,
      fmt::format("more than {} {} prefixes (maximum-prefix)", limit, to_string(family)),
      settings.maximum_prefix_restart};
  end(stop, moment);
}

// A limit that reads differently now: who rests because of the old one gets another chance, who is beyond the
// new one is stopped without waiting for his next UPDATE.
void Peering::maximum_prefix_changed(Moment moment) {
  if (over_maximum_prefix()) return start(moment);
  for (const wire::Family family : wire::kFamilies) {
    const bool warning_only = neighbor_.routes.families[family].maximum_prefix_warning_only;
    if (!established_ || warning_only) continue;
    if (rib_.prefix_level(rib_id_, family) != rib::PrefixLevel::Exceeded) continue;
    port_.prefix_level(family, rib::PrefixLevel::Exceeded);
    rest(family, moment);
  }
}

}  // namespace lbgp::daemon
