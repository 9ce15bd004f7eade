// SPDX-License-Identifier: Apache-2.0
// Capabilities as octets (RFC 5492 §4), for the OPEN codec.
#pragma once

#include "wire/capability.hpp"
#include "wire/message.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lbgp::wire {

// Reads the next capability. Fails the reader when the capability's length is more than what is left; every
// other oddity makes an UnknownCapability.
[[nodiscard]] Capability read_capability(Reader& in);

// Writes code, length and value. A value too large for its one octet of length loses entries from its end.
void write_capability(Writer& out, const Capability& capability);

}  // namespace lbgp::wire
