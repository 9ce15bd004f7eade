// SPDX-License-Identifier: Apache-2.0
// How FRR writes durations, points in time and amounts of memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace lbgp::daemon::cli {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Seconds since 1970, UTC. The daemon converts: these files know no clock.
using Epoch = std::int64_t;

// "00:03:09", "1d02h03m", "02w3d04h", "01y02w3d"; "never" for none.
[[nodiscard]] std::string uptime_text(std::optional<milliseconds> uptime);

// "Sat Nov 21 05:41:49 2026", shifted by the zone's offset.
[[nodiscard]] std::string date_text(Epoch when, seconds utc_offset);

// "960 bytes", "2896 KiB": a unit only when there would be more than ten of it.
[[nodiscard]] std::string memory_text(std::size_t octets);

// FRR counts whole seconds and writes them as milliseconds.
[[nodiscard]] std::int64_t whole_msec(milliseconds duration);

}  // namespace lbgp::daemon::cli
