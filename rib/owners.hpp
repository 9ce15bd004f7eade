// SPDX-License-Identifier: Apache-2.0
// Who holds local routes, and the labels they put on them: names as numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rib/rib.hpp"

namespace lbgp::rib {

// Names with reference counts; a number is used again once its last reference has gone.
class Owners {
 public:
  static constexpr std::uint32_t kNobody = 0xffffffff;
  [[nodiscard]] std::uint32_t find(std::string_view name) const;
  [[nodiscard]] std::uint32_t acquire(std::string_view name);
  void add_reference(std::uint32_t owner) { ++references_[owner]; }
  void release(std::uint32_t owner);
  [[nodiscard]] std::string_view name(std::uint32_t owner) const { return names_[owner]; }

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> references_;
  std::vector<std::uint32_t> free_;
};

// Label sets, each kept once; 0 is the empty one.
class LabelStore {
 public:
  [[nodiscard]] std::uint32_t acquire(const Labels& labels);
  void add_reference(std::uint32_t id) {
    if (id != 0) ++sets_[id - 1]->second.references;
  }
  void release(std::uint32_t id);
  [[nodiscard]] const Labels& get(std::uint32_t id) const { return id == 0 ? empty_ : sets_[id - 1]->first; }

 private:
  struct Use {
    std::uint32_t id = 0;
    std::uint32_t references = 0;
  };
  using Uses = std::map<Labels, Use>;
  Labels empty_;
  Uses uses_;
  std::vector<Uses::iterator> sets_;  // by id - 1; the end: free
  std::vector<std::uint32_t> free_;
};

}  // namespace lbgp::rib
