// SPDX-License-Identifier: Apache-2.0
// Builders and words for the state machine's tests.
#include "support.hpp"

#include <fmt/format.h>

namespace lbgp::fsm::test {
namespace {

// Read from the octets, so that the words do not depend on the decoders under test elsewhere.
std::string message_name(const wire::Bytes& message) {
  if (message.size() < wire::kHeaderSize) return message.empty() ? "nothing" : "short message";
  switch (message[18]) {
    case 1:
      return "OPEN";
    case 3:
      return fmt::format("NOTIFICATION {}/{}", message.at(19), message.at(20));
    case 4:
      return "KEEPALIVE";
    default:
      return fmt::format("message {}", message[18]);
  }
}

struct Describer {
  bool sides;

  [[nodiscard]] std::string on(Side side) const {
    if (!sides) return "";
    return side == Side::Outgoing ? " out" : " in";
  }
  std::string operator()(const Connect&) const { return "Connect"; }
  std::string operator()(const Close& close) const { return "Close" + on(close.side); }
  std::string operator()(const Accept&) const { return "Accept"; }
  std::string operator()(const Refuse& refuse) const {
    const std::string name = message_name(refuse.message);
    return "Refuse " + name.substr(name.find(' ') + 1);
  }
  std::string operator()(const Send& send) const { return message_name(send.message) + on(send.side); }
  std::string operator()(const SessionUp& up) const { return "Up" + on(up.side); }
  std::string operator()(const SessionDown& down) const {
    if (down.keep_stale.empty()) return "Down";
    return fmt::format(
        "Down keeps{}{} for {}", down.keep_stale.contains(wire::Family::Ipv4Unicast) ? " 4" : "",
        down.keep_stale.contains(wire::Family::Ipv6Unicast) ? " 6" : "",
        std::max(down.restart_time[wire::Family::Ipv4Unicast], down.restart_time[wire::Family::Ipv6Unicast])
            .count());
  }
  std::string operator()(const StateChanged& change) const {
    return fmt::format("{}>{}", to_string(change.from), to_string(change.to));
  }
};

}  // namespace

SessionSettings our_settings() {
  SessionSettings settings;
  settings.local_as = wire::AsNumber{65001};
  settings.remote_as.number = wire::AsNumber{65002};
  settings.router_id = wire::RouterId{0x0a000001};
  settings.families = {wire::Family::Ipv4Unicast, wire::Family::Ipv6Unicast};
  return settings;
}

SessionSettings peer_settings() {
  SessionSettings settings = our_settings();
  std::swap(settings.local_as, settings.remote_as.number);
  settings.router_id = wire::RouterId{0x0a000002};
  return settings;
}

wire::Open open_from(const SessionSettings& settings) {
  return make_open(settings, false);
}

wire::Notification cease(std::uint8_t subcode) {
  return {wire::ErrorCode::Cease, subcode, {}};
}

MessageError message_error(wire::ErrorCode code, std::uint8_t subcode) {
  return {{{code, subcode, {}}, "nonsense"}};
}

std::string describe(const Action& action, bool sides) {
  return std::visit(Describer{sides}, action);
}

Words describe(const Actions& actions, bool sides) {
  Words words;
  for (const Action& action : actions) words.push_back(describe(action, sides));
  return words;
}

Words deeds(const Actions& actions) {
  Words words;
  for (const Action& action : actions)
    if (!std::holds_alternative<StateChanged>(action)) words.push_back(describe(action));
  return words;
}

std::string why(const Actions& actions) {
  std::string text = "(no change of state)";
  for (const Action& action : actions)
    if (const auto* change = std::get_if<StateChanged>(&action)) text = change->why;
  return text;
}

void Bench::reach(State state, Side side, const wire::Open& open) {
  start();
  if (state == State::Connect) return;
  if (side == Side::Outgoing)
    tell(side, TcpConnectionEstablished{});
  else
    tell(side, TcpConnectionAccepted{});
  if (state >= State::OpenConfirm) tell(side, OpenReceived{open});
  if (state == State::Established) tell(side, KeepaliveReceived{});
  REQUIRE(peer.state() == state);
}

}  // namespace lbgp::fsm::test
