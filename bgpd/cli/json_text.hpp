// SPDX-License-Identifier: Apache-2.0
// JSON in the look that FRR gives it: two spaces, no blank after the colon, an empty object on two lines.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace lbgp::daemon::cli {

// Ends with a newline. Keys stay in the order of insertion.
[[nodiscard]] std::string pretty(const boost::json::value& value);

}  // namespace lbgp::daemon::cli
