// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a configuration file. Oracle: what loads without an error is written as text that loads to the
// same again, and reloading it changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "conf/diff.hpp"
#include "conf/parse.hpp"
#include "conf/render.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lbgp::conf;
  const std::string text(data, data + size);
  const Loaded loaded = load(text);
  if (!loaded.ok()) return 0;
  const Loaded again = load(render(loaded.config));
  if (!again.ok() || !(again.config == loaded.config) || !diff(loaded.compiled, again.compiled).empty()) std::abort();
  return 0;
}
