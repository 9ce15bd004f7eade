// SPDX-License-Identifier: Apache-2.0
// NLRI lists: read, and appended with the least possible work per prefix.
#include "wire/nlri.hpp"

#include <algorithm>
#include <cstring>

#include "wire/reader.hpp"
#include "wire/update.hpp"

namespace lbgp::wire {

namespace {

constexpr std::size_t kPathIdSize = 4;
// Path identifier, length octet, sixteen octets of address.
constexpr std::size_t kMaxEncodedSize = kPathIdSize + 1 + 16;
constexpr std::size_t kFirstBufferSize = 512;

[[nodiscard]] constexpr std::size_t octets_of(unsigned bits) {
  return (bits + 7) / 8;
}

// How many prefixes there are; nothing when the list is malformed.
[[nodiscard]] std::optional<std::size_t> count_nlri(ByteView octets, unsigned max_bits, bool add_path) {
  Reader in(octets);
  std::size_t count = 0;
  while (!in.at_end()) {
    if (add_path) in.skip(kPathIdSize);
    const unsigned bits = in.u8();
    if (bits > max_bits) return std::nullopt;
    in.skip(octets_of(bits));
    ++count;
  }
  return in.failed() ? std::nullopt : std::optional(count);
}

[[nodiscard]] IpAddress read_address(ByteView octets, Family family) {
  if (family == Family::Ipv4Unicast) {
    std::uint32_t value = 0;
    for (const std::uint8_t octet : octets) value = value << 8 | octet;
    // Of none there is nothing to shift.
    return IpAddress::v4(octets.empty() ? 0 : value << (32 - 8 * octets.size()));
  }
  std::array<std::uint8_t, 16> raw{};
  std::copy(octets.begin(), octets.end(), raw.begin());
  return IpAddress::v6(raw);
}

}  // namespace

std::optional<std::vector<Nlri>> decode_nlri(ByteView octets, Family family, bool add_path) {
  const unsigned max_bits = family == Family::Ipv4Unicast ? 32 : 128;
  const auto count = count_nlri(octets, max_bits, add_path);
  if (!count) return std::nullopt;
  std::vector<Nlri> list;
  list.reserve(*count);
  Reader in(octets);
  while (!in.at_end()) {
    const std::uint32_t path_id = add_path ? in.u32() : 0;
    const unsigned bits = in.u8();
    list.push_back({Prefix(read_address(in.take(octets_of(bits)), family), bits), path_id});
  }
  return list;
}

bool is_unicast(const Prefix& prefix) {
  const IpAddress& address = prefix.address();
  if (address.is_v4()) return address.v4_value() < 0xe0000000U;
  return !address.is_multicast() && !(address.is_link_local() && prefix.length() >= 10);
}

bool NlriList::add(const Nlri& nlri, bool add_path, std::size_t capacity) {
  const unsigned bits = nlri.prefix.length();
  const std::size_t size = (add_path ? kPathIdSize : 0) + 1 + octets_of(bits);
  if (size > capacity - std::min(capacity, size_)) return false;
  if (buffer_.size() - size_ < kMaxEncodedSize) buffer_.resize(2 * buffer_.size() + kFirstBufferSize);
  std::uint8_t* place = buffer_.data() + size_;
  if (add_path) {
    for (std::size_t shift = 32; shift != 0; shift -= 8)
      *place++ = static_cast<std::uint8_t>(nlri.path_id >> (shift - 8));
  }
  *place++ = static_cast<std::uint8_t>(bits);
  // All sixteen octets at once: the buffer has room for them, and the next prefix overwrites what is too
  // much.
  std::memcpy(place, nlri.prefix.address().raw().data(), 16);
  size_ += size;
  return true;
}

}  // namespace lbgp::wire
