// SPDX-License-Identifier: Apache-2.0
// AS paths as octets, two or four to a number, and how the two views of an old speaker are put together.
#pragma once

#include <string>

#include "wire/as_path.hpp"
#include "wire/writer.hpp"

namespace lbgp::wire {

enum class AsWidth : std::uint8_t { TwoOctets = 2, FourOctets = 4 };

// RFC 4271 §4.3, RFC 7606 §7.2. Returns why the value is no path; an empty text means that `path` is set.
[[nodiscard]] std::string read_as_path(ByteView value, AsWidth width, AsPath& path);

// With two octets, AS_TRANS stands for what does not fit (RFC 6793 §4.2.2). Empty segments are left out,
// longer ones than a count can tell are cut in two.
void write_as_path(Writer& out, const AsPath& path, AsWidth width);

[[nodiscard]] bool is_confederation(SegmentType type);
// RFC 6793 §3: what AS4_PATH holds of a path.
[[nodiscard]] AsPath without_confederation(const AsPath& path);
[[nodiscard]] bool fits_two_octets(const AsPath& path);

// RFC 6793 §4.2.3: AS4_PATH with as much of AS_PATH in front of it as makes it equally long.
[[nodiscard]] AsPath merge_as4_path(const AsPath& path, const AsPath& as4_path);

}  // namespace lbgp::wire
