// SPDX-License-Identifier: Apache-2.0
// Which text is an address that a host may announce.
#pragma once

#include <string_view>

#include "wire/prefix.hpp"

namespace lbgp::daemon::api {

// "10.0.0.1/32", "2001:db8::1/128", or the bare address, which can mean nothing else. Returns nullptr and
// fills `out`, or the reason why not: a longer or shorter prefix, host bits, an address that no host can
// answer on.
[[nodiscard]] const char* parse_host_prefix(std::string_view text, wire::Prefix& out);

// Why an address cannot be announced; nullptr: it can.
[[nodiscard]] const char* reason_against(const wire::IpAddress& address);

// Any prefix, host bits clear; a bare address is a host prefix. For filters.
[[nodiscard]] const char* parse_any_prefix(std::string_view text, wire::Prefix& out);

}  // namespace lbgp::daemon::api
