// SPDX-License-Identifier: Apache-2.0
// Which of a peer's routes are stale, why, and until when they may stay: the Receiving Speaker of RFC 4724
// §4.2, the helper of RFC 9494 §4.2, and the receiving side of an enhanced route refresh (RFC 7313 §4).
#pragma once

#include <cstdint>
#include <optional>

#include "fsm/action.hpp"
#include "fsm/negotiation.hpp"
#include "fsm/settings.hpp"
#include "fsm/state.hpp"
#include "wire/family.hpp"

namespace lbgp::fsm {

enum class StalePhase : std::uint8_t {
  None,           // nothing is stale
  Restarting,     // the session is down; waiting for the peer for its restart time
  LongLived,      // … and further for its long-lived stale time
  Synchronizing,  // the peer is back; until its End-of-RIB, or the stale-path time
  Refreshing,     // between BoRR and EoRR, or the stale-path time
};

// What is to be done with stale routes, per family.
struct StaleStep {
  wire::FamilySet flush;        // remove them
  wire::FamilySet flush_older;  // remove those that were stale before this session ended
  wire::FamilySet long_lived;   // mark them LLGR_STALE, remove those with NO_LLGR
};

struct StaleFamily {
  StalePhase phase = StalePhase::None;
  TimePoint until;        // when the phase ends
  seconds stale_time{0};  // the long-lived one that follows Restarting; 0: none
  bool long_lived_begun = false;
  // Ends of the long-lived stale time and, for routes that outlive several sessions, of all patience. Neither
  // moves until the peer has synchronized (RFC 9494 §4.2, RFC 8538 §4.1).
  std::optional<TimePoint> long_lived_until{};
  std::optional<TimePoint> limit{};
  bool operator==(const StaleFamily&) const = default;
};

// Plain data; the routes themselves are the RIB's, which is told by the returned steps.
class StaleRoutes {
 public:
  // Call before the RIB hears of the end. Families that are not kept lose everything by that end itself.
  [[nodiscard]] StaleStep session_down(const SessionDown& end, seconds stalepath_time, TimePoint now);
  [[nodiscard]] StaleStep session_up(const Negotiated& negotiated, seconds stalepath_time, TimePoint now);
  // The peer has said all: what is still stale goes. False: nothing was awaited.
  bool end_of_rib(wire::Family family);
  void begin_refresh(wire::Family family, seconds stalepath_time, TimePoint now);
  bool end_refresh(wire::Family family);
  // The peer is not to come back: nothing waits for it.
  [[nodiscard]] StaleStep give_up();
  [[nodiscard]] StaleStep on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  [[nodiscard]] const StaleFamily& operator[](wire::Family family) const { return families_[family]; }

 private:
  void advance(wire::Family family, TimePoint now, StaleStep& step);
  wire::PerFamily<StaleFamily> families_;
};

}  // namespace lbgp::fsm
