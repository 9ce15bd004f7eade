// SPDX-License-Identifier: Apache-2.0
// One BFD session: the state machine and the timers of RFC 5880 §6.8, asynchronous mode. A value that is told
// what happens and answers what to send.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "fsm/bfd_settings.hpp"
#include "fsm/moment.hpp"
#include "wire/bfd_packet.hpp"

namespace lbgp::fsm {

using std::chrono::microseconds;

struct BfdChange {
  wire::BfdState from = wire::BfdState::Down;
  wire::BfdState to = wire::BfdState::Down;
  wire::BfdDiagnostic diagnostic = wire::BfdDiagnostic::None;
  // RFC 5882 §4.2: one side has been switched off by its operator, which says nothing about the path.
  bool administrative = false;
  // The peer has begun a new session with us, under another discriminator: BFD there was restarted or set up
  // anew.
  bool peer_restarted = false;
  bool peer_control_plane_independent = false;  // C bit of the peer's last packet
  // The path was good and is not any more: what a client of BFD acts upon.
  // RFC-DEVIATION: RFC 5882 §4.2 would have a restart of the peer's BFD acted upon, too. But its packet has
  // just come over that path; and FRR sets its sessions up anew whenever a BGP session is established.
  [[nodiscard]] bool path_failed() const {
    return from == wire::BfdState::Up && to != wire::BfdState::Up && !administrative && !peer_restarted;
  }
  bool operator==(const BfdChange&) const = default;
};

// What a call asks for: a packet to be sent now, and a change to be told.
struct BfdOutput {
  std::optional<wire::BfdPacket> packet;
  std::optional<BfdChange> change;
  bool operator==(const BfdOutput&) const = default;
};

// What the peer's last packet said (bfd.Remote… of RFC 5880 §6.8.1); as if never heard after a Detection Time
// of silence.
struct BfdRemote {
  std::uint32_t discriminator = 0;  // 0: nothing has been heard
  wire::BfdState state = wire::BfdState::Down;
  wire::BfdDiagnostic diagnostic = wire::BfdDiagnostic::None;
  std::uint8_t detect_mult = 0;
  microseconds desired_min_tx{0};
  microseconds required_min_rx{1};
  microseconds required_min_echo_rx{0};
  bool demand = false;
  bool control_plane_independent = false;
};

// The packets that on_packet() is given have been demultiplexed to this session and have passed decode_bfd().
// After every call the caller looks at next_deadline(), and calls on_time() when it is reached. The jitter of
// a Moment is that of RFC 5880 §6.8.7: 0.75 to 1.
class BfdSession {
 public:
  // `discriminator`: unique among the system's sessions, not zero.
  BfdSession(const BfdSettings& settings, std::uint32_t discriminator, Moment moment);

  [[nodiscard]] BfdOutput on_packet(const wire::BfdPacket& packet, Moment moment);
  [[nodiscard]] BfdOutput on_time(Moment moment);
  // RFC 5880 §6.8.3, §6.8.12, §6.8.16: intervals, multiplier, AdminDown and back.
  [[nodiscard]] BfdOutput change_settings(const BfdSettings& settings, Moment moment);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  [[nodiscard]] const BfdSettings& settings() const { return settings_; }
  [[nodiscard]] std::uint32_t discriminator() const { return discriminator_; }
  [[nodiscard]] wire::BfdState state() const { return state_; }
  [[nodiscard]] wire::BfdDiagnostic diagnostic() const { return diagnostic_; }
  [[nodiscard]] const BfdRemote& remote() const { return remote_; }
  // How long the peer may be silent (RFC 5880 §6.8.4); 0: it has not been heard.
  [[nodiscard]] microseconds detection_time() const;
  // Between two of our packets, before jitter (RFC 5880 §6.8.2); nothing: none are sent periodically.
  [[nodiscard]] std::optional<microseconds> transmit_interval() const;
  // When the next periodic packet is due.
  [[nodiscard]] std::optional<TimePoint> next_transmission() const { return next_transmission_; }

 private:
  // RFC 5880 §6.5. A second change of parameters while a Poll is under way would leave the meaning of its
  // Final open: it gets a Poll of its own, after a packet without Final has separated the two (§6.8.3).
  enum class Poll : std::uint8_t { None, Active, Separating };

  [[nodiscard]] bool hear(const wire::BfdPacket& received);
  void forget_peer();
  void react(bool peer_restarted, BfdOutput& output, Moment moment);
  void move(wire::BfdState to, wire::BfdDiagnostic diagnostic, BfdOutput& output, Moment moment);
  void advertise();
  void request_poll();
  void finish_poll();
  void schedule(Moment moment);
  [[nodiscard]] wire::BfdPacket packet() const;
  void transmit(BfdOutput& output, Moment moment);
  [[nodiscard]] std::optional<TimePoint> detection_deadline() const;

  BfdSettings settings_;
  std::uint32_t discriminator_;
  wire::BfdState state_ = wire::BfdState::Down;
  wire::BfdDiagnostic diagnostic_ = wire::BfdDiagnostic::None;
  BfdRemote remote_;
  // What our packets say, and what holds: until a Poll is answered the peer may not know that we get slower,
  // or that we expect it to be faster.
  microseconds desired_min_tx_{0}, desired_min_tx_in_use_{0};
  microseconds required_min_rx_{0}, required_min_rx_in_use_{0};
  Poll poll_ = Poll::None;
  bool poll_again_ = false;
  TimePoint last_reception_{};
  TimePoint last_transmission_{};
  double jitter_ = 1.0;  // of the wait for the next transmission
  std::optional<TimePoint> next_transmission_;
};

}  // namespace lbgp::fsm
