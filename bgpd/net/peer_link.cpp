// SPDX-License-Identifier: Apache-2.0
// A neighbor over TCP.
#include "bgpd/net/peer_link.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "bgpd/log/events.hpp"
#include "bgpd/net/asio_address.hpp"
#include "bgpd/net/interfaces.hpp"
#include "bgpd/net/link_neighbors.hpp"
#include "bgpd/net/socket_options.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// After a restart: BFD speaks once a second until both sides have heard each other (RFC 5880 §6.8.3); then
// the peer's BFD has to tell its BGP, often another process.
constexpr std::chrono::milliseconds kLongestWaitForBfd{3000};
constexpr std::chrono::milliseconds kWaitForWordOfBfd{500};

// The link that a link-local address is on.
std::string link_of(const asio::ip::address& address) {
  return address.is_v6() ? interface_name(address.to_v6().scope_id()) : "";
}

// Whether an attempt is worth making as things are. While nobody is known on a link, it asks who is there.
bool is_promising(const conf::Neighbor& neighbor, const Approach& way,
                  const std::optional<wire::IpAddress>& learned, const InterfaceTable& interfaces) {
  const std::string& link = neighbor.transport.interface;
  return may_succeed(way, interfaces) || (!link.empty() && !learned && interfaces.is_running(link));
}

}  // namespace

PeerLink::PeerLink(LinkContext& context, conf::Neighbor neighbor)
    : context_(context),
      peering_(context.rib, std::move(neighbor), *this),
      wires_{std::make_unique<Wire>(*this, Side::Outgoing), std::make_unique<Wire>(*this, Side::Incoming)},
      timer_(context.io),
      bfd_wait_(context.io) {}

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
  behind_bfd_ = false;
  bfd_wait_.cancel();
  peering_.start(moment());
  arm_timer();
}

void PeerLink::start_behind_bfd() {
  behind_bfd_ = true;
  look_for_peer();
  start_after(kLongestWaitForBfd);
}

void PeerLink::start_after(std::chrono::milliseconds time) {
  bfd_wait_.expires_after(time);
  bfd_wait_.async_wait([this, alive = alive_](const error_code& error) {
    if (!error && *alive && behind_bfd_) start();
  });
}

void PeerLink::stop(const fsm::ManualStop& stop) {
  behind_bfd_ = behind_bfd_ && stop.restart;
  peering_.stop(stop, moment());
  arm_timer();
}

void PeerLink::on_bfd(const fsm::BfdChange& change) {
  const Peering::BfdReaction reaction = peering_.on_bfd(change, moment());
  log::bfd_state(peering_.neighbor(), change, reaction == Peering::BfdReaction::RestartAwaited);
  if (behind_bfd_ && change.to == wire::BfdState::Up) start_after(kWaitForWordOfBfd);
  arm_timer();
}

void PeerLink::interfaces_changed() {
  check_link();
  peering_.look_up_next_hops();
  const conf::Neighbor& neighbor = peering_.neighbor();
  const Approach way = approach(neighbor, context_.interfaces.addresses(), learned_);
  const bool could_not =
      !std::exchange(may_succeed_, is_promising(neighbor, way, learned_, context_.interfaces));
  if (could_not && may_succeed_) peering_.path_restored(moment());
  arm_timer();
}

void PeerLink::note_link(Side side) {
  const auto& connection = wire(side).connection;
  const auto local = connection ? connection->local() : std::nullopt;
  if (!local) return;
  link_ = link_of(local->address());
  if (link_.empty()) link_ = context_.interfaces.holder_of(from_asio(local->address()));
  if (!context_.interfaces.is_running(link_)) link_.clear();
}

void PeerLink::check_link() {
  if (link_.empty() || context_.interfaces.is_running(link_)) return;
  const fsm::DownReason reason = reason_without_link(peering_.neighbor(), context_.fast_external_failover);
  if (reason == fsm::DownReason::None) return;
  peering_.lose_link(reason, fmt::format("interface {} is down, or has lost its carrier", link_), moment());
  link_.clear();
}

void PeerLink::change(conf::Neighbor neighbor, const std::optional<fsm::ManualStop>& reset) {
  const bool was_shut_down = peering_.neighbor().session.shutdown;
  if (reset) stop(*reset);
  peering_.change(std::move(neighbor), moment());
  if (was_shut_down && !peering_.neighbor().session.shutdown) start();
  peering_.on_time(moment());  // what the new settings allow begins now: an attempt, where it was passive
  routes_changed();
  arm_timer();
}

bool PeerLink::answers_to(const Caller& caller) const {
  const fsm::TransportSettings& settings = peering_.neighbor().transport;
  if (settings.interface.empty()) {
    if (settings.peer_address != caller.address) return false;
    // The same link-local address on another link is another machine.
    const auto* link = std::get_if<std::string>(&settings.update_source);
    return caller.interface == 0 || link == nullptr || ::if_nametoindex(link->c_str()) == caller.interface;
  }
  if (!caller.address.is_link_local() || caller.address.is_v4())
    return !settings.v6_only &&
           other_end(context_.interfaces.addresses(), settings.interface) == caller.address;
  // A point-to-point link has one peer: nobody else on it disturbs a session.
  const bool taken = peering_.fsm().state() >= fsm::State::OpenSent && learned_ != caller.address;
  return !taken && ::if_nametoindex(settings.interface.c_str()) == caller.interface;
}

bool PeerLink::storms() {
  const auto now = std::chrono::steady_clock::now();
  fsm::TimePoint& oldest = knocks_[next_knock_];
  if (now - oldest >= std::chrono::seconds(1)) {
    oldest = now;
    next_knock_ = (next_knock_ + 1) % knocks_.size();
    return false;
  }
  std::uint64_t suppressed = 0;
  if (storm_lines_.spend(now, suppressed)) log::connect_storm(peering_.neighbor(), suppressed);
  return true;
}

void PeerLink::knock(asio::ip::tcp::socket socket, const Caller& caller) {
  if (storms() || came_from_afar(socket.native_handle(), peering_.neighbor())) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);  // nothing of it shall remain
    return;
  }
  const conf::Neighbor& neighbor = peering_.neighbor();
  const std::string& password = neighbor.transport.password;
  if (const std::string why = out_of_reach(neighbor, context_.interfaces.addresses(), caller.address);
      !why.empty()) {
    if (!said_lately(why)) log::out_of_reach(neighbor, why);
    return;
  }
  if (!neighbor.transport.interface.empty() && learned_ != caller.address) {
    found_peer(caller.address);
    // The listener had no key for it, so this connection carries no signature: the next one will.
    if (!password.empty()) return;
  }
  // GTSM, TTL and the key must hold before the peer's first octet is looked at. The listener's own key may be
  // younger than the connection.
  if (apply_options(socket, neighbor)) return;
  if (!password.empty() && set_md5_key(socket.native_handle(), wire::Prefix::host(caller.address), password))
    return;
  at_the_door_ = std::move(socket);
  peering_.knock(moment());
  at_the_door_.reset();
  arm_timer();
}

void PeerLink::flush() {
  if (const auto side = peering_.fsm().established_side())
    if (auto& connection = wire(*side).connection) connection->pump();
}

std::string PeerLink::obstacle() const {
  return approach(peering_.neighbor(), context_.interfaces.addresses(), learned_).problem;
}

Connection* PeerLink::established_connection() const {
  const auto side = peering_.fsm().established_side();
  return side ? wires_[static_cast<std::size_t>(*side)]->connection.get() : nullptr;
}

// --- PeeringPort
// -------------------------------------------------------------------------------------------------

void PeerLink::connect() {
  const conf::Neighbor& neighbor = peering_.neighbor();
  look_for_peer();
  const Approach way = approach(neighbor, context_.interfaces.addresses(), learned_);
  may_succeed_ = is_promising(neighbor, way, learned_, context_.interfaces);
  if (!way.problem.empty()) return fail_later(way.problem);
  if (!neighbor.transport.interface.empty()) found_peer(way.to);
  asio::ip::tcp::socket socket(context_.io);
  if (const error_code error = prepare_outgoing(socket, way))
    return fail_later("cannot open a connection: " + describe(error));
  auto& connection = wire(Side::Outgoing).connection;
  connection = std::make_shared<Connection>(std::move(socket), wire(Side::Outgoing), context_.connections);
  connection->connect(
      to_endpoint(way.to, neighbor.transport.peer_port, ::if_nametoindex(way.interface.c_str())));
}

error_code PeerLink::prepare_outgoing(asio::ip::tcp::socket& socket, const Approach& way) const {
  const conf::Neighbor& neighbor = peering_.neighbor();
  const std::string& password = neighbor.transport.password;
  error_code error;
  socket.open(way.to.is_v4() ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), error);
  if (!error) error = apply_options(socket, neighbor);
  // Fail closed: a peer with a password is never spoken to without the key.
  if (!error && !password.empty())
    error = set_md5_key(socket.native_handle(), wire::Prefix::host(way.to), password);
  if (!error && way.from) {
    const unsigned scope = way.from->is_link_local() ? ::if_nametoindex(way.interface.c_str()) : 0;
    socket.bind(to_endpoint(*way.from, 0, scope), error);
  }
  return error;
}

// A neighbor known by its interface is whoever is there: the kernel's neighbor table tells, once the other
// side has sent anything. Until there is a session, we ask to be told and say that we are here.
void PeerLink::look_for_peer() {
  const std::string& interface = peering_.neighbor().transport.interface;
  if (interface.empty()) return;
  if (const auto peer = choose_peer(link_neighbors(interface, context_.interfaces.addresses())))
    found_peer(*peer);
  else
    call_all_nodes(interface);
  const error_code unheard = advertise_ourselves(interface);
  if (unheard == boost::system::errc::operation_not_permitted && !std::exchange(told_unheard_, true))
    log::not_advertised(interface);
}

void PeerLink::found_peer(const wire::IpAddress& address) {
  if (learned_ == address) return;
  const auto before = std::exchange(learned_, address);
  context_.peer_found(*this, before);
}

std::optional<wire::IpAddress> PeerLink::peer_address() const {
  const fsm::TransportSettings& settings = peering_.neighbor().transport;
  return settings.interface.empty() ? std::optional(settings.peer_address) : learned_;
}

std::string PeerLink::md5_problem(const Md5Counters& now) const {
  if (peering_.fsm().state() == fsm::State::Established || now == md5_before_) return "";
  const bool password = !peering_.neighbor().transport.password.empty();
  return md5_words(md5_before_, now, password, context_.suspects(password));
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
  note_link(Side::Incoming);
}

void PeerLink::refuse(const wire::Bytes& message) {
  Connection::refuse(*std::move(at_the_door_), message, context_.connections);
}

void PeerLink::read_waiting(Side side) {
  if (auto connection = wire(side).connection) connection->read_waiting();
}

void PeerLink::output_ready(Side side) {
  if (auto& connection = wire(side).connection) connection->pump_soon();
}

LocalEnd PeerLink::local_end(Side side) {
  const auto& connection = wire(side).connection;
  const auto local = connection ? connection->local() : std::nullopt;
  const auto remote = connection ? connection->remote() : std::nullopt;
  if (!local || !remote) {  // the connection is over, and its end is to be read yet
    LocalEnd nothing;
    nothing.held = false;
    return nothing;
  }
  const fsm::Negotiated* negotiated = peering_.fsm().negotiated();
  return net::local_end(
      context_.interfaces.addresses(),
      {.local = from_asio(local->address()),
       .remote = from_asio(remote->address()),
       .interface = link_of(local->address()),
       .extended_next_hop =
           negotiated != nullptr && negotiated->codec.extended_next_hop.contains(wire::Family::Ipv4Unicast),
       .present = peering_.session().local_next_hop});
}

void PeerLink::next_hop_changed(wire::Family family, const std::optional<wire::NextHop>& now,
                                std::string_view why) {
  if (!may_tell_of_routes()) return;
  if (now)
    log::next_hop(peering_.neighbor(), family, *now);
  else
    log::family_blocked(peering_.neighbor(), family, why);
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
  if (comes_or_goes) {
    said_.clear();
    md5_before_ = read_md5_counters();
  }
  if (change.to == fsm::State::Established) context_.peers_changed();
  fsm::StateChanged told = change;
  // The kernel drops segments with a wrong or missing signature without a word (RFC 2385 §2).
  if (change.why.starts_with("no answer")) {
    if (const std::string words = md5_problem(read_md5_counters()); !words.empty())
      told.why += ", but " + words;
    else if (!peering_.neighbor().transport.password.empty())
      told.why += " (is the same password set on both sides?)";
  }
  const bool repeated = !comes_or_goes && !told.why.empty() && said_lately(told.why);
  log::neighbor_state(peering_.neighbor(), told, context_.log_neighbor_changes && !repeated);
}

void PeerLink::update_fault(const wire::UpdateFault& fault) {
  std::uint64_t suppressed = 0;
  const bool log_it = fault_lines_.spend(std::chrono::steady_clock::now(), suppressed);
  if (suppressed > 0) log::update_faults_suppressed(peering_.neighbor(), suppressed);
  if (log_it) log::update_fault(peering_.neighbor(), fault);
}

// Restarts, refreshes and a number of prefixes that goes up and down are the peer's doing: not endless lines.
bool PeerLink::may_tell_of_routes() {
  std::uint64_t suppressed = 0;
  return route_lines_.spend(std::chrono::steady_clock::now(), suppressed);
}

void PeerLink::prefix_level(wire::Family family, rib::PrefixLevel level) {
  if (!may_tell_of_routes()) return;
  log::maximum_prefix(peering_.neighbor(), family, level,
                      context_.rib.counters(peering_.rib_id(), family).received);
}

void PeerLink::stale_routes(const StaleReport& report) {
  if (!may_tell_of_routes()) return;
  log::stale_routes(peering_.neighbor(), report);
}

void PeerLink::report_oversized() {
  for (const wire::Family family : wire::kFamilies) {
    const std::uint32_t count = context_.rib.counters(peering_.rib_id(), family).oversized;
    const std::uint32_t before = std::exchange(oversized_[family], count);
    std::uint64_t suppressed = 0;
    if (count <= before || !oversized_lines_.spend(std::chrono::steady_clock::now(), suppressed)) continue;
    std::string example;
    context_.rib.for_each_oversized(peering_.rib_id(), family, [&example](const wire::Prefix& prefix) {
      if (example.empty()) example = to_string(prefix);
    });
    log::oversized(peering_.neighbor(), family, count, example);
  }
}

void PeerLink::malformed_update(wire::ByteView body) {
  std::uint64_t suppressed = 0;
  if (octet_lines_.spend(std::chrono::steady_clock::now(), suppressed))
    log::malformed_update(peering_.neighbor(), body);
}

// --- calls from the connections
// ----------------------------------------------------------------------------------

void PeerLink::Wire::on_connected() {
  owner.note_link(side);
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

void PeerLink::Wire::read_on() {
  owner.peering_.read_on(side, owner.moment());
  owner.arm_timer();
}

void PeerLink::Wire::fill(wire::Bytes& out, std::size_t budget) {
  const std::size_t before = out.size();
  owner.peering_.fill(side, out, budget, owner.moment());
  owner.report_oversized();
  if (out.size() == before) owner.arm_timer();  // what waits for `advertisement-interval`
}

void PeerLink::Wire::on_wrote(bool blocked) {
  owner.peering_.wrote(side, blocked, owner.moment());
  owner.arm_timer();
}

// The timer is moved only when it would fire too late: deadlines that move away (every message restarts the
// hold timer) cost nothing, the early wake-up just sets it anew.
void PeerLink::arm_timer() {
  if (peering_.neighbor().listen_range && peering_.is_idle()) context_.idle(*this);
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
