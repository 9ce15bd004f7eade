// SPDX-License-Identifier: Apache-2.0
// What the lists of the language have in common: numbered entries that permit or deny.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "conf/editor.hpp"
#include "conf/grammar.hpp"
#include "rib/policy.hpp"

namespace lbgp::conf {

[[nodiscard]] inline rib::Permit action_of(const Args& args) {
  return args.text("action") == "permit" ? rib::Permit::Permit : rib::Permit::Deny;
}
[[nodiscard]] inline std::string_view permit_word(rib::Permit action) {
  return action == rib::Permit::Permit ? "permit" : "deny";
}

// The next free multiple of five behind the last entry, as FRR counts; nothing when there is none.
template <typename Entries>
[[nodiscard]] std::optional<std::uint32_t> next_seq(const Entries& entries) {
  constexpr std::uint32_t kStep = 5, kLast = 0xffffffff;
  const std::uint32_t last = entries.empty() ? 0 : entries.rbegin()->first;
  if (last > kLast - kStep) return std::nullopt;
  return last / kStep * kStep + kStep;
}

// An entry that says the same, whatever its number.
template <typename Entries, typename Entry>
[[nodiscard]] auto find_same(Entries& entries, Entry wanted) {
  return std::find_if(entries.begin(), entries.end(), [&](const auto& item) {
    wanted.seq = item.first;
    return item.second == wanted;
  });
}

// With a number: that place, whatever was there. Without: behind the others, unless it is there already;
// `is_new` spares looking for it.
template <typename Entries, typename Entry>
void add_entry(Editor& editor, const Args& args, Entries& entries, Entry entry, bool is_new = false) {
  if (args.has("seq")) {
    entry.seq = args.number("seq");
  } else {
    if (!is_new && find_same(entries, entry) != entries.end()) return;
    const auto seq = next_seq(entries);
    if (!seq) return editor.error(args.position("name"), "no sequence number is left in this list");
    entry.seq = *seq;
  }
  entries[entry.seq] = std::move(entry);
}

// By number, by what it says, or with neither all of them.
template <typename Entries, typename Entry>
void remove_entry(const Args& args, Entries& entries, const Entry& entry) {
  if (args.has("seq")) {
    entries.erase(args.number("seq"));
  } else if (!args.has("action")) {
    entries.clear();
  } else if (const auto same = find_same(entries, entry); same != entries.end()) {
    entries.erase(same);
  }
}

// The expression at `name` and all behind it; an editor's error when it is none.
[[nodiscard]] inline rib::Regex regex_of(Editor& editor, const Args& args, std::string_view name) {
  std::string error;
  rib::Regex regex = rib::Regex::compile(args.rest(name), error);
  if (!regex) editor.error(args.position(name), "not a regular expression that can be used: " + error);
  return regex;
}

}  // namespace lbgp::conf
