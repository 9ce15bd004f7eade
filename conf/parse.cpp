// SPDX-License-Identifier: Apache-2.0
// Lexer, editor, check and compile in a row.
#include "conf/parse.hpp"

#include <fmt/format.h>

#include "conf/check.hpp"
#include "conf/compile.hpp"
#include "conf/editor.hpp"
#include "conf/lexer.hpp"

namespace lbgp::conf {

Parsed parse(std::string_view text) {
  Parsed parsed;
  if (text.size() > kMaxFileSize) {
    parsed.diagnostics.push_back(
        {Severity::Error,
         {1, 1},
         fmt::format("the file has {} octets; at most {} are read", text.size(), kMaxFileSize)});
    return parsed;
  }
  Editor editor(parsed.config, parsed.diagnostics, EditMode::File);
  Lexer lexer(text);
  while (const Line* line = lexer.next(parsed.diagnostics)) editor.apply(*line);
  parsed.foreign = editor.foreign();
  return parsed;
}

Loaded load(std::string_view text) {
  Parsed parsed = parse(text);
  Loaded loaded{std::move(parsed.config), {}, std::move(parsed.diagnostics), std::move(parsed.foreign)};
  check(loaded.config, loaded.diagnostics);
  sort(loaded.diagnostics);
  if (loaded.ok()) loaded.compiled = compile(loaded.config);
  return loaded;
}

}  // namespace lbgp::conf
