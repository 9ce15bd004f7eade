// SPDX-License-Identifier: Apache-2.0
// Counting what lies below aggregates.
#include "rib/aggregates.hpp"

#include <algorithm>

namespace lbgp::rib {

std::optional<wire::Origin> Aggregates::Entry::origin() const {
  for (std::size_t worst = contributors.size(); worst-- > 0;)
    if (contributors[worst] != 0) return static_cast<wire::Origin>(worst);
  return std::nullopt;
}

bool Aggregates::configure(std::span<const Aggregate> now) {
  std::vector<Entry> before = std::move(entries_);
  entries_.clear();
  lengths_.clear();
  counts_meds_ = std::any_of(now.begin(), now.end(), [](const Aggregate& a) { return a.matching_med_only; });
  for (const Aggregate& each : now) {
    entries_.push_back({each});
    lengths_.push_back(static_cast<std::uint8_t>(each.prefix.length()));
    std::erase(gone, each.prefix);
  }
  std::sort(lengths_.begin(), lengths_.end());
  lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
  bool reveals = false;
  for (const Entry& old : before) {
    Entry* kept = find(old.settings.prefix);
    if (kept != nullptr) {
      kept->suppresses = old.suppresses;
      continue;
    }
    gone.push_back(old.settings.prefix);
    reveals = reveals || old.suppresses.any();
  }
  contributed_.trim(0);
  meds_.trim(0);
  changed = counting = true;
  return reveals;
}

Aggregates::Entry* Aggregates::find(const wire::Prefix& prefix) {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), prefix,
                       [](const Entry& entry, const wire::Prefix& of) { return entry.settings.prefix < of; });
  return found != entries_.end() && found->settings.prefix == prefix ? &*found : nullptr;
}

template <typename Visit>
void Aggregates::each_above(const wire::Prefix& prefix, Visit visit) {
  for (const std::uint8_t length : lengths_) {
    if (length >= prefix.length()) return;
    if (Entry* entry = find({prefix.address(), length})) visit(*entry);
  }
}

void Aggregates::contribute(RouteId route, const wire::Prefix& prefix,
                            const std::optional<Contribution>& counts) {
  const auto now = static_cast<std::uint8_t>(counts ? 1 + static_cast<unsigned>(counts->origin) : 0);
  const std::uint8_t before = contributed_.get(route);
  const std::uint32_t med = counts_meds_ && counts ? counts->med : 0;
  const std::uint32_t med_before = counts_meds_ ? meds_.get(route) : 0;
  if (now == before && med == med_before) return;
  contributed_.set(route, now);
  if (counts_meds_) meds_.set(route, med);
  each_above(prefix, [&](Entry& entry) {
    const auto was = entry.origin();
    const bool was_permitted = entry.med_permits();
    if (before != 0) --entry.contributors[before - 1U];
    if (now != 0) ++entry.contributors[now - 1U];
    if (entry.settings.matching_med_only) {
      if (now != 0) ++entry.meds[med];
      if (before != 0 && --entry.meds[med_before] == 0) entry.meds.erase(med_before);
    }
    if (entry.origin() != was || entry.med_permits() != was_permitted) changed = entry.changed = true;
  });
}

bool Aggregates::suppressed(const wire::Prefix& prefix, const std::function<bool(const Policy&)>& permits) {
  bool found = false;
  each_above(prefix, [&](const Entry& above) {
    const Suppression& by = above.suppresses;
    found = found || by.all || (by.some != nullptr && permits(*by.some));
  });
  return found;
}

std::size_t Aggregates::memory() const {
  return entries_.capacity() * sizeof(Entry) + contributed_.memory() + meds_.memory();
}

}  // namespace lbgp::rib
