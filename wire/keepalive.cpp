// SPDX-License-Identifier: Apache-2.0
// KEEPALIVE (RFC 4271 §4.4): a header and nothing else.
#include "wire/header.hpp"

namespace lbgp::wire {

Bytes encode_keepalive() {
  return make_message(MessageType::Keepalive, [](Writer&) {});
}

}  // namespace lbgp::wire
