// SPDX-License-Identifier: Apache-2.0
// What the command line needs of the daemon: data on demand, and a few deeds.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/show_bfd.hpp"
#include "bgpd/cli/show_internals.hpp"
#include "bgpd/cli/show_misc.hpp"
#include "bgpd/cli/show_neighbors.hpp"
#include "bgpd/cli/show_routes.hpp"
#include "bgpd/cli/show_summary.hpp"
#include "bgpd/cli/show_why.hpp"
#include "bgpd/cli/vty_codec.hpp"
#include "conf/config.hpp"

namespace lbgp::daemon::cli {

class Source;

// The rest of a text that is too long for one go. Between two pieces anything may change: what is looked at
// in the one is gone in the next, but for what the answer holds by value.
class Answer {
 public:
  virtual ~Answer() = default;
  // Appends a piece; false: that was the last one.
  [[nodiscard]] virtual bool next(Source& source, std::string& out) = 0;
};

// Text for the operator and what it means to a script.
struct Outcome {
  std::string text{};
  Code code = Code::Success;
  std::unique_ptr<Answer> rest{};  // behind the text
};

// Implemented by the daemon (and by a fake in tests). Data are handed out only while a command runs. Except
// for the members marked "always", nothing is called unless has_instance().
class Source {
 public:
  virtual ~Source() = default;

  virtual std::string hostname() = 0;                         // always; for the prompt
  virtual bool has_instance() = 0;                            // always; a `router bgp` block exists
  virtual VersionData version() = 0;                          // always
  virtual MemoryData memory() = 0;                            // always
  virtual std::string running_config() = 0;                   // always; every line ended, without "end"
  virtual PrefixLists prefix_lists(wire::Family family) = 0;  // always

  virtual const rib::Policies& policies() = 0;  // always
  virtual LoggingData logging() = 0;            // always
  // The running configuration without what follows from the profile: what `write` writes. Always.
  virtual std::string said_config(bool with_passwords) = 0;

  virtual SummaryData summary(wire::Family family) = 0;  // no peers: no neighbor has the family activated

  virtual TableHead table_head(wire::Family family) = 0;
  using RouteVisitor = std::function<void(const RouteData&)>;
  // In order of prefix. With `advertised`, each route says whom it was sent to.
  virtual void for_each_route(wire::Family family, bool advertised, const RouteVisitor& visit) = 0;
  // A section of them (see rib::Section); false: those were the last.
  virtual bool for_each_route(wire::Family family, bool advertised, rib::Section& section,
                              const RouteVisitor& visit) = 0;
  // Exactly that prefix, or the longest match; false: none. Always with `advertised_to`.
  virtual bool find_route(const wire::Prefix& prefix, const RouteVisitor& visit) = 0;
  virtual bool find_route(const wire::IpAddress& address, const RouteVisitor& visit) = 0;

  // Names of neighbors in order of address, as `show` takes them.
  virtual std::vector<std::string> neighbor_names() = 0;
  using NeighborVisitor = std::function<void(const NeighborData&)>;
  virtual bool find_neighbor(std::string_view name, const NeighborVisitor& visit) = 0;  // false: none
  // A section of the entries of an Adj-RIB; false: those were the last, or the neighbor is gone. `selection`
  // is Advertised or Received; the latter is what is stored with soft-reconfiguration inbound, filtered
  // entries included.
  using AdjVisitor = std::function<void(const rib::AdjView&)>;
  virtual bool for_each_adjacent(std::string_view neighbor, wire::Family family, RouteSelection selection,
                                 rib::Section& section, const AdjVisitor& visit) = 0;

  virtual std::vector<PeerGroupData> peer_groups() = 0;  // in order of name
  virtual std::vector<NexthopData> nexthops() = 0;       // in order of address
  virtual InstanceData instance() = 0;

  virtual const rib::GlobalSettings& settings() = 0;
  virtual std::vector<UpdateGroupData> update_groups(wire::Family family) = 0;
  using AttributesVisitor = std::function<void(const rib::AttributesView&)>;
  virtual void for_each_attributes(const AttributesVisitor& visit) = 0;
  virtual std::vector<ListenerData> listeners() = 0;
  // Everything that is known of why a prefix is where it is; the route itself is find_route()'s.
  virtual WhyData why(const wire::Prefix& prefix) = 0;

  virtual std::vector<BfdPeerData> bfd_peers() = 0;  // always; in order of address

  // `clear bgp`, for one neighbor that exists. `request` says soft, in, out and the family. Gives what could
  // not be done, a line each.
  virtual std::string clear(std::string_view neighbor, const Request& request) = 0;
  // `clear bgp prefix P`: sends it again to those that have it; false: it is not in the table.
  virtual bool clear_prefix(const wire::Prefix& prefix) = 0;
  // `write [memory|file]`, always.
  virtual Outcome write() = 0;
  // Configure mode, always. Everybody who edits edits the one configuration; edited() says that a line has
  // changed it. What that means takes effect a moment later, so that a pasted block costs hardly more than a
  // line, or with settle().
  virtual conf::Config& configuration() = 0;
  virtual void edited() = 0;
  virtual void settle() = 0;
  virtual bool is_established(const fsm::PeerKey& neighbor) = 0;
  // Whether an interface of this host has it; of loopback addresses nobody wants to know.
  virtual bool is_own_address(const wire::IpAddress& address) = 0;
  // A line about announced addresses that are in no vip-pool as the configuration is now; empty: there are
  // none.
  virtual std::string outsiders() = 0;
  // `configuration …`, always.
  // `file` empty: the daemon's own.
  virtual Outcome check_file(const std::string& file) = 0;
  // `confirm`: how long to wait for commit() before what is now comes back; zero: for good.
  virtual Outcome load_file(const std::string& file, std::chrono::minutes confirm) = 0;
  virtual Outcome confirm_within(std::chrono::minutes confirm) = 0;  // the same for lines to come
  virtual Outcome commit() = 0;
  virtual Outcome roll_back() = 0;
  // `debug bgp TOPIC` and `no debug bgp [TOPIC]` (empty: all), always.
  virtual void debug(std::string_view topic, bool on) = 0;
  virtual std::vector<std::string> debugging() = 0;  // topics that are on, always
};

}  // namespace lbgp::daemon::cli
