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

std::size_t slot(Side side) {
  return static_cast<std::size_t>(side);
}

}  // namespace

// Ends: 0 opened it (its Outgoing side), 1 took it (its Incoming side).
struct Pipe {
  std::array<Neighbor*, 2> ends{};
  std::array<bool, 2> open{};
  bool cut = false;
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
    if (peering_->next_deadline() != deadline) return;
    peering_->on_time(world_.moment());
    arm();
  });
}

void Neighbor::connect() {
  connecting_ = true;
  world_.open(*this);
}

void Neighbor::close(Side side) {
  if (side == Side::Outgoing) connecting_ = false;
  const auto pipe = std::exchange(pipes_[slot(side)], nullptr);
  if (!pipe) return;
  wire::Bytes last;
  peering_->fill(side, last, 0, world_.moment());
  const std::size_t end = slot(side);
  pipe->open[end] = false;
  if (!last.empty()) world_.carry(pipe, end, std::move(last));
  world_.end(pipe, end, "the peer closed the connection");
}

void Neighbor::accept() {
  pipes_[slot(Side::Incoming)] = std::exchange(at_the_door_, nullptr);
}

void Neighbor::refuse(const wire::Bytes& message) {
  const auto pipe = std::exchange(at_the_door_, nullptr);
  world_.carry(pipe, 1, message);
  world_.end(pipe, 1, "the peer closed the connection");
}

void Neighbor::output_ready(Side side) {
  world_.after(std::chrono::nanoseconds(0), [this, side] { write(side); });
}

void Neighbor::write(Side side) {
  const auto pipe = pipes_[slot(side)];
  if (!pipe || !pipe->open[slot(side)]) return;
  if (remote != nullptr && !remote->reads) {
    peering_->wrote(side, true, world_.moment());
    arm();
    return;
  }
  wire::Bytes bytes;
  peering_->fill(side, bytes, kChunk, world_.moment());
  if (bytes.empty()) return;
  world_.carry(pipe, slot(side), std::move(bytes));
  peering_->wrote(side, false, world_.moment());
  arm();
  output_ready(side);
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
  return end;
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
  rib::LocalRoute route{wire::parse_prefix(prefix).value(), {}, {}};
  route.attributes.origin = wire::Origin::Igp;
  if (!community.empty()) route.attributes.communities.insert(wire::parse_community(community).value());
  const std::vector<rib::LocalChange> changes{route};
  rib_.commit("test", changes, world_.now());
  give_out_routes();
}

void Speaker::withdraw(const std::string& prefix) {
  const std::vector<rib::LocalChange> changes{wire::parse_prefix(prefix).value()};
  rib_.commit("test", changes, world_.now());
  give_out_routes();
}

void Speaker::give_out_routes() {
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
  after(kLatency, [this, &from] {
    if (!std::exchange(from.connecting_, false)) return;
    Neighbor* to = from.remote;
    const bool answered = to != nullptr && to->listening && to->peering().fsm().accepts_connection();
    if (!answered) {
      from.peering_->failed(Side::Outgoing, "connection refused", moment());
      return from.arm();
    }
    auto pipe = std::make_shared<Pipe>();
    pipe->ends = {&from, to};
    pipe->open = {true, true};
    from.pipes_[slot(Side::Outgoing)] = pipe;
    from.peering_->connected(moment());
    from.arm();
    to->at_the_door_ = pipe;
    to->peering_->knock(moment());
    if (std::exchange(to->at_the_door_, nullptr)) end(pipe, 1, "the peer closed the connection");
    to->arm();
  });
}

void World::carry(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, wire::Bytes bytes) {
  const std::size_t to_end = 1 - from_end;
  after(kLatency, [this, pipe, to_end, bytes = std::move(bytes)] {
    Neighbor& to = *pipe->ends[to_end];
    const Side side = Pipe::side(to_end);
    for (std::size_t at = 0; at < bytes.size() && !pipe->cut && pipe->open[to_end];) {
      const std::span<std::uint8_t> area = to.peering_->read_area(side);
      const std::size_t size = std::min(area.size(), bytes.size() - at);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, area.begin());
      to.peering_->received(side, size, moment());
      at += size;
    }
    to.arm();
  });
}

// One end has closed: the other learns of it behind what is still on its way.
void World::end(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, const std::string& why) {
  pipe->open[from_end] = false;
  break_end(pipe, 1 - from_end, why);
}

void World::break_end(const std::shared_ptr<Pipe>& pipe, std::size_t end, const std::string& why) {
  after(kLatency, [this, pipe, end, why] {
    if (pipe->cut || !std::exchange(pipe->open[end], false)) return;
    Neighbor& to = *pipe->ends[end];
    to.pipes_[end] = nullptr;
    to.peering_->failed(Pipe::side(end), why, moment());
    to.arm();
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
    for (std::size_t end = 0; pipe && end < 2; ++end) break_end(pipe, end, "the peer reset the connection");
  run_for(2 * kLatency);
}

void World::inject(Neighbor& from, const wire::Bytes& bytes) {
  const auto side = from.peering().fsm().established_side();
  if (side) carry(from.pipes_[slot(*side)], slot(*side), bytes);
}

}  // namespace lbgp::sim
