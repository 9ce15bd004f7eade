// SPDX-License-Identifier: Apache-2.0
// `… neighbors X advertised-routes|received-routes|filtered-routes`: a neighbor's Adj-RIB-In and -Out.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/show_routes.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon::cli {

// Gathers the entries of `selection` one by one, in order of prefix; entries that it does not ask for are
// counted only. With ADD-PATH a prefix may come several times.
// `originates_default`: what is advertised has a default route in it that is not in the table.
class AdjRibText {
 public:
  AdjRibText(const TableHead& head, RouteSelection selection, bool wide, bool originates_default)
      : head_(head), selection_(selection), wide_(wide), originates_default_(originates_default) {}
  void add(const rib::AdjView& entry);
  // Nothing at all when there was nothing to choose from, as FRR.
  [[nodiscard]] std::string finish();

 private:
  const TableHead& head_;
  RouteSelection selection_;
  bool wide_;
  bool originates_default_;
  std::optional<wire::Prefix> last_;
  std::size_t prefixes_ = 0;
  std::size_t paths_ = 0;
  std::size_t filtered_ = 0;
  std::size_t seen_ = 0;
  std::string rows_;
};

class AdjRibJson {
 public:
  AdjRibJson(const TableHead& head, RouteSelection selection, bool originates_default)
      : head_(head), selection_(selection), originates_default_(originates_default) {}
  void add(const rib::AdjView& entry);
  [[nodiscard]] boost::json::object finish();

 private:
  const TableHead& head_;
  RouteSelection selection_;
  bool originates_default_;
  std::size_t filtered_ = 0;
  std::size_t paths_ = 0;
  boost::json::object routes_;
};

}  // namespace lbgp::daemon::cli
