// SPDX-License-Identifier: Apache-2.0
// BFD for the speaker: which sessions there are, and what their changes mean for neighbors.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bgpd/neighbors.hpp"
#include "bgpd/net/bfd_service.hpp"
#include "bgpd/net/interfaces.hpp"
#include "conf/compiled.hpp"

namespace lbgp::daemon {

// What a configuration asks for, on a machine with these addresses.
struct BfdPlan {
  std::vector<fsm::BfdPeer> peers;                // in order of key
  std::map<fsm::PeerKey, fsm::BfdKey> neighbors;  // which of them watches which neighbor
};
// A neighbor's session is multihop for `ebgp-multihop` and `ttl-security` beyond one hop, and for an iBGP
// neighbor that is on no connected network (RFC 5882 §10.1, RFC 5883); one that is shut down, or whose
// address is not known, has none. A `peer` of the `bfd` block for the same path is the same session, and its
// values hold.
[[nodiscard]] BfdPlan bfd_plan(const conf::Compiled& compiled,
                               std::span<const net::InterfaceAddress> addresses);

class Bfd {
 public:
  // `listen`: the addresses to receive on; empty: all.
  Bfd(boost::asio::io_context& io, Neighbors& neighbors, std::vector<wire::IpAddress> listen);

  // The sessions that shall be there from now on.
  void configure(const conf::Compiled& compiled);
  [[nodiscard]] std::vector<net::BfdSnapshot> snapshots() { return service_.snapshots(); }

  // For `show bgp neighbors`: the session that watches it, as of its last change.
  struct Seen {
    bool multihop = false;
    fsm::BfdSettings settings;
    wire::BfdState state = wire::BfdState::Down;
    std::optional<fsm::TimePoint> changed;  // none: never
  };
  [[nodiscard]] std::optional<Seen> find(const fsm::PeerKey& neighbor) const;

 private:
  // Who is watched, as of now: neighbors come and go, and are found on their interfaces.
  [[nodiscard]] conf::Compiled watched() const;
  void plan();
  void on_report(const net::BfdReport& report);
  void on(const net::BfdStateChanged& changed);
  void on(const net::BfdDiscarded& discarded);
  void on(const net::BfdProblem& problem);

  boost::asio::io_context& io_;
  Neighbors& neighbors_;
  std::vector<fsm::BfdPeer> configured_;  // the `peer`s of the `bfd` block
  BfdPlan plan_;
  struct Change {
    wire::BfdState to = wire::BfdState::Down;
    fsm::TimePoint at;
  };
  std::map<fsm::BfdKey, Change> changes_;  // the last one
  bool plan_posted_ = false;
  net::BfdService service_;
};

}  // namespace lbgp::daemon
