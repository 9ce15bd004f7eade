// SPDX-License-Identifier: Apache-2.0
// The interactive side of lbgpsh.
#pragma once

#include "tools/lbgpsh_link.hpp"

namespace lbgp::tools {

// Reads, asks and prints until `exit` or Ctrl-D. With a terminal: line editing, TAB, `?`, history, paging.
// Without one: plain lines, so that a script can be fed in.
void interact(VtyLink& link);

}  // namespace lbgp::tools
