// SPDX-License-Identifier: Apache-2.0
// What API requests do: to the routes of the RIB, and to the journal that keeps them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/api/pool_check.hpp"
#include "bgpd/api/replies.hpp"
#include "bgpd/api/request.hpp"
#include "bgpd/journal.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon {

// Owners that are clients; "config" and the like are not.
inline constexpr std::string_view kOwnerPrefix = "uid ";

// A client, as far as its routes are concerned.
struct Owner {
  std::string name;  // "uid 1000": whose routes they are, whatever connection they came by
  api::ClientIdentity identity;
};

class RouteService {
 public:
  // `changed` is called when peers may have to be told something.
  RouteService(rib::Rib& rib, Journal& journal, std::function<void()> changed);

  void configure(std::vector<rib::VipPool> pools, wire::AsNumber local_as);
  // Does what the line asks, appends the answer.
  void answer(const Owner& owner, std::string_view line, std::string& out);
  // Clients' routes that none of these pools would take: they stay until they are withdrawn, and could not be
  // announced again.
  [[nodiscard]] std::vector<wire::Prefix> outside(const rib::VipPools& pools) const;
  // At start: what the journal holds becomes true again.
  void restore();

 private:
  void perform(const Owner& owner, const api::Request& request, const api::Announce& call,
               api::Replies& replies);
  void perform(const Owner& owner, const api::Request& request, const api::Withdraw& call,
               api::Replies& replies);
  void perform(const Owner& owner, const api::Request& request, const api::Sync& call, api::Replies& replies);
  void perform(const Owner& owner, const api::Request& request, const api::List& call, api::Replies& replies);
  void perform(const Owner& owner, const api::Request& request, const api::Version& call,
               api::Replies& replies);
  void refuse(const Owner& owner, const api::Request& request, const api::Error& error,
              api::Replies& replies);
  rib::CommitResult commit(const Owner& owner, std::span<const rib::LocalChange> changes);
  // What was done, as it was asked for: neither what was refused beside it nor who asked is looked at again
  // after a restart. `routes`: how many it names.
  template <typename Call>
  void keep(const Owner& owner, const Call& done, std::size_t routes);
  void replay(std::string_view owner, std::string_view line);
  void tidy_journal();
  void begin_rewrite();
  // The next so many routes of the table; false: those were the last.
  bool snapshot(const Journal::Replay& keep, std::size_t routes);
  [[nodiscard]] std::vector<rib::LocalRoute> routes_of(std::string_view owner) const;
  [[nodiscard]] bool over_limit(const std::vector<api::RouteGroup>& groups) const;

  rib::Rib& rib_;
  Journal& journal_;
  std::function<void()> changed_;
  rib::VipPools pools_;
  wire::AsNumber local_as_;
  rib::LocalCursor snapshot_;
  // The line at hand.
  std::string_view alone_;  // all of it, if it is one request
  std::size_t changed_routes_ = 0;
  std::size_t searched_ = 0;  // routes that its lists have walked over
};

}  // namespace lbgp::daemon
