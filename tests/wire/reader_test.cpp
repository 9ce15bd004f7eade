// SPDX-License-Identifier: Apache-2.0
// The cursor that cannot leave its span, and its counterpart.
#include "wire/reader.hpp"

#include "tests/wire/octets.hpp"
#include "wire/writer.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

TEST_CASE("Numbers are read in network order", "[wire-reader]") {
  const Bytes octets = hex("01 0203 040506 0708090a 0b0c0d0e0f101112");
  Reader in(octets);
  CHECK(in.u8() == 0x01);
  CHECK(in.u16() == 0x0203);
  CHECK(in.u24() == 0x040506);
  CHECK(in.u32() == 0x0708090a);
  CHECK(in.u64() == 0x0b0c0d0e0f101112);
  CHECK(in.complete());
}

TEST_CASE("Reading too far gives zeros and fails for good", "[wire-reader]") {
  const Bytes octets = hex("ffff ff");
  Reader in(octets);
  CHECK(in.u16() == 0xffff);
  CHECK(in.u16() == 0);  // one octet is left: it is not half of a number
  CHECK(in.failed());
  CHECK(in.u8() == 0);
  CHECK(in.take(0).empty());
  CHECK(in.at_end());
  CHECK_FALSE(in.complete());
}

TEST_CASE("Taking all is fine, taking more is not", "[wire-reader]") {
  const Bytes octets = hex("010203");
  Reader in(octets);
  CHECK(in.take(3).size() == 3);
  CHECK_FALSE(in.failed());
  CHECK(in.take(1).empty());
  CHECK(in.failed());
  Reader huge(octets);
  CHECK(huge.take(static_cast<std::size_t>(-1)).empty());
  CHECK(huge.failed());
}

TEST_CASE("Lengths are filled in behind what they measure", "[wire-writer]") {
  Bytes octets;
  Writer out(octets);
  out.u8(0xaa);
  out.sized16([&] {
    out.u24(0x010203);
    out.sized8([&] { out.text("hi"); });
  });
  CHECK(octets == hex("aa 0006 010203 02 6869"));
}

TEST_CASE("A length too large for its field is written as the largest", "[wire-writer]") {
  Bytes octets;
  Writer out(octets);
  out.sized8([&] { out.octets(Bytes(300, 0)); });
  CHECK(octets[0] == 0xff);
  CHECK(octets.size() == 301);
}
