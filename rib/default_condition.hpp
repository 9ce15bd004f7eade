// SPDX-License-Identifier: Apache-2.0
// `neighbor X default-originate route-map M`: whether the table holds a route that M permits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "rib/column.hpp"
#include "rib/ids.hpp"
#include "rib/policy_eval.hpp"

namespace lbgp::rib {

// Counts routes by the entry of the map that permits them; the default route takes what the first of these
// entries sets. A change of a route costs one evaluation of the map. Two octets per route, where configured.
class DefaultCondition {
 public:
  // Another map, or the same with other contents: routes have to be counted anew.
  void configure(std::shared_ptr<const Policy> map);
  [[nodiscard]] const std::shared_ptr<const Policy>& map() const { return map_; }

  // The entry that permits a route's best path; none: denied, or there is no path.
  void judge(RouteId route, std::optional<std::uint32_t> entry);
  // The first entry that permits any route.
  [[nodiscard]] std::optional<std::uint32_t> first() const;

  // What the default route is announced with; none: it is not.
  std::optional<RouteAttributes> attributes;
  bool counting = true;  // until that is done nothing is to be concluded
  bool changed = true;   // `attributes` may have to change

  void trim(RouteId end) { judged_.trim(end); }
  [[nodiscard]] std::size_t memory() const { return judged_.memory(); }

 private:
  std::shared_ptr<const Policy> map_;
  Column<std::uint16_t> judged_;                    // by route: the entry's number; 0: none
  std::map<std::uint16_t, std::uint32_t> permits_;  // how many routes each entry permits
};

}  // namespace lbgp::rib
