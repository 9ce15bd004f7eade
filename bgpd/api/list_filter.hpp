// SPDX-License-Identifier: Apache-2.0
// Which routes a `list` request wants to see.
#pragma once

#include <string_view>
#include <vector>

#include "bgpd/api/request.hpp"

namespace lbgp::daemon::api {

// Made once per request; each question costs a binary search, however many prefixes the filter has.
class ListFilter {
 public:
  explicit ListFilter(List list);
  [[nodiscard]] bool wants(std::string_view owner, const rib::LocalRoute& route) const;
  // For Rib::for_each_local: the one owner, or empty for everybody.
  [[nodiscard]] const std::string& owner() const { return list_.owner; }

 private:
  [[nodiscard]] bool wants_prefix(const wire::Prefix& prefix) const;
  List list_;  // its prefixes in order, none inside another
};

}  // namespace lbgp::daemon::api
