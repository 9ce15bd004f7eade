// SPDX-License-Identifier: Apache-2.0
// Reads a JSON object by a table of its members: each known, none twice, all others refused by name.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "bgpd/api/error.hpp"
#include "bgpd/api/json_cursor.hpp"

namespace lbgp::daemon::api {

// Reads the value that the cursor stands on into `target`.
template <typename Target>
struct MemberRule {
  std::string_view name;
  Problem (*read)(JsonCursor&, Target&);
};

using SeenMembers = std::bitset<16>;  // by index of the rule

[[nodiscard]] inline Error invalid(std::size_t offset, std::string reason) {
  return {.code = ErrorCode::InvalidParams,
          .reason = std::move(reason),
          .prefix = {},
          .member = {},
          .offset = offset};
}
// The text is known to be sound JSON when params are read; should it not be, this says so.
[[nodiscard]] inline Error syntax_error(const JsonCursor& cursor) {
  return {.code = ErrorCode::ParseError,
          .reason = std::string(cursor.reason()),
          .prefix = {},
          .member = {},
          .offset = cursor.offset()};
}
// "routes[2]" around "communities[0]" is "routes[2].communities[0]".
[[nodiscard]] inline Error inside(std::string place, Error error) {
  if (!error.member.empty() && error.member.front() != '[') place += '.';
  error.member.insert(0, place);
  return error;
}
[[nodiscard]] inline Error inside_element(std::size_t index, Error error) {
  return inside('[' + std::to_string(index) + ']', std::move(error));
}

[[nodiscard]] inline Problem expect(JsonCursor& cursor, JsonKind kind) {
  const JsonKind found = cursor.peek();
  if (found == kind) return std::nullopt;
  return invalid(cursor.offset(),
                 "expected " + std::string(to_string(kind)) + ", not " + std::string(to_string(found)));
}

template <typename Target, std::size_t N>
[[nodiscard]] Problem read_members(JsonCursor& cursor, const std::array<MemberRule<Target>, N>& rules,
                                   Target& target, SeenMembers& seen) {
  static_assert(N <= SeenMembers{}.size());
  if (Problem problem = expect(cursor, JsonKind::Object)) return problem;
  JsonString key;
  std::string scratch;
  if (!cursor.enter_object()) return syntax_error(cursor);
  for (bool first = true; cursor.next_member(first, key);) {
    const std::string_view name = unescaped(key, scratch);
    std::size_t rule = 0;
    while (rule < N && rules[rule].name != name) ++rule;
    if (rule == N) return inside(shortened(name), invalid(key.offset, "unknown member " + quoted(name)));
    if (seen.test(rule)) return inside(std::string(name), invalid(key.offset, "the member is there twice"));
    seen.set(rule);
    if (Problem problem = rules[rule].read(cursor, target))
      return inside(std::string(name), std::move(*problem));
  }
  if (!cursor.ok()) return syntax_error(cursor);
  return std::nullopt;
}

// `read(index)` reads one element.
template <typename Read>
[[nodiscard]] Problem read_elements(JsonCursor& cursor, Read read) {
  if (Problem problem = expect(cursor, JsonKind::Array)) return problem;
  if (!cursor.enter_array()) return syntax_error(cursor);
  std::size_t index = 0;
  for (bool first = true; cursor.next_element(first); ++index)
    if (Problem problem = read()) return inside_element(index, std::move(*problem));
  if (!cursor.ok()) return syntax_error(cursor);
  return std::nullopt;
}

// A string with what it means; `offset` is where it stands.
struct Text {
  std::string_view text;
  std::size_t offset = 0;
};
[[nodiscard]] inline Problem read_text(JsonCursor& cursor, std::string& scratch, Text& out) {
  if (Problem problem = expect(cursor, JsonKind::String)) return problem;
  JsonString string;
  if (!cursor.read_string(string)) return syntax_error(cursor);
  out = {unescaped(string, scratch), string.offset};
  return std::nullopt;
}

// A whole number that fits 32 bits.
[[nodiscard]] Problem read_u32(JsonCursor& cursor, std::uint32_t& out);

}  // namespace lbgp::daemon::api
