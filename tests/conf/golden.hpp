// SPDX-License-Identifier: Apache-2.0
// Reads the golden files: NAME.in is a configuration, NAME.diag its diagnostics for file "f", NAME.ok its
// text when it is rendered (absent when it has errors).
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

inline std::filesystem::path golden_folder() {
  return LBGP_CONF_GOLDEN;
}

inline std::string golden_text(const std::string& name) {
  std::ifstream file(golden_folder() / name, std::ios::binary);
  INFO("golden file " << name);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder()))
    if (entry.path().extension() == ".in") names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}
