// SPDX-License-Identifier: Apache-2.0
// A configuration as text, in FRR's order and indentation.
#pragma once

#include <string>
#include <string_view>

#include "conf/config.hpp"
#include "conf/foreign.hpp"

namespace lbgp::conf {

inline constexpr std::string_view kMaskedPassword = "********";

struct RenderOptions {
  bool mask_passwords = false;       // kMaskedPassword instead of each; such text cannot be loaded as it was
  const Foreign* foreign = nullptr;  // what to write for other daemons
};

// What the configuration says, and nothing else: parsing the text gives an equal configuration.
[[nodiscard]] std::string render(const Config& config, const RenderOptions& options = {});

// `config` with every default spelled out in which its profile differs from FRR's traditional one, as
// `show running-config` prints it: render(spell_out_profile(config)).
[[nodiscard]] Config spell_out_profile(Config config);

}  // namespace lbgp::conf
