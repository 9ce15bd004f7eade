// SPDX-License-Identifier: Apache-2.0
// From a file's text to what it says, and on to what it means.
#pragma once

#include <string_view>

#include "conf/compiled.hpp"
#include "conf/config.hpp"
#include "conf/diagnostic.hpp"
#include "conf/foreign.hpp"

namespace lbgp::conf {

struct Parsed {
  Config config;
  Diagnostics diagnostics;  // every one, in order of the text
  Foreign foreign;
};

// Never fails early: all errors come back in one go. With errors, `config` holds what was understood.
[[nodiscard]] Parsed parse(std::string_view text);

struct Loaded {
  Config config;
  Compiled compiled;        // made only without errors
  Diagnostics diagnostics;  // of parse and check
  Foreign foreign;
  [[nodiscard]] bool ok() const { return !has_errors(diagnostics); }
};

// parse, check and compile.
[[nodiscard]] Loaded load(std::string_view text);

}  // namespace lbgp::conf
