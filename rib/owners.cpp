// SPDX-License-Identifier: Apache-2.0
// Interning of owner names and label sets.
#include "rib/owners.hpp"

namespace lbgp::rib {

std::uint32_t Owners::find(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found != numbers_.end() ? found->second : kNobody;
}

std::uint32_t Owners::acquire(std::string_view name) {
  std::uint32_t owner = find(name);
  if (owner == kNobody) {
    if (free_.empty()) {
      owner = static_cast<std::uint32_t>(names_.size());
      names_.emplace_back();
      references_.push_back(0);
    } else {
      owner = free_.back();
      free_.pop_back();
    }
    names_[owner] = std::string(name);
    numbers_.emplace(names_[owner], owner);
  }
  ++references_[owner];
  return owner;
}

void Owners::release(std::uint32_t owner) {
  if (--references_[owner] != 0) return;
  numbers_.erase(names_[owner]);
  names_[owner].clear();
  free_.push_back(owner);
}

std::uint32_t LabelStore::acquire(const Labels& labels) {
  if (labels.empty()) return 0;
  const auto [entry, created] = uses_.try_emplace(labels);
  if (created) {
    if (free_.empty()) {
      sets_.push_back(uses_.end());
      entry->second.id = static_cast<std::uint32_t>(sets_.size());
    } else {
      entry->second.id = free_.back();
      free_.pop_back();
    }
    sets_[entry->second.id - 1] = entry;
  }
  ++entry->second.references;
  return entry->second.id;
}

void LabelStore::release(std::uint32_t id) {
  if (id == 0) return;
  const auto entry = sets_[id - 1];
  if (--entry->second.references != 0) return;
  sets_[id - 1] = uses_.end();
  free_.push_back(id);
  uses_.erase(entry);
}

}  // namespace lbgp::rib
