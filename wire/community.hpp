// SPDX-License-Identifier: Apache-2.0
// Communities of all three kinds (RFC 1997, RFC 4360, RFC 8092) and their text forms.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/as_number.hpp"

namespace lbgp::wire {

// RFC 1997: "ASN:value", or a well-known name.
struct Community {
  std::uint32_t value = 0;
  auto operator<=>(const Community&) const = default;
};

// RFC 8092: "global:data1:data2".
struct LargeCommunity {
  std::uint32_t global = 0;
  std::uint32_t data1 = 0;
  std::uint32_t data2 = 0;
  auto operator<=>(const LargeCommunity&) const = default;
};

// RFC 4360: eight octets; text "rt:65000:1", "soo:10.0.0.1:5", or "0x" and sixteen hex digits for the rest.
struct ExtCommunity {
  std::array<std::uint8_t, 8> octets{};
  // RFC 4360 §2: clear T bit means transitive across ASes.
  [[nodiscard]] bool is_transitive() const { return (octets[0] & 0x40) == 0; }
  auto operator<=>(const ExtCommunity&) const = default;
};

// RFC 5701: twenty octets, carried through unchanged.
struct Ipv6ExtCommunity {
  std::array<std::uint8_t, 20> octets{};
  auto operator<=>(const Ipv6ExtCommunity&) const = default;
};

// Well-known communities (IANA "BGP Well-known Communities").
inline constexpr Community kGracefulShutdown{0xffff0000};  // RFC 8326
inline constexpr Community kAcceptOwn{0xffff0001};         // RFC 7611
inline constexpr Community kLlgrStale{0xffff0006};         // RFC 9494
inline constexpr Community kNoLlgr{0xffff0007};            // RFC 9494
inline constexpr Community kBlackhole{0xffff029a};         // RFC 7999
inline constexpr Community kNoExport{0xffffff01};          // RFC 1997
inline constexpr Community kNoAdvertise{0xffffff02};       // RFC 1997
inline constexpr Community kNoExportSubconfed{0xffffff03};  // RFC 1997
inline constexpr Community kNoPeer{0xffffff04};            // RFC 3765

// A set of communities as a sorted vector without duplicates: equal sets compare equal.
template <typename T>
class SortedSet {
 public:
  SortedSet() = default;
  SortedSet(std::initializer_list<T> items) : SortedSet(std::vector<T>(items)) {}
  explicit SortedSet(std::vector<T> items) : items_(std::move(items)) {
    std::sort(items_.begin(), items_.end());
    items_.erase(std::unique(items_.begin(), items_.end()), items_.end());
  }
  [[nodiscard]] bool contains(const T& item) const {
    return std::binary_search(items_.begin(), items_.end(), item);
  }
  void insert(const T& item) {
    auto place = std::lower_bound(items_.begin(), items_.end(), item);
    if (place == items_.end() || *place != item) items_.insert(place, item);
  }
  void erase(const T& item) { std::erase(items_, item); }
  template <typename Predicate>
  void erase_if(Predicate predicate) { std::erase_if(items_, predicate); }
  void clear() { items_.clear(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }
  [[nodiscard]] const std::vector<T>& items() const { return items_; }
  auto operator<=>(const SortedSet&) const = default;

 private:
  std::vector<T> items_;
};

using Communities = SortedSet<Community>;
using LargeCommunities = SortedSet<LargeCommunity>;
using ExtCommunities = SortedSet<ExtCommunity>;
using Ipv6ExtCommunities = SortedSet<Ipv6ExtCommunity>;

// "65000:100", a plain 32-bit number, or a well-known name ("no-export", "graceful-shutdown", …).
[[nodiscard]] std::optional<Community> parse_community(std::string_view text);
[[nodiscard]] std::optional<LargeCommunity> parse_large_community(std::string_view text);
[[nodiscard]] std::optional<ExtCommunity> parse_ext_community(std::string_view text);

// FRR's spelling: "65000:100", "no-export"; "65000:1:2"; "RT:65000:1".
[[nodiscard]] std::string to_string(const Community& community);
[[nodiscard]] std::string to_string(const LargeCommunity& community);
[[nodiscard]] std::string to_string(const ExtCommunity& community);
[[nodiscard]] std::string to_string(const Ipv6ExtCommunity& community);

// Members joined by one space.
template <typename T>
[[nodiscard]] std::string to_string(const SortedSet<T>& set) {
  std::string text;
  for (const T& item : set) {
    if (!text.empty()) text += ' ';
    text += to_string(item);
  }
  return text;
}

}  // namespace lbgp::wire
