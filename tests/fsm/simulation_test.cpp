// SPDX-License-Identifier: Apache-2.0
// Two peerings joined by queues: whatever the order in which the network delivers, they meet.
#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {

// What travels on one connection in one direction. A message is carried as what its receiver's decoder makes
// of it.
using Parcel = std::variant<OpenReceived, KeepaliveReceived, NotificationReceived, TcpConnectionFails>;

// One TCP connection. End 0 belongs to the node that opened it.
struct Wire {
  std::size_t opener = 0;
  bool connected = false;                  // the opener knows it
  bool accepted = false;                   // the other node has looked at it
  std::array<bool, 2> open{true, true};    // by node
  std::array<std::deque<Parcel>, 2> to{};  // what is on its way to a node
};

class World {
 public:
  World(SessionSettings a, SessionSettings b) : nodes_{Node{Peer{a}}, Node{Peer{b}}} {
    nodes_[0].settings = std::move(a);
    nodes_[1].settings = std::move(b);
  }

  void start() {
    for (std::size_t node : {0U, 1U}) act(node, nodes_[node].peer.on_event(ManualStart{}, moment()));
  }
  // How many things the network could do next.
  [[nodiscard]] std::size_t choices() const { return pending().size(); }
  void choose(std::size_t which) { perform(pending().at(which)); }
  // Nothing travels: time goes on to whoever has something due first.
  void pass_time() {
    std::optional<TimePoint> next;
    for (const Node& node : nodes_)
      if (const auto due = node.peer.next_deadline(); due && (!next || *due < *next)) next = due;
    REQUIRE(next.has_value());
    now_ = std::max(now_, *next);
    for (std::size_t node : {0U, 1U}) act(node, nodes_[node].peer.on_time(moment()));
  }
  [[nodiscard]] const Peer& peer(std::size_t node) const { return nodes_[node].peer; }
  [[nodiscard]] bool met() const {
    const auto a = nodes_[0].peer.established_side();
    const auto b = nodes_[1].peer.established_side();
    return a && b && nodes_[0].wire_of[side_index(*a)] == nodes_[1].wire_of[side_index(*b)];
  }
  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] std::size_t open_wires() const {
    return static_cast<std::size_t>(std::count_if(
        wires_.begin(), wires_.end(), [](const Wire& wire) { return wire.open[0] && wire.open[1]; }));
  }

 private:
  struct Node {
    Peer peer;
    SessionSettings settings{};
    std::array<std::optional<std::size_t>, 2> wire_of{};  // by side
  };
  // Something that the network may do: complete a connection, accept it, or hand over the next parcel on it.
  struct Choice {
    std::size_t wire;
    std::size_t node;
    bool handshake;
  };

  static std::size_t side_index(Side side) { return static_cast<std::size_t>(side); }
  [[nodiscard]] Moment moment() const { return {now_, 1.0}; }

  [[nodiscard]] std::vector<Choice> pending() const {
    std::vector<Choice> list;
    for (std::size_t i = 0; i < wires_.size(); ++i) {
      const Wire& wire = wires_[i];
      if (!wire.connected) {
        if (wire.open[wire.opener]) list.push_back({i, wire.opener, true});
        continue;
      }
      if (!wire.accepted) list.push_back({i, 1 - wire.opener, true});
      for (std::size_t node : {0U, 1U})
        if (wire.open[node] && !wire.to[node].empty() && (wire.accepted || node == wire.opener))
          list.push_back({i, node, false});
    }
    return list;
  }

  void perform(const Choice& choice) {
    if (choice.handshake) return shake_hands(choice.wire);
    const Parcel parcel = wires_[choice.wire].to[choice.node].front();
    wires_[choice.wire].to[choice.node].pop_front();
    Node& node = nodes_[choice.node];
    const Side side = node.wire_of[0] == choice.wire ? Side::Outgoing : Side::Incoming;
    if (std::holds_alternative<TcpConnectionFails>(parcel)) drop(choice.wire, choice.node);
    const ConnectionEvent event = std::visit([](const auto& one) -> ConnectionEvent { return one; }, parcel);
    act(choice.node, node.peer.on_event(side, event, moment()));
  }

  // The kernels connect; the listening program looks at it some time later, when bytes may be waiting
  // already.
  void shake_hands(std::size_t which) {
    const std::size_t opener = wires_[which].opener;
    if (!wires_[which].connected) {
      wires_[which].connected = true;
      act(opener, nodes_[opener].peer.on_event(Side::Outgoing, TcpConnectionEstablished{}, moment()));
      return;
    }
    const std::size_t listener = 1 - opener;
    wires_[which].accepted = true;
    if (!nodes_[listener].peer.accepts_connection()) {
      wires_[which].open[listener] = false;
      wires_[which].to[opener].emplace_back(TcpConnectionFails{"closed by peer"});
      return;
    }
    offered_ = which;
    act(listener, nodes_[listener].peer.on_event(Side::Incoming, TcpConnectionAccepted{}, moment()));
  }

  void drop(std::size_t which, std::size_t node) {
    wires_[which].open[node] = false;
    for (auto& held : nodes_[node].wire_of)
      if (held == which) held.reset();
  }

  void act(std::size_t node, const Actions& actions) {
    for (const Action& action : actions) {
      if (std::holds_alternative<Connect>(action)) {
        wires_.push_back(Wire{.opener = node});
        nodes_[node].wire_of[0] = wires_.size() - 1;
      } else if (std::holds_alternative<Accept>(action)) {
        nodes_[node].wire_of[1] = offered_;
      } else if (std::holds_alternative<Refuse>(action)) {
        wires_[offered_].open[node] = false;
        wires_[offered_].to[1 - node].emplace_back(NotificationReceived{cease(7)});
      } else if (const auto* close = std::get_if<Close>(&action)) {
        hang_up(node, close->side);
      } else if (const auto* send = std::get_if<Send>(&action)) {
        post(node, *send);
      }
    }
  }

  void hang_up(std::size_t node, Side side) {
    const auto which = nodes_[node].wire_of[side_index(side)];
    REQUIRE(which.has_value());
    wires_[*which].to[1 - node].emplace_back(TcpConnectionFails{"closed by peer"});
    drop(*which, node);
  }

  void post(std::size_t node, const Send& send) {
    const auto which = nodes_[node].wire_of[side_index(send.side)];
    REQUIRE(which.has_value());
    auto& queue = wires_[*which].to[1 - node];
    const std::uint8_t type = send.message.at(18);
    if (type == 1) queue.emplace_back(OpenReceived{make_open(nodes_[node].settings, false)});
    if (type == 3)
      queue.emplace_back(
          NotificationReceived{{static_cast<wire::ErrorCode>(send.message.at(19)), send.message.at(20), {}}});
    if (type == 4) queue.emplace_back(KeepaliveReceived{});
  }

  std::array<Node, 2> nodes_;
  std::vector<Wire> wires_;
  std::size_t offered_ = 0;
  TimePoint now_ = at_second(0);
};

// Follows one order of deliveries: `script[i]` is the choice of step i, afterwards always the first one.
// Returns how many choices each scripted step had.
std::vector<std::size_t> follow(World& world, const std::vector<std::size_t>& script) {
  std::vector<std::size_t> widths;
  world.start();
  for (std::size_t step = 0; step < 200; ++step) {
    const std::size_t width = world.choices();
    if (width == 0) break;
    const std::size_t choice = step < script.size() ? script[step] : 0;
    if (step < script.size()) widths.push_back(width);
    world.choose(std::min(choice, width - 1));
  }
  return widths;
}

// Every order of the first `depth` deliveries, as an odometer over the choices that each step had.
template <typename Check>
int explore(std::size_t depth, const SessionSettings& a, const SessionSettings& b, Check check) {
  std::vector<std::size_t> script(depth, 0);
  int runs = 0;
  while (true) {
    World world(a, b);
    const std::vector<std::size_t> widths = follow(world, script);
    ++runs;
    check(world, script);
    std::size_t digit = widths.size();
    while (digit > 0 && script[digit - 1] + 1 >= widths[digit - 1]) --digit;
    if (digit == 0) return runs;
    ++script[digit - 1];
    std::fill(script.begin() + static_cast<std::ptrdiff_t>(digit), script.end(), 0);
  }
}

std::string text_of(const std::vector<std::size_t>& script) {
  std::string text;
  for (const std::size_t choice : script) text += std::to_string(choice);
  return text;
}

}  // namespace

TEST_CASE("two peers that connect at the same time meet at once, in every order",
          "[rfc4271-6.8][simulation]") {
  for (const bool restart : {false, true}) {
    SessionSettings a = our_settings();
    SessionSettings b = peer_settings();
    a.graceful_restart.enabled = b.graceful_restart.enabled = restart;
    const int runs = explore(14, a, b, [](const World& world, const std::vector<std::size_t>& script) {
      INFO("order " << text_of(script));
      CHECK(world.met());
      CHECK(world.open_wires() == 1);
      CHECK(world.now() == at_second(0));  // no connection was lost, so nobody had to wait
    });
    CHECK(runs > 1000);
  }
}

TEST_CASE("equal identifiers in two ASes meet too", "[rfc6286-2.3][simulation]") {
  SessionSettings b = peer_settings();
  b.router_id = our_settings().router_id;
  explore(7, our_settings(), b, [](const World& world, const std::vector<std::size_t>& script) {
    INFO("order " << text_of(script));
    CHECK(world.met());
  });
}

TEST_CASE("one side passive, or slow to speak", "[rfc4271-8.1.1][simulation]") {
  SessionSettings passive = peer_settings();
  passive.passive = true;
  explore(6, our_settings(), passive,
          [](const World& world, const std::vector<std::size_t>&) { CHECK(world.met()); });

  SessionSettings slow = peer_settings();
  slow.delay_open = seconds{3};
  World world(our_settings(), slow);
  follow(world, {});
  for (int i = 0; i < 20 && !world.met(); ++i) {
    world.pass_time();
    while (world.choices() != 0) world.choose(0);
  }
  CHECK(world.met());
}

TEST_CASE("a session lives on by itself", "[rfc4271-4.4][simulation]") {
  World world(our_settings(), peer_settings());
  follow(world, {});
  REQUIRE(world.met());
  while (world.now() < at_second(3600)) {
    world.pass_time();
    while (world.choices() != 0) world.choose(0);
    REQUIRE(world.met());
  }
  CHECK(world.peer(0).history().connections_established == 1);
  CHECK(world.peer(1).history().connections_dropped == 0);
}
