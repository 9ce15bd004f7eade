// SPDX-License-Identifier: Apache-2.0
// What each command does with the daemon's data.
#pragma once

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/source.hpp"

namespace lbgp::daemon::cli {

using Handler = Outcome (*)(const Request& request, Source& source);

// Null for commands that only concern the session.
[[nodiscard]] Handler find_handler(CommandId id);

}  // namespace lbgp::daemon::cli
