// SPDX-License-Identifier: Apache-2.0
// A world in virtual time.
#include "tests/sim/world.hpp"

#include <algorithm>
#include <utility>

namespace lbgp::sim {

using fsm::Side;

namespace {

constexpr milliseconds kLatency{1};
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kWindow = 128 * 1024;  // octets on the way and unread, in one direction

std::size_t slot(Side side) {
  return static_cast<std::size_t>(side);
}

}  // namespace

// Ends: 0 opened it (its Outgoing side), 1 took it (its Incoming side).
struct Pipe {
  std::array<Neighbor*, 2> ends{};  // null: the stranger's
  std::weak_ptr<Stranger> stranger;
  std::array<bool, 2> open{};
  bool cut = false;
  // By the end that they are for.
  std::array<std::size_t, 2> on_the_way{};
  std::array<wire::Bytes, 2> arrived;
  std::array<std::optional<std::string>, 2> last;  // after `arrived`: the connection's end, and why
  [[nodiscard]] std::size_t room(std::size_t end) const {
    const std::size_t taken = on_the_way[end] + arrived[end].size();
    return taken < kWindow ? kWindow - taken : 0;
  }
  [[nodiscard]] static Side side(std::size_t end) { return end == 0 ? Side::Outgoing : Side::Incoming; }
};

// --- Neighbor
// ----------------------------------------------------------------------------------------------------

Neighbor::Neighbor(World& world, Speaker& speaker, const conf::Neighbor& settings)
    : world_(world),
      speaker_(speaker),
      peering_(std::make_unique<daemon::Peering>(speaker.rib(), settings, *this)) {}

std::string Neighbor::last_why() const {
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change)
    if (!change->why.empty()) return change->why;
  return "";
}

void Neighbor::start() {
  peering_->start(world_.moment());
  arm();
}

void Neighbor::stop(const fsm::ManualStop& stop) {
  peering_->stop(stop, world_.moment());
  arm();
}

void Neighbor::change(const std::function<void(conf::Neighbor&)>& edit) {
  conf::Neighbor settings = peering_->neighbor();
  edit(settings);
  peering_->change(std::move(settings), world_.moment());
  arm();
}

// Deadlines only ever grow stale, never vanish from the queue: a wake-up that comes too early does nothing.
void Neighbor::arm() {
  const auto deadline = peering_->next_deadline();
  if (!deadline) return;
  const auto delay = std::max(*deadline - world_.now(), std::chrono::nanoseconds(0));
  world_.after(delay, [this, deadline] {
    if (peering_->next_deadline() == deadline && !speaker_.stopped()) on_timer();
  });
}

void Neighbor::on_timer() {
  peering_->on_time(world_.moment());
  arm();
}

void Neighbor::read(bool reads) {
  reads_ = reads;
  for (const Side side : {Side::Outgoing, Side::Incoming})
    if (const auto pipe = pipes_[slot(side)]) world_.drain(pipe, slot(side));
}

std::uint64_t Neighbor::sent(wire::MessageType type) const {
  return peering_->counters().sent[static_cast<std::size_t>(type)];
}

std::uint64_t Neighbor::received(wire::MessageType type) const {
  return peering_->counters().received[static_cast<std::size_t>(type)];
}

void Neighbor::connect() {
  connecting_ = true;
  world_.open(*this);
}

void Neighbor::close(Side side) {
  if (side == Side::Outgoing) connecting_ = false;
  const auto pipe = std::exchange(pipes_[slot(side)], nullptr);
  if (!pipe) return;
  wire::Bytes last = std::exchange(unsent_[slot(side)], {});
  peering_->fill(side, last, 0, world_.moment());
  const std::size_t end = slot(side);
  pipe->open[end] = false;
  if (!last.empty()) world_.carry(pipe, end, std::move(last));
  world_.end(pipe, end, "the peer closed the connection");
}

void Neighbor::accept() {
  pipes_[slot(Side::Incoming)] = std::exchange(at_the_door_, nullptr);
  unsent_[slot(Side::Incoming)].clear();
}

void Neighbor::refuse(const wire::Bytes& message) {
  const auto pipe = std::exchange(at_the_door_, nullptr);
  world_.carry(pipe, 1, message);
  world_.end(pipe, 1, "the peer closed the connection");
}

void Neighbor::read_waiting(Side side) {
  if (const auto pipe = pipes_[slot(side)]) world_.drain(pipe, slot(side));
}

void Neighbor::output_ready(Side side) {
  world_.after(std::chrono::nanoseconds(0), [this, side] { write(side); });
}

void Neighbor::write(Side side) {
  const auto pipe = pipes_[slot(side)];
  if (!pipe || !pipe->open[slot(side)] || speaker_.stopped()) return;
  wire::Bytes& unsent = unsent_[slot(side)];
  if (unsent.empty()) peering_->fill(side, unsent, kChunk, world_.moment());
  if (unsent.empty()) return arm();
  const std::size_t size = std::min(unsent.size(), pipe->room(1 - slot(side)));
  if (size == 0) {
    if (!std::exchange(blocked_[slot(side)], true)) peering_->wrote(side, true, world_.moment());
    return arm();
  }
  const auto end = unsent.begin() + static_cast<std::ptrdiff_t>(size);
  world_.carry(pipe, slot(side), wire::Bytes(unsent.begin(), end));
  unsent.erase(unsent.begin(), end);
  blocked_[slot(side)] = !unsent.empty();
  peering_->wrote(side, !unsent.empty(), world_.moment());
  arm();
  if (unsent.empty()) output_ready(side);
}

daemon::LocalEnd Neighbor::local_end(Side) {
  daemon::LocalEnd end;
  const auto own = peering_->neighbor().transport.update_source;
  const auto* address = std::get_if<wire::IpAddress>(&own);
  if (address == nullptr) return end;
  const auto v4 = address->is_v4() ? *address : wire::IpAddress::v4(0x0a000000U | speaker_.as.value());
  std::array<std::uint8_t, 16> bytes{0xfd};
  bytes[15] = static_cast<std::uint8_t>(speaker_.id.value());
  end.next_hop[wire::Family::Ipv4Unicast] = wire::NextHop{v4, {}};
  end.next_hop[wire::Family::Ipv6Unicast] = wire::NextHop{wire::IpAddress::v6(bytes), {}};
  end.shared_network = true;
  own_addresses_(end);
  return end;
}

void Neighbor::move(std::function<void(daemon::LocalEnd&)> how) {
  own_addresses_ = std::move(how);
  peering_->look_up_next_hops();
  arm();
}

void Neighbor::lose_link() {
  peering_->lose_link(fsm::DownReason::InterfaceDown, "interface eth0 is down", world_.moment());
  arm();
}

void Neighbor::have_link() {
  peering_->path_restored(world_.moment());
  arm();
}

void Neighbor::routes_changed() {
  world_.after(std::chrono::nanoseconds(0), [this] { speaker_.give_out_routes(); });
}

// --- Speaker
// -----------------------------------------------------------------------------------------------------

Speaker::Speaker(World& world, wire::AsNumber its_as, wire::RouterId its_id, bool end_of_rib)
    : as(its_as), id(its_id), world_(world) {
  rib::GlobalSettings settings;
  settings.local_as = as;
  settings.router_id = id;
  rib_.configure(settings, {});
  if (end_of_rib) rib_.release_end_of_rib();
}

void Speaker::release_end_of_rib() {
  rib_.release_end_of_rib();
  give_out_routes();
}

void Speaker::announce(const std::string& prefix, const std::string& community) {
  rib::LocalRoutes route{{wire::parse_prefix(prefix).value()}, {}, {}};
  route.attributes.origin = wire::Origin::Igp;
  if (!community.empty()) route.attributes.communities.insert(wire::parse_community(community).value());
  const std::vector<rib::LocalChange> changes{route};
  rib_.commit("test", changes, world_.now());
  give_out_routes();
}

void Speaker::withdraw(const std::string& prefix) {
  const std::vector<rib::LocalChange> changes{std::vector{wire::parse_prefix(prefix).value()}};
  rib_.commit("test", changes, world_.now());
  give_out_routes();
}

void Speaker::stop() {
  stopped_ = true;
}

void Speaker::resume() {
  stopped_ = false;
  give_out_routes();
  for (auto& neighbor : neighbors) neighbor->on_timer();
  for (auto& neighbor : neighbors)
    for (const Side side : {Side::Outgoing, Side::Incoming}) {
      neighbor->read_waiting(side);
      neighbor->output_ready(side);
    }
}

void Speaker::give_out_routes() {
  if (stopped_) return;
  while (rib_.work(4096)) {
  }
  for (const rib::PeerId ready : rib_.take_ready())
    for (auto& neighbor : neighbors)
      if (neighbor->peering().rib_id() == ready)
        if (const auto side = neighbor->peering().fsm().established_side()) neighbor->output_ready(*side);
}

std::vector<std::string> Speaker::table(wire::Family family) const {
  std::vector<std::string> prefixes;
  rib_.for_each_route(family,
                      [&](const rib::RouteView& route) { prefixes.push_back(to_string(route.prefix)); });
  return prefixes;
}

std::string Speaker::path_to(const std::string& prefix) const {
  std::string path = "-";
  rib_.find(wire::parse_prefix(prefix).value(), [&](const rib::RouteView& route) {
    if (!route.paths.empty() && route.paths.front().best)
      path = to_string(route.paths.front().attributes->as_path);
  });
  return path;
}

// --- World
// -------------------------------------------------------------------------------------------------------

World::World() = default;
World::~World() = default;

Speaker& World::add_speaker(std::uint32_t as, const std::string& id, bool end_of_rib) {
  speakers_.push_back(
      std::make_unique<Speaker>(*this, wire::AsNumber(as), wire::parse_router_id(id).value(), end_of_rib));
  return *speakers_.back();
}

Peer World::side(Speaker& speaker, const std::string& own_address, const std::string& peer_address,
                 std::uint32_t peer_as) {
  Peer peer{speaker, {}};
  conf::Neighbor& neighbor = peer.settings;
  neighbor.name = peer_address;
  neighbor.session.local_as = speaker.as;
  neighbor.session.remote_as.number = wire::AsNumber(peer_as);
  neighbor.session.router_id = speaker.id;
  neighbor.session.families = {wire::Family::Ipv4Unicast, wire::Family::Ipv6Unicast};
  neighbor.transport.peer_address = wire::parse_address(peer_address).value();
  neighbor.transport.update_source = wire::parse_address(own_address).value();
  neighbor.routes.name = peer_address;
  neighbor.routes.address = neighbor.transport.peer_address;
  neighbor.routes.local_as = speaker.as;
  neighbor.routes.ebgp_requires_policy = false;
  for (rib::FamilySettings& family : neighbor.routes.families) {
    family.activated = true;
    family.soft_reconfiguration_inbound = true;
  }
  return peer;
}

std::pair<Neighbor*, Neighbor*> World::join(Peer a, Peer b) {
  const auto make = [this](Peer& peer) {
    peer.speaker.neighbors.push_back(std::make_unique<Neighbor>(*this, peer.speaker, peer.settings));
    return peer.speaker.neighbors.back().get();
  };
  Neighbor* first = make(a);
  Neighbor* second = make(b);
  first->remote = second;
  second->remote = first;
  first->start();
  second->start();
  return {first, second};
}

Neighbor* World::join(Peer a) {
  a.speaker.neighbors.push_back(std::make_unique<Neighbor>(*this, a.speaker, a.settings));
  Neighbor* neighbor = a.speaker.neighbors.back().get();
  neighbor->start();
  return neighbor;
}

std::pair<Neighbor*, Neighbor*> World::join(Speaker& a, Speaker& b) {
  return join(side(a, "10.0.0.1", "10.0.0.2", b.as.value()), side(b, "10.0.0.2", "10.0.0.1", a.as.value()));
}

fsm::Moment World::moment() {
  // Any fixed sequence between 0.75 and 1 does.
  jitter_state_ = jitter_state_ * 6364136223846793005U + 1442695040888963407U;
  return {now_, 0.75 + static_cast<double>(jitter_state_ >> 40) / static_cast<double>(1U << 24) * 0.25};
}

void World::after(std::chrono::nanoseconds delay, std::function<void()> what) {
  events_.push({now_ + delay, order_++, std::move(what)});
}

void World::run_for(std::chrono::nanoseconds duration) {
  const fsm::TimePoint until = now_ + duration;
  while (!events_.empty() && events_.top().when <= until) {
    Event event = events_.top();
    events_.pop();
    now_ = event.when;
    event.what();
  }
  now_ = until;
}

bool World::run_until(const std::function<bool()>& condition, seconds limit) {
  const fsm::TimePoint until = now_ + limit;
  while (!condition()) {
    if (events_.empty() || events_.top().when > until) return false;
    run_for(events_.top().when - now_);
  }
  return true;
}

void World::open(Neighbor& from) {
  const std::uint64_t attempt = ++from.attempts_;
  after(kLatency, [this, &from, attempt] { answer_attempt(from, attempt); });
}

void World::answer_attempt(Neighbor& from, std::uint64_t attempt) {
  if (attempt != from.attempts_ || !from.connecting_) return;
  Neighbor* to = from.remote;
  // Who is stopped answers later.
  if (from.speaker_.stopped() || (to != nullptr && to->speaker_.stopped()))
    return after(milliseconds(100), [this, &from, attempt] { answer_attempt(from, attempt); });
  from.connecting_ = false;
  const auto stranger = std::exchange(from.answering, nullptr);
  const bool answered =
      stranger || (to != nullptr && to->listening && to->peering().fsm().accepts_connection());
  if (!answered) {
    from.peering_->failed(Side::Outgoing, "connection refused", moment());
    return from.arm();
  }
  auto pipe = std::make_shared<Pipe>();
  pipe->ends = {&from, stranger ? nullptr : to};
  pipe->open = {true, true};
  pipe->stranger = stranger;
  if (stranger) {
    stranger->pipe_ = pipe;
    stranger->end_ = 1;
  }
  from.pipes_[slot(Side::Outgoing)] = pipe;
  from.unsent_[slot(Side::Outgoing)].clear();
  from.peering_->connected(moment());
  from.arm();
  if (!stranger) knock(*to, pipe);
}

void World::knock(Neighbor& to, const std::shared_ptr<Pipe>& pipe) {
  to.at_the_door_ = pipe;
  to.peering_->knock(moment());
  if (std::exchange(to.at_the_door_, nullptr)) end(pipe, 1, "the peer closed the connection");
  to.arm();
}

std::shared_ptr<Stranger> World::dial(Neighbor& to) {
  const std::shared_ptr<Stranger> stranger(new Stranger(*this));
  auto pipe = std::make_shared<Pipe>();
  pipe->ends = {nullptr, &to};
  pipe->open = {true, true};
  pipe->stranger = stranger;
  stranger->pipe_ = pipe;
  stranger->end_ = 0;
  knock(to, pipe);
  run_for(2 * kLatency);
  return stranger;
}

std::shared_ptr<Stranger> World::answer(Neighbor& from) {
  from.answering = std::shared_ptr<Stranger>(new Stranger(*this));
  return from.answering;
}

void World::carry(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, wire::Bytes bytes) {
  const std::size_t to_end = 1 - from_end;
  pipe->on_the_way[to_end] += bytes.size();
  after(kLatency, [this, pipe, to_end, bytes = std::move(bytes)] {
    if (pipe->cut) return;
    pipe->on_the_way[to_end] -= bytes.size();
    pipe->arrived[to_end].insert(pipe->arrived[to_end].end(), bytes.begin(), bytes.end());
    drain(pipe, to_end);
  });
}

void World::drain(const std::shared_ptr<Pipe>& pipe, std::size_t end) {
  wire::Bytes& arrived = pipe->arrived[end];
  Neighbor* to = pipe->ends[end];
  if (to == nullptr) {
    if (const auto stranger = pipe->stranger.lock(); stranger && stranger->reads) {
      stranger->octets.insert(stranger->octets.end(), arrived.begin(), arrived.end());
      stranger->closed_ = pipe->last[end].has_value();
      arrived.clear();
    }
    return;
  }
  if (to->speaker_.stopped() || !to->reads_ || pipe->cut) return;
  const Side side = Pipe::side(end);
  const wire::Bytes taken = std::exchange(arrived, {});
  for (std::size_t at = 0; at < taken.size() && pipe->open[end];) {
    const std::span<std::uint8_t> area = to->peering_->read_area(side);
    const std::size_t size = std::min({area.size(), taken.size() - at, segment});
    std::copy_n(taken.begin() + static_cast<std::ptrdiff_t>(at), size, area.begin());
    to->peering_->received(side, size, moment());
    while (to->peering_->has_unread(side)) to->peering_->read_on(side, moment());
    at += size;
  }
  if (pipe->last[end] && std::exchange(pipe->open[end], false)) {
    to->pipes_[end] = nullptr;
    to->peering_->failed(side, *pipe->last[end], moment());
  }
  to->arm();
  if (Neighbor* from = pipe->ends[1 - end]; from != nullptr && pipe->open[1 - end])
    from->output_ready(Pipe::side(1 - end));  // the window is open again
}

// One end has closed: the other learns of it behind what is still on its way.
void World::end(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, const std::string& why) {
  pipe->open[from_end] = false;
  break_end(pipe, 1 - from_end, why);
}

void World::break_end(const std::shared_ptr<Pipe>& pipe, std::size_t end, const std::string& why) {
  after(kLatency, [this, pipe, end, why] {
    pipe->last[end] = why;
    drain(pipe, end);
  });
}

void World::cut(Neighbor& neighbor) {
  for (Neighbor* end : {&neighbor, neighbor.remote}) {
    end->listening = false;
    for (auto& pipe : end->pipes_)
      if (pipe) pipe->cut = true;
  }
}

void World::mend(Neighbor& neighbor) {
  for (Neighbor* end : {&neighbor, neighbor.remote}) end->listening = true;
}

void World::reset(Neighbor& neighbor) {
  for (const auto& pipe : neighbor.pipes_)
    for (std::size_t end = 0; pipe && end < 2; ++end) {
      pipe->arrived[end].clear();
      break_end(pipe, end, "the peer reset the connection");
    }
  run_for(2 * kLatency);
}

void World::inject(Neighbor& from, const wire::Bytes& bytes) {
  const auto side = from.peering().fsm().established_side();
  if (side) carry(from.pipes_[slot(*side)], slot(*side), bytes);
}

// --- Stranger
// ----------------------------------------------------------------------------------------------------

void Stranger::say(const wire::Bytes& bytes) {
  if (pipe_) world_.carry(pipe_, end_, bytes);
}

void Stranger::close() {
  if (pipe_) world_.end(pipe_, end_, "the peer closed the connection");
}

void Stranger::reset() {
  if (!pipe_) return;
  world_.after(kLatency, [pipe = pipe_, end = end_] { pipe->arrived[1 - end].clear(); });
  world_.end(pipe_, end_, "the peer reset the connection");
}

std::vector<wire::MessageType> Stranger::heard() const {
  std::vector<wire::MessageType> types;
  for (wire::ByteView rest = octets; rest.size() >= wire::kHeaderSize;) {
    const std::size_t length = static_cast<std::size_t>(rest[16]) << 8 | rest[17];
    if (length < wire::kHeaderSize || length > rest.size()) break;
    types.push_back(static_cast<wire::MessageType>(rest[18]));
    rest = rest.subspan(length);
  }
  return types;
}

bool Stranger::heard(wire::MessageType type) const {
  const auto types = heard();
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::optional<wire::Notification> Stranger::notification() const {
  std::optional<wire::Notification> last;
  for (wire::ByteView rest = octets; rest.size() >= wire::kHeaderSize;) {
    const std::size_t length = static_cast<std::size_t>(rest[16]) << 8 | rest[17];
    if (length < wire::kHeaderSize || length > rest.size()) break;
    if (static_cast<wire::MessageType>(rest[18]) == wire::MessageType::Notification)
      last = wire::decode_notification(rest.subspan(wire::kHeaderSize, length - wire::kHeaderSize));
    rest = rest.subspan(length);
  }
  return last;
}

}  // namespace lbgp::sim
