// SPDX-License-Identifier: Apache-2.0
// All BFD sessions with their sockets and timers.
#include "bgpd/net/bfd_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "bgpd/net/interfaces.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using boost::system::error_code;
using fsm::BfdOutput;
using wire::BfdState;

namespace {

constexpr std::chrono::seconds kRetry{5};
constexpr int kMostPerTurn = 64;  // datagrams of one socket, before timers have their turn

wire::IpAddress any_address(bool v4) {
  return v4 ? wire::IpAddress{} : wire::IpAddress::v6({});
}

// RFC 5880 §6.8.16: a Detection Time, at the interval that holds while not Up.
fsm::TimePoint::duration goodbye_time(const fsm::BfdSettings& settings) {
  return settings.detect_multiplier *
         std::max<std::chrono::milliseconds>(settings.transmit_interval, std::chrono::seconds(1));
}

}  // namespace

BfdEngine::BfdEngine(asio::io_context& io, BfdEngineSettings settings, std::function<void(BfdReport)> report)
    : io_(io),
      settings_(std::move(settings)),
      report_(std::move(report)),
      random_(std::random_device{}()),
      retry_(io) {}

fsm::Moment BfdEngine::moment() {
  return {std::chrono::steady_clock::now(), std::uniform_real_distribution<double>(0.75, 1.0)(random_)};
}

std::uint32_t BfdEngine::fresh_discriminator() {
  for (;;)
    if (const auto value = static_cast<std::uint32_t>(random_());
        value != 0 && !by_discriminator_.contains(value))
      return value;
}

// RFC 5881 §4: in turn, so that no two sessions share one.
std::uint16_t BfdEngine::fresh_port() {
  const std::uint16_t port = next_port_;
  next_port_ = port == 65535 ? kFirstBfdSourcePort : static_cast<std::uint16_t>(port + 1);
  return port;
}

std::uint16_t BfdEngine::port(bool multihop) const {
  return multihop ? settings_.ports.multihop : settings_.ports.single_hop;
}

// --- sessions
// --------------------------------------------------------------------------------------------------------

void BfdEngine::set_peers(const std::vector<fsm::BfdPeer>& peers) {
  std::set<fsm::BfdKey> wanted;
  for (const fsm::BfdPeer& peer : peers) wanted.insert(peer.key);
  for (auto& [key, session] : sessions_)
    if (!wanted.contains(key)) remove(session);
  for (const fsm::BfdPeer& peer : peers) add(peer);
  open_receivers();
}

void BfdEngine::add(const fsm::BfdPeer& peer) {
  const auto found = sessions_.find(peer.key);
  if (found == sessions_.end()) {
    const std::uint32_t discriminator = fresh_discriminator();
    Session& session =
        sessions_.try_emplace(peer.key, io_, peer, discriminator, fresh_port(), moment()).first->second;
    session.local = peer.key.local;
    by_discriminator_[discriminator] = &session;
    return arm(session);
  }
  Session& session = found->second;
  session.leaving.reset();
  session.peer = peer;
  carry_out(session, session.machine.change_settings(peer.settings, moment()));
}

void BfdEngine::remove(Session& session) {
  if (session.leaving) return;
  session.leaving = std::chrono::steady_clock::now() + goodbye_time(session.peer.settings);
  fsm::BfdSettings settings = session.peer.settings;
  settings.shutdown = true;
  carry_out(session, session.machine.change_settings(settings, moment()));
}

void BfdEngine::say_goodbye() {
  for (auto& [key, session] : sessions_) remove(session);
}

// The timer is moved only when it would fire too late.
void BfdEngine::arm(Session& session) {
  auto deadline = session.machine.next_deadline();
  if (session.leaving) deadline = std::min(deadline.value_or(*session.leaving), *session.leaving);
  if (!deadline) {
    session.armed.reset();
    session.timer.cancel();
    return;
  }
  if (session.armed && *session.armed <= *deadline) return;
  session.armed = deadline;
  session.timer.expires_at(*deadline);
  session.timer.async_wait([this, discriminator = session.machine.discriminator()](const error_code& error) {
    if (!error) on_timer(discriminator);
  });
}

void BfdEngine::on_timer(std::uint32_t discriminator) {
  // What has arrived in time has arrived: a thread that was kept from running finds no peer dead that has
  // spoken.
  for (const auto& receiver : receivers_) receive_all(*receiver);
  const auto found = by_discriminator_.find(discriminator);
  if (found == by_discriminator_.end()) return;
  Session& session = *found->second;
  session.armed.reset();
  const auto due = session.machine.next_transmission();
  const fsm::Moment now = moment();
  const BfdOutput output = session.machine.on_time(now);
  carry_out(session, output);
  if (due && *due <= now.now && output.packet && !output.change)
    session.lateness.record(
        std::chrono::duration_cast<Lateness::Duration>(std::chrono::steady_clock::now() - *due));
  if (session.leaving && *session.leaving <= now.now) {
    const fsm::BfdKey key = session.peer.key;
    by_discriminator_.erase(discriminator);
    sessions_.erase(key);
    open_receivers();
  }
}

void BfdEngine::carry_out(Session& session, const BfdOutput& output) {
  if (output.packet) send(session, *output.packet);
  if (output.change) {
    session.since = std::chrono::steady_clock::now();
    if (output.change->to == BfdState::Up) ++session.counters.ups;
    if (output.change->from == BfdState::Up) ++session.counters.downs;
    if (!session.leaving) report_(BfdStateChanged{session.peer.key, *output.change});
  }
  arm(session);
}

// A packet that cannot be sent is a packet lost. An address or interface that is not there yet, or comes
// back, is looked for with every packet.
void BfdEngine::send(Session& session, const wire::BfdPacket& packet) {
  const fsm::BfdKey& key = session.peer.key;
  if (!session.socket.is_open()) {
    const error_code error = open_bfd_sender(session.socket, key, session.source_port);
    // Somebody else's port: the next packet leaves from another (RFC 5881 §4).
    if (error == asio::error::address_in_use) session.source_port = fresh_port();
    if (error) return;
  }
  if (!send_bfd(session.socket, key, port(key.multihop), wire::encode(packet))) {
    ++session.counters.sent;
    return;
  }
  error_code ignored;
  session.socket.close(ignored);
}

std::vector<BfdSnapshot> BfdEngine::snapshots() const {
  std::vector<BfdSnapshot> result;
  for (const auto& [key, session] : sessions_)
    if (!session.leaving)
      result.push_back(
          {session.peer, session.machine, session.local, session.since, session.counters, session.lateness});
  return result;
}

// --- reception
// -------------------------------------------------------------------------------------------------------

// Ports are open only while a session needs them.
void BfdEngine::open_receivers() {
  std::set<std::pair<bool, wire::IpAddress>> wanted;
  for (const auto& [key, session] : sessions_) {
    if (settings_.listen.empty()) wanted.emplace(key.multihop, any_address(key.peer.is_v4()));
    for (const wire::IpAddress& address : settings_.listen)
      if (address.is_v4() == key.peer.is_v4()) wanted.emplace(key.multihop, address);
  }
  std::erase_if(receivers_, [&](const auto& r) { return !wanted.contains({r->multihop, r->address}); });
  for (const auto& receiver : receivers_) wanted.erase({receiver->multihop, receiver->address});
  for (const auto& [multihop, address] : wanted)
    receivers_.push_back(std::make_shared<Receiver>(io_, address, multihop));
  bool failing = false;
  for (const auto& receiver : receivers_) {
    if (!receiver->socket.is_open()) open(receiver);
    failing |= receiver->failing;
  }
  if (!failing) return;
  retry_.expires_after(kRetry);
  retry_.async_wait([this](const error_code& error) {
    if (!error) open_receivers();
  });
}

void BfdEngine::open(const std::shared_ptr<Receiver>& receiver) {
  const std::uint16_t number = port(receiver->multihop);
  const error_code error = open_bfd_receiver(receiver->socket, receiver->address, number);
  if (error && !std::exchange(receiver->failing, true))
    report_(BfdProblem{
        fmt::format("cannot receive on {} port {}: {}", receiver->address, number, error.message())});
  if (error) return;
  receiver->failing = false;
  wait(receiver);
}

void BfdEngine::wait(const std::shared_ptr<Receiver>& receiver) {
  receiver->socket.async_wait(asio::ip::udp::socket::wait_read,
                              [this, weak = std::weak_ptr(receiver)](const error_code& error) {
                                const auto still_there = weak.lock();
                                if (error || !still_there) return;
                                receive_all(*still_there);
                                wait(still_there);
                              });
}

void BfdEngine::receive_all(Receiver& receiver) {
  BfdDatagram datagram;
  for (int i = 0; i < kMostPerTurn && receiver.socket.is_open() && receive_bfd(receiver.socket, datagram);
       ++i)
    on_datagram(datagram, receiver.multihop);
  for (Session* session : std::exchange(answering_, {}))
    send(*session, *std::exchange(session->answer, std::nullopt));
}

// One answer for all packets of a peer that a turn has read: a flood of Polls is not to cost others theirs.
void BfdEngine::owe(Session& session, wire::BfdPacket packet) {
  if (session.answer)
    packet.final = packet.final || session.answer->final;
  else
    answering_.push_back(&session);
  packet.poll = packet.poll && !packet.final;
  session.answer = packet;
}

void BfdEngine::on_datagram(const BfdDatagram& datagram, bool multihop) {
  const auto decoded = wire::decode_bfd(wire::ByteView(datagram.payload).first(datagram.size));
  if (const auto* reason = std::get_if<wire::BfdDiscard>(&decoded))
    return discard(datagram.from, to_string(*reason));
  const auto& packet = std::get<wire::BfdPacket>(decoded);
  Session* session = find(packet, datagram, multihop);
  if (session == nullptr) return;  // RFC 5880 §6.8.6: discarded; everybody may send us such ones
  if (!close_enough(session->peer.key, session->peer.settings, datagram.ttl))
    return discard(datagram.from, "it comes from too far away (its TTL is too low)");
  ++session->counters.received;
  if (!session->peer.key.local) session->local = datagram.to;
  BfdOutput output = session->machine.on_packet(packet, moment());
  if (output.packet) owe(*session, *std::exchange(output.packet, std::nullopt));
  carry_out(*session, output);
}

BfdEngine::Session* BfdEngine::find(const wire::BfdPacket& packet, const BfdDatagram& datagram,
                                    bool multihop) {
  if (packet.your_discriminator != 0) {
    const auto found = by_discriminator_.find(packet.your_discriminator);
    const bool fits = found != by_discriminator_.end() && found->second->peer.key.multihop == multihop;
    return fits ? found->second : nullptr;
  }
  const fsm::BfdArrival arrival{.from = datagram.from,
                                .to = datagram.to,
                                .interface = interface_name(datagram.interface),
                                .multihop = multihop};
  for (auto& [key, session] : sessions_)
    if (matches(key, arrival)) return &session;
  return nullptr;
}

void BfdEngine::discard(const wire::IpAddress& from, std::string_view why) {
  std::uint64_t suppressed = 0;
  if (discards_.spend(std::chrono::steady_clock::now(), suppressed))
    report_(BfdDiscarded{from, why, suppressed});
}

}  // namespace lbgp::daemon::net
