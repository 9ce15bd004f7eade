// SPDX-License-Identifier: Apache-2.0
// One line at the prompt: applied and checked at once as far as it concerns anything, and taken back when
// that goes wrong. What the line costs is told with it, for as little work as the line itself is: a pasted
// block of thousands of lines asks for no look at the whole configuration for each of them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "conf/diff.hpp"
#include "conf/editor.hpp"
#include "conf/grammar.hpp"

namespace lbgp::conf {

struct Edited {
  bool accepted = false;              // else nothing has changed
  bool changed = false;               // not for `exit` and the like
  std::optional<Mismatch> mismatch;   // why it is no command here
  Diagnostics diagnostics;            // what is new about the configuration with this line
  std::vector<NeighborDiff> resets;   // neighbors whose session ends for it, and what costs it
  std::optional<fsm::PeerKey> added;  // a neighbor that is new
  std::vector<fsm::PeerKey> removed;  // neighbors that are none any more
  bool block_was_removed = false;     // by somebody else; the line was looked up at the top
  bool narrows_pools = false;         // announced addresses may be in no vip-pool now
  bool passed_over = false;           // as any line of a block that is not for this daemon
};

// `editor` is one of EditMode::Interactive; its diagnostics are used and left empty. After accepted lines
// check() finds no error in the configuration.
[[nodiscard]] Edited edit(Editor& editor, std::string_view text);

}  // namespace lbgp::conf
