// SPDX-License-Identifier: Apache-2.0
// A neighbor over TCP.
#include "bgpd/net/peer_link.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "bgpd/log/events.hpp"
#include "bgpd/net/asio_address.hpp"
#include "bgpd/net/interfaces.hpp"
#include "bgpd/net/socket_options.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

bool is_ibgp(const conf::Neighbor& neighbor) {
  using Kind = fsm::RemoteAs::Kind;
  const fsm::RemoteAs& remote = neighbor.session.remote_as;
  return remote.kind == Kind::Internal ||
         (remote.kind == Kind::Number && remote.number == neighbor.session.local_as);
}

// `update-source`: the address or the interface that our end of the connection has.
error_code bind_source(asio::ip::tcp::socket& socket, const fsm::TransportSettings& settings) {
  error_code error;
  if (const auto* address = std::get_if<wire::IpAddress>(&settings.update_source))
    socket.bind(to_endpoint(*address, 0), error);
  else if (const auto* interface = std::get_if<std::string>(&settings.update_source))
    error = bind_to_device(socket.native_handle(), *interface);
  return error;
}

error_code prepare_outgoing(asio::ip::tcp::socket& socket, const conf::Neighbor& neighbor) {
  const fsm::TransportSettings& settings = neighbor.transport;
  error_code error;
  socket.open(settings.peer_address.is_v4() ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), error);
  if (!error) error = apply_options(socket, settings, is_ibgp(neighbor));
  // Fail closed: a peer with a password is never spoken to without the key.
  if (!error && !settings.password.empty())
    error = set_md5_key(socket.native_handle(), settings.peer_address, settings.password);
  if (!error) error = bind_source(socket, settings);
  return error;
}

}  // namespace

PeerLink::PeerLink(LinkContext& context, conf::Neighbor neighbor)
    : context_(context),
      peering_(context.rib, std::move(neighbor), *this),
      wires_{std::make_unique<Wire>(*this, Side::Outgoing), std::make_unique<Wire>(*this, Side::Incoming)},
      timer_(context.io) {}

PeerLink::~PeerLink() {
  *alive_ = false;
  for (auto& end : wires_)
    if (end->connection) end->connection->abandon();
}

Moment PeerLink::moment() {
  // RFC 4271 §10: timers are shortened by up to a quarter so that peers do not fall into step.
  const double jitter = std::uniform_real_distribution<double>(0.75, 1.0)(context_.random);
  return {std::chrono::steady_clock::now(), jitter};
}

void PeerLink::start() {
  peering_.start(moment());
  arm_timer();
}

void PeerLink::stop(const fsm::ManualStop& stop) {
  peering_.stop(stop, moment());
  arm_timer();
}

void PeerLink::change(conf::Neighbor neighbor, const std::optional<fsm::ManualStop>& reset) {
  const bool was_shut_down = peering_.neighbor().session.shutdown;
  if (reset) peering_.stop(*reset, moment());
  peering_.change(std::move(neighbor));
  if (was_shut_down && !peering_.neighbor().session.shutdown) peering_.start(moment());
  routes_changed();
  arm_timer();
}

void PeerLink::knock(asio::ip::tcp::socket socket) {
  // GTSM and TTL must hold before the peer's first octet is looked at.
  if (apply_options(socket, peering_.neighbor().transport, is_ibgp(peering_.neighbor()))) return;
  at_the_door_ = std::move(socket);
  peering_.knock(moment());
  at_the_door_.reset();
  arm_timer();
}

void PeerLink::flush() {
  if (const auto side = peering_.fsm().established_side())
    if (auto& connection = wire(*side).connection) connection->pump();
}

Connection* PeerLink::established_connection() const {
  const auto side = peering_.fsm().established_side();
  return side ? wires_[static_cast<std::size_t>(*side)]->connection.get() : nullptr;
}

// --- PeeringPort
// -------------------------------------------------------------------------------------------------

void PeerLink::connect() {
  const conf::Neighbor& neighbor = peering_.neighbor();
  asio::ip::tcp::socket socket(context_.io);
  if (const error_code error = prepare_outgoing(socket, neighbor))
    return fail_later("cannot open a connection: " + describe(error));
  auto& connection = wire(Side::Outgoing).connection;
  connection = std::make_shared<Connection>(std::move(socket), wire(Side::Outgoing), context_.connections);
  connection->connect(to_endpoint(neighbor.transport.peer_address, neighbor.transport.peer_port));
}

// A Peering is never called back from within its own call.
void PeerLink::fail_later(std::string reason) {
  asio::post(context_.io, [this, alive = alive_, reason = std::move(reason)] {
    if (*alive) wire(Side::Outgoing).on_failed(reason);
  });
}

void PeerLink::close(Side side) {
  if (auto connection = std::exchange(wire(side).connection, nullptr)) connection->finish();
}

void PeerLink::accept() {
  auto& connection = wire(Side::Incoming).connection;
  connection =
      std::make_shared<Connection>(*std::move(at_the_door_), wire(Side::Incoming), context_.connections);
  connection->start();
}

void PeerLink::refuse(const wire::Bytes& message) {
  Connection::refuse(*std::move(at_the_door_), message, context_.connections);
}

void PeerLink::output_ready(Side side) {
  if (auto& connection = wire(side).connection) connection->pump_soon();
}

LocalEnd PeerLink::local_end(Side side) {
  const auto& connection = wire(side).connection;
  const auto local = connection ? connection->local() : std::nullopt;
  if (!local) return {};
  return net::local_end(interface_addresses(), from_asio(local->address()),
                        peering_.neighbor().transport.peer_address);
}

// A neighbor that stays away fails in the same ways every few seconds: each is said once a minute.
bool PeerLink::said_lately(const std::string& why) {
  const auto now = std::chrono::steady_clock::now();
  if (said_.size() > 16) said_.clear();
  const auto [entry, fresh] = said_.try_emplace(why, now);
  if (fresh || now - entry->second < std::chrono::minutes(1)) return !fresh;
  entry->second = now;
  return false;
}

void PeerLink::state_changed(const fsm::StateChanged& change) {
  const bool comes_or_goes = change.from == fsm::State::Established || change.to == fsm::State::Established;
  if (comes_or_goes) said_.clear();
  const bool repeated = !comes_or_goes && !change.why.empty() && said_lately(change.why);
  fsm::StateChanged told = change;
  // The kernel drops segments with a wrong or missing signature without a word (RFC 2385 §2).
  if (change.why.starts_with("no answer") && !peering_.neighbor().transport.password.empty())
    told.why += " (is the same password set on both sides?)";
  log::neighbor_state(peering_.neighbor(), told, context_.log_neighbor_changes && !repeated);
}

void PeerLink::update_fault(const wire::UpdateFault& fault) {
  std::uint64_t suppressed = 0;
  const bool log_it = fault_lines_.spend(std::chrono::steady_clock::now(), suppressed);
  if (suppressed > 0) log::update_faults_suppressed(peering_.neighbor(), suppressed);
  if (log_it) log::update_fault(peering_.neighbor(), fault);
}

void PeerLink::malformed_update(wire::ByteView body) {
  std::uint64_t suppressed = 0;
  if (octet_lines_.spend(std::chrono::steady_clock::now(), suppressed))
    log::malformed_update(peering_.neighbor(), body);
}

void PeerLink::over_maximum_prefix(wire::Family family, std::uint32_t limit, bool warning_only) {
  log::maximum_prefix(peering_.neighbor(), family, limit, warning_only);
}

// --- calls from the connections
// ----------------------------------------------------------------------------------

void PeerLink::Wire::on_connected() {
  owner.peering_.connected(owner.moment());
  owner.arm_timer();
}

void PeerLink::Wire::on_failed(const std::string& reason) {
  connection.reset();
  owner.peering_.failed(side, reason, owner.moment());
  owner.arm_timer();
}

void PeerLink::Wire::on_read(std::size_t size) {
  owner.peering_.received(side, size, owner.moment());
  owner.arm_timer();
}

void PeerLink::Wire::fill(wire::Bytes& out, std::size_t budget) {
  owner.peering_.fill(side, out, budget, owner.moment());
}

void PeerLink::Wire::on_wrote(bool blocked) {
  owner.peering_.wrote(side, blocked, owner.moment());
  owner.arm_timer();
}

// The timer is moved only when it would fire too late: deadlines that move away (every message restarts the
// hold timer) cost nothing, the early wake-up just sets it anew.
void PeerLink::arm_timer() {
  const auto deadline = peering_.next_deadline();
  if (!deadline) {
    armed_.reset();
    timer_.cancel();
    return;
  }
  if (armed_ && *armed_ <= *deadline) return;
  armed_ = deadline;
  timer_.expires_at(*deadline);
  timer_.async_wait([this, alive = alive_](const error_code& error) {
    if (error || !*alive) return;
    armed_.reset();
    peering_.on_time(moment());
    arm_timer();
  });
}

}  // namespace lbgp::daemon::net
