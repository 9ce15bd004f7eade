// SPDX-License-Identifier: Apache-2.0
// What the state machine wants done. The link that owns the sockets executes these in order.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "fsm/event.hpp"
#include "fsm/negotiation.hpp"
#include "fsm/state.hpp"

namespace lbgp::fsm {

// Start a TCP connection to the peer; always Side::Outgoing. Answered by TcpConnectionEstablished or -Fails.
struct Connect {};
// Close a connection, or give up one that is being made. What was sent before goes out first, if it can
// within a moment: a peer that does not read must not keep the connection open. No event follows.
struct Close {
  Side side = Side::Outgoing;
};
// Answer to TcpConnectionAccepted: the new connection is now the one of Side::Incoming. An older one of that
// side has been closed by a Close before this.
struct Accept {};
// The other answer to TcpConnectionAccepted: write this to the new connection and close it. The connections
// that exist are not touched.
struct Refuse {
  wire::Bytes message;
};
// Write a whole message.
struct Send {
  Side side = Side::Outgoing;
  wire::Bytes message;
};
// The session is Established on this connection.
struct SessionUp {
  Side side = Side::Outgoing;
  Negotiated negotiated;
};
// The session has left Established.
struct SessionDown {
  // Families whose routes stay, marked stale, until the peer is back (RFC 4724 §4.2); others go now.
  wire::FamilySet keep_stale;
  wire::PerFamily<seconds> restart_time{};  // how long
  wire::PerFamily<seconds>
      long_lived_stale_time{};  // how much longer, as long-lived stale (RFC 9494); 0: not
  bool keep_older = false;      // RFC 8538 §4.1: also those that are stale already
};
// For the log and for `show`: the peering's state has changed, or an attempt has failed and the state is what
// it was. `why` is one line for a tired operator; empty for ordinary progress.
struct StateChanged {
  State from = State::Idle;
  State to = State::Idle;
  std::string why;
};

using Action = std::variant<Connect, Close, Accept, Refuse, Send, SessionUp, SessionDown, StateChanged>;
using Actions = std::vector<Action>;

}  // namespace lbgp::fsm
