// SPDX-License-Identifier: Apache-2.0
// `… neighbors X advertised-routes|received-routes|filtered-routes`: a neighbor's Adj-RIB-In and -Out.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/show_routes.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon::cli {

// What is shown of it. `originates_default`: what is advertised has a default route in it that is not in the
// table.
struct AdjRibForm {
  RouteSelection selection = RouteSelection::Advertised;
  bool wide = false;
  bool originates_default = false;
};

// Write the entries of a selection one by one, in order of prefix, and what is appended is final; entries
// that it does not ask for are counted only. With ADD-PATH a prefix may come several times.
class AdjRibText {
 public:
  AdjRibText(TableHead head, AdjRibForm form) : head_(std::move(head)), form_(form) {}
  void add(const rib::AdjView& entry, std::string& out);
  // Nothing at all when there was nothing to choose from, as FRR.
  void finish(std::string& out) const;

 private:
  TableHead head_;
  AdjRibForm form_;
  std::optional<wire::Prefix> last_;
  std::size_t prefixes_ = 0;
  std::size_t paths_ = 0;
  std::size_t filtered_ = 0;
  std::size_t seen_ = 0;
};

// … as members of the object that is open.
class AdjRibJson {
 public:
  AdjRibJson(TableHead head, AdjRibForm form, JsonStream& json)
      : head_(std::move(head)), form_(form), json_(json) {}
  void begin(std::string& out);
  void add(const rib::AdjView& entry, std::string& out);
  void finish(std::string& out);

 private:
  void write_pending(std::string& out);

  TableHead head_;
  AdjRibForm form_;
  JsonStream& json_;
  std::optional<wire::Prefix> last_;
  boost::json::object pending_;  // of `last_`, as long as more paths may come
  std::size_t prefixes_ = 0;
  std::size_t paths_ = 0;
  std::size_t filtered_ = 0;
};

// The member of JSON answers that entries are in.
[[nodiscard]] std::string_view routes_key(RouteSelection selection);

}  // namespace lbgp::daemon::cli
