// SPDX-License-Identifier: Apache-2.0
// The pretty printer's look.
#include "bgpd/cli/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

using lbgp::daemon::cli::pretty;
namespace json = boost::json;

TEST_CASE("two spaces, no blank after the colon, insertion order", "[cli][json]") {
  const json::object object{{"zebra", "10.0.0.1"}, {"as", 65001}, {"list", json::array{1, true, nullptr}}};
  CHECK(pretty(object) ==
        "{\n"
        "  \"zebra\":\"10.0.0.1\",\n"
        "  \"as\":65001,\n"
        "  \"list\":[\n"
        "    1,\n"
        "    true,\n"
        "    null\n"
        "  ]\n"
        "}\n");
}

TEST_CASE("empty containers take two lines", "[cli][json]") {
  CHECK(pretty(json::object{}) == "{\n}\n");
  CHECK(pretty(json::object{{"peers", json::object{}}, {"paths", json::array{}}}) ==
        "{\n  \"peers\":{\n  },\n  \"paths\":[\n  ]\n}\n");
}

TEST_CASE("strings are escaped so that they can be read back", "[cli][json]") {
  const json::object object{{"quo\"te", "line\nfeed \x01 \\ ünï"}};
  CHECK(json::parse(pretty(object)) == json::value(object));
}
