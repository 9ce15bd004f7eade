// SPDX-License-Identifier: Apache-2.0
// The state machine and the timers of RFC 5880 §6.8.
#include "fsm/bfd_session.hpp"

#include <algorithm>
#include <utility>

namespace lbgp::fsm {

using wire::BfdDiagnostic;
using wire::BfdState;

namespace {

constexpr microseconds kSlow{1'000'000};  // RFC 5880 §6.8.3: the least interval while not Up

// What a state of the peer makes of ours: RFC 5880 §6.8.6, by [ours][theirs]. AdminDown hears nothing.
constexpr BfdState kNext[4][4] = {
    {BfdState::AdminDown, BfdState::AdminDown, BfdState::AdminDown, BfdState::AdminDown},
    {BfdState::Down, BfdState::Init, BfdState::Up, BfdState::Down},
    {BfdState::Down, BfdState::Init, BfdState::Up, BfdState::Up},
    {BfdState::Down, BfdState::Down, BfdState::Up, BfdState::Up},
};

// RFC 5880 §6.8.7: shortened by up to a quarter; with a multiplier of 1, a packet at the full interval would
// come too late, so it is a tenth at least.
double jitter_for(double jitter, std::uint8_t detect_mult) {
  const double within = std::clamp(jitter, 0.75, 1.0);
  return detect_mult == 1 ? 0.75 + (within - 0.75) * 0.6 : within;
}

}  // namespace

BfdSession::BfdSession(const BfdSettings& settings, std::uint32_t discriminator, Moment moment)
    : settings_(settings),
      discriminator_(discriminator),
      last_transmission_(moment.now - std::chrono::hours(1)) {
  if (settings_.shutdown) {
    state_ = BfdState::AdminDown;
    diagnostic_ = BfdDiagnostic::AdministrativelyDown;
  }
  advertise();
  jitter_ = jitter_for(moment.jitter, settings_.detect_multiplier);
  schedule(moment);
}

BfdOutput BfdSession::on_packet(const wire::BfdPacket& received, Moment moment) {
  BfdOutput output;
  const bool peer_restarted = hear(received);
  if (state_ != BfdState::AdminDown) {
    last_reception_ = moment.now;
    react(peer_restarted, output, moment);
  }
  schedule(moment);
  if (!received.poll || state_ == BfdState::AdminDown) return output;
  // RFC 5880 §6.8.7: answered at once, whatever the timers, the state and Demand mode say. It tells of a
  // change of state just as well as the packet that would have done so.
  output.packet = packet();
  output.packet->poll = false;
  output.packet->final = true;
  return output;
}

// Whether the peer is another one than before.
bool BfdSession::hear(const wire::BfdPacket& received) {
  const bool restarted = remote_.discriminator != 0 && remote_.discriminator != received.my_discriminator;
  remote_ = {.discriminator = received.my_discriminator,
             .state = received.state,
             .diagnostic = received.diagnostic,
             .detect_mult = received.detect_mult,
             .desired_min_tx = received.desired_min_tx,
             .required_min_rx = received.required_min_rx,
             .required_min_echo_rx = received.required_min_echo_rx,
             .demand = received.demand,
             .control_plane_independent = received.control_plane_independent};
  if (poll_ == Poll::Active && received.final)
    finish_poll();
  else if (poll_ == Poll::Separating && !received.final)
    poll_ = Poll::Active;
  return restarted;
}

void BfdSession::react(bool peer_restarted, BfdOutput& output, Moment moment) {
  const BfdState next = kNext[static_cast<std::size_t>(state_)][static_cast<std::size_t>(remote_.state)];
  if (next == state_) return;
  // What took the session down is told until it is Up again.
  const BfdDiagnostic why = next == BfdState::Down ? BfdDiagnostic::NeighborSignaledSessionDown
                            : next == BfdState::Up ? BfdDiagnostic::None
                                                   : diagnostic_;
  move(next, why, output, moment);
  output.change->peer_restarted = peer_restarted;
}

BfdOutput BfdSession::on_time(Moment moment) {
  BfdOutput output;
  if (const auto deadline = detection_deadline(); deadline && *deadline <= moment.now) {
    const bool was_heard = state_ == BfdState::Init || state_ == BfdState::Up;
    // Before the peer is forgotten: the change tells what it was like.
    const bool independent = remote_.control_plane_independent;
    forget_peer();
    if (was_heard) {
      move(BfdState::Down, BfdDiagnostic::ControlDetectionTimeExpired, output, moment);
      output.change->peer_control_plane_independent = independent;
    }
    schedule(moment);
  }
  if (next_transmission_ && *next_transmission_ <= moment.now) transmit(output, moment);
  return output;
}

// RFC 5880 §6.8.1: bfd.RemoteDiscr is forgotten, and all that was learnt with it.
void BfdSession::forget_peer() {
  remote_ = {};
  poll_ = Poll::None;
  poll_again_ = false;
}

BfdOutput BfdSession::change_settings(const BfdSettings& settings, Moment moment) {
  BfdOutput output;
  if (settings == settings_) return output;
  const bool was_shut_down = std::exchange(settings_, settings).shutdown;
  if (settings_.shutdown && !was_shut_down) {
    move(BfdState::AdminDown, BfdDiagnostic::AdministrativelyDown, output, moment);
  } else if (!settings_.shutdown && was_shut_down) {
    forget_peer();
    move(BfdState::Down, BfdDiagnostic::None, output, moment);
  } else {
    advertise();
    schedule(moment);
    transmit(output, moment);  // RFC 5880 §6.8.7: a packet that says something new does not wait
  }
  return output;
}

void BfdSession::move(BfdState to, BfdDiagnostic diagnostic, BfdOutput& output, Moment moment) {
  output.change = BfdChange{.from = state_,
                            .to = to,
                            .diagnostic = diagnostic,
                            .administrative = to == BfdState::AdminDown || state_ == BfdState::AdminDown ||
                                              (to == BfdState::Down && remote_.discriminator != 0 &&
                                               remote_.state == BfdState::AdminDown),
                            .peer_restarted = false,
                            .peer_control_plane_independent = remote_.control_plane_independent};
  state_ = to;
  diagnostic_ = diagnostic;
  advertise();
  schedule(moment);
  transmit(output, moment);
}

// --- timers
// ----------------------------------------------------------------------------------------------------------

// RFC 5880 §6.8.3: what our packets say follows from settings and state; the peer is asked to confirm a
// change.
void BfdSession::advertise() {
  const bool up = state_ == BfdState::Up;
  const microseconds tx =
      up ? settings_.transmit_interval : std::max<microseconds>(settings_.transmit_interval, kSlow);
  const microseconds rx = settings_.receive_interval;
  if (!up || tx < desired_min_tx_in_use_) desired_min_tx_in_use_ = tx;
  if (!up || rx > required_min_rx_in_use_) required_min_rx_in_use_ = rx;
  const bool changed = tx != desired_min_tx_ || rx != required_min_rx_;
  desired_min_tx_ = tx;
  required_min_rx_ = rx;
  if (changed) request_poll();
}

// Nobody has to confirm what nobody has been told.
void BfdSession::request_poll() {
  if (remote_.discriminator == 0 || state_ == BfdState::AdminDown) return;
  if (poll_ == Poll::None)
    poll_ = Poll::Active;
  else
    poll_again_ = true;
}

void BfdSession::finish_poll() {
  if (std::exchange(poll_again_, false)) {
    poll_ = Poll::Separating;
    return;
  }
  poll_ = Poll::None;
  desired_min_tx_in_use_ = desired_min_tx_;
  required_min_rx_in_use_ = required_min_rx_;
}

microseconds BfdSession::detection_time() const {
  return remote_.detect_mult * std::max(required_min_rx_in_use_, remote_.desired_min_tx);
}

std::optional<TimePoint> BfdSession::detection_deadline() const {
  if (remote_.discriminator == 0 || state_ == BfdState::AdminDown) return std::nullopt;
  return last_reception_ + detection_time();
}

std::optional<microseconds> BfdSession::transmit_interval() const {
  if (settings_.passive && remote_.discriminator == 0) return std::nullopt;
  if (remote_.required_min_rx.count() == 0) return std::nullopt;
  // RFC 5880 §6.6: a peer in Demand mode wants to hear from us only when there is something to ask.
  const bool both_up = state_ == BfdState::Up && remote_.state == BfdState::Up;
  if (remote_.demand && both_up && poll_ != Poll::Active) return std::nullopt;
  return std::max(desired_min_tx_in_use_, remote_.required_min_rx);
}

// RFC 5880 §6.8.3: a new interval counts at once, from the last packet on.
void BfdSession::schedule(Moment moment) {
  next_transmission_.reset();
  if (const auto interval = transmit_interval()) {
    const auto wait = std::chrono::duration_cast<microseconds>(jitter_ * *interval);
    next_transmission_ = std::max(moment.now, last_transmission_ + wait);
  }
}

void BfdSession::transmit(BfdOutput& output, Moment moment) {
  // What may not be sent periodically is not sent to tell news either.
  if (!transmit_interval()) return schedule(moment);
  output.packet = packet();
  last_transmission_ = moment.now;
  jitter_ = jitter_for(moment.jitter, settings_.detect_multiplier);
  schedule(moment);
}

// RFC 5880 §6.8.7. C stays clear: this implementation ends with the control plane. D stays clear: we do not
// ask for Demand mode. Echo packets are not answered: Required Min Echo RX Interval is zero.
wire::BfdPacket BfdSession::packet() const {
  return {.diagnostic = diagnostic_,
          .state = state_,
          .poll = poll_ == Poll::Active,
          .final = false,
          .control_plane_independent = false,
          .demand = false,
          .detect_mult = settings_.detect_multiplier,
          .my_discriminator = discriminator_,
          .your_discriminator = remote_.discriminator,
          .desired_min_tx = desired_min_tx_,
          .required_min_rx = required_min_rx_,
          .required_min_echo_rx = microseconds(0)};
}

std::optional<TimePoint> BfdSession::next_deadline() const {
  const auto detection = detection_deadline();
  if (!detection || !next_transmission_) return detection ? detection : next_transmission_;
  return std::min(*detection, *next_transmission_);
}

}  // namespace lbgp::fsm
