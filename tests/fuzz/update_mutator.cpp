// SPDX-License-Identifier: Apache-2.0
// How libFuzzer changes an UPDATE: attribute by attribute, with lengths that agree again afterwards. Octets
// without a sense of structure mostly die at the first length; the rest of the mutations (and all that cannot
// be parsed) are libFuzzer's own.
#include <algorithm>
#include <optional>
#include <random>

#include "tests/fuzz/oracle.hpp"
#include "wire/attribute.hpp"
#include "wire/reader.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace lbgp::wire;
using Random = std::minstd_rand;

struct RawAttribute {
  std::uint8_t flags = 0;
  std::uint8_t code = 0;
  Bytes value;
};

// An input of fuzz_update, taken apart.
struct Parts {
  Bytes session;  // the two octets that choose it
  Bytes withdrawn;
  std::vector<RawAttribute> attributes;
  Bytes rest;  // of the attribute list, where it is none
  Bytes nlri;
};

Bytes copy(ByteView octets) {
  return {octets.begin(), octets.end()};
}

std::optional<Parts> take_apart(ByteView input) {
  Reader in(input);
  Parts parts;
  parts.session = copy(in.take(2));
  parts.withdrawn = copy(in.take(in.u16()));
  Reader list(in.take(in.u16()));
  if (in.failed()) return std::nullopt;
  parts.nlri = copy(in.rest());
  while (!list.at_end()) {
    parts.rest = copy(list.rest());
    RawAttribute attribute;
    attribute.flags = list.u8();
    attribute.code = list.u8();
    const bool extended = (attribute.flags & attribute_flag::kExtendedLength) != 0;
    attribute.value = copy(list.take(extended ? list.u16() : list.u8()));
    if (list.failed()) return parts;
    parts.attributes.push_back(std::move(attribute));
    parts.rest.clear();
  }
  return parts;
}

void write(Writer& out, const RawAttribute& attribute) {
  const bool extended =
      (attribute.flags & attribute_flag::kExtendedLength) != 0 || attribute.value.size() > 0xff;
  out.u8(extended ? attribute.flags | attribute_flag::kExtendedLength : attribute.flags);
  out.u8(attribute.code);
  if (extended)
    out.u16(static_cast<std::uint16_t>(attribute.value.size()));
  else
    out.u8(static_cast<std::uint8_t>(attribute.value.size()));
  out.octets(attribute.value);
}

Bytes put_together(const Parts& parts) {
  Bytes all;
  Writer out(all);
  out.octets(parts.session);
  out.sized16([&] { out.octets(parts.withdrawn); });
  out.sized16([&] {
    for (const RawAttribute& attribute : parts.attributes) write(out, attribute);
    out.octets(parts.rest);
  });
  out.octets(parts.nlri);
  return all;
}

void change(Bytes& octets) {
  constexpr std::size_t kGrowth = 64;
  const std::size_t size = octets.size();
  octets.resize(size + kGrowth);
  octets.resize(LLVMFuzzerMutate(octets.data(), size, octets.size()));
}

// An attribute that we know, of a length that it may have.
RawAttribute known_attribute(Random& random) {
  const auto specs = attribute_specs();
  const AttributeSpec& spec = specs[random() % specs.size()];
  const std::size_t unit = spec.length.octets;
  const std::size_t size = spec.length.kind == LengthRule::Kind::Exactly      ? unit
                           : spec.length.kind == LengthRule::Kind::MultipleOf ? unit * (1 + random() % 3)
                                                                              : random() % 24;
  RawAttribute attribute{spec.flags, spec.code, Bytes(size)};
  std::generate(attribute.value.begin(), attribute.value.end(),
                [&] { return static_cast<std::uint8_t>(random() % 4); });
  return attribute;
}

void mutate(Parts& parts, Random& random) {
  auto& list = parts.attributes;
  const std::size_t kind = random() % 12;
  if (kind == 0) return change(parts.session);
  if (kind == 1) return change(parts.withdrawn);
  if (kind <= 3) return change(parts.nlri);
  const std::size_t at = random() % (list.size() + 1);
  if (at == list.size() || kind == 4) {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), known_attribute(random));
    return;
  }
  switch (kind) {
    case 5:
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    case 6:
      std::swap(list[at], list[random() % list.size()]);
      return;
    case 7:
      list.push_back(list[at]);
      return;
    case 8:
      list[at].flags ^= static_cast<std::uint8_t>(0x10U << random() % 4);
      return;
    case 9:
      list[at].code = known_attribute(random).code;
      return;
    default:
      return change(list[at].value);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  Random random(seed + 1);
  auto parts = take_apart(ByteView(data, size));
  if (!parts || random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  parts->session.resize(2);
  mutate(*parts, random);
  parts->session.resize(2);
  const Bytes mutated = put_together(*parts);
  if (mutated.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(mutated.begin(), mutated.end(), data);
  return mutated.size();
}
