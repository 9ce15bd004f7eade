// SPDX-License-Identifier: Apache-2.0
// Answers in JSON, taken apart.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "world.hpp"

namespace lbgp::daemon::cli::test {

// What a command answers, which has to be an object.
inline boost::json::object as_json(World& world, std::string_view line) {
  const Reply reply = run(world, line);
  INFO(reply.text);
  return boost::json::parse(reply.text).as_object();
}

// In their order.
inline std::vector<std::string> keys(const boost::json::object& object) {
  std::vector<std::string> out;
  for (const auto& [key, unused] : object) out.emplace_back(key);
  return out;
}

}  // namespace lbgp::daemon::cli::test
