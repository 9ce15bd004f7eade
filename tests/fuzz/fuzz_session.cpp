// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a whole session, bytes and time. The input is one octet that chooses the neighbor's
// settings, and a list of steps: octets from the peer on either connection, time that passes, connections
// that come and go, routes of ours that change. Oracles: nothing crashes, what we send is a row of
// well-formed messages that we could read ourselves, and a deadline never stays behind.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "bgpd/peering.hpp"
#include "wire/framer.hpp"

namespace {

using namespace lbgp;
using fsm::Side;

void require(bool condition) {
  if (!condition) std::abort();
}

class Port final : public daemon::PeeringPort {
 public:
  void connect() override { connecting = true; }
  void close(Side side) override {
    if (side == Side::Outgoing) connecting = false;
  }
  void accept() override {}
  void refuse(const wire::Bytes& message) override { check_messages(message); }
  void output_ready(Side) override {}
  daemon::LocalEnd local_end(Side) override {
    daemon::LocalEnd end;
    end.next_hop[wire::Family::Ipv4Unicast] = wire::NextHop{wire::IpAddress::v4(0x0a000001), {}};
    return end;
  }
  void routes_changed() override {}
  void state_changed(const fsm::StateChanged&) override {}
  void update_fault(const wire::UpdateFault&) override {}
  void prefix_level(wire::Family, rib::PrefixLevel) override {}
  void stale_routes(const daemon::StaleReport&) override {}
  void read_waiting(fsm::Side) override {}

  static void check_messages(const wire::Bytes& bytes) {
    wire::Framer framer;
    framer.allow_extended_messages(true);
    framer.append(bytes);
    for (auto frame = framer.next(); frame && *frame; frame = framer.next()) check_message(**frame);
    require(framer.next().has_value() && framer.pending().empty());
  }

  static void check_message(const wire::Frame& frame) {
    if (frame.type == wire::MessageType::Open) require(wire::decode_open(frame.body).has_value());
    if (frame.type == wire::MessageType::Notification) require(frame.body.size() >= 2);
    if (frame.type == wire::MessageType::RouteRefresh)
      require(wire::decode_route_refresh(frame.body).has_value());
  }

  bool connecting = false;
};

conf::Neighbor neighbor(std::uint8_t choice) {
  const auto chosen = [choice](unsigned bit) { return (choice >> bit & 1U) != 0; };
  conf::Neighbor settings;
  settings.name = "10.0.0.2";
  settings.session.local_as = wire::AsNumber(65001);
  settings.session.remote_as.number = wire::AsNumber(chosen(0) ? 65001 : 65010);
  settings.session.passive = chosen(1);
  if (chosen(2)) settings.session.add_path_receive = {wire::Family::Ipv4Unicast, wire::Family::Ipv6Unicast};
  if (chosen(3)) settings.session.extended_next_hop = {wire::Family::Ipv4Unicast};
  settings.session.graceful_restart.enabled = !chosen(4);
  settings.session.graceful_restart.notification = chosen(5);
  if (chosen(6)) settings.session.delay_open = std::chrono::seconds(2);
  if (chosen(7)) settings.session.hold_time = std::chrono::seconds(0);
  settings.session.router_id = wire::RouterId(0x0a000001);
  settings.session.families = {wire::Family::Ipv4Unicast, wire::Family::Ipv6Unicast};
  settings.transport.peer_address = wire::IpAddress::v4(0x0a000002);
  settings.routes.local_as = settings.session.local_as;
  settings.routes.ebgp_requires_policy = false;
  for (auto& family : settings.routes.families) {
    family.activated = true;
    family.soft_reconfiguration_inbound = true;
    family.maximum_prefix = 50;
  }
  return settings;
}

class Session {
 public:
  Session(std::uint8_t choice, std::span<const std::uint8_t> input)
      : input_(input), peering_(rib_, neighbor(choice), port_) {
    rib::GlobalSettings settings;
    settings.local_as = wire::AsNumber(65001);
    settings.router_id = wire::RouterId(0x0a000001);
    rib_.configure(settings, {});
    rib_.release_end_of_rib();
    peering_.start(moment());
  }

  void run() {
    for (int steps = 0; steps < 200 && !input_.empty(); ++steps) {
      step(next());
      drain();
      const auto deadline = peering_.next_deadline();
      if (deadline && *deadline <= now_) peering_.on_time(moment());
      require(!peering_.next_deadline() || *peering_.next_deadline() > now_);
    }
  }

 private:
  std::uint8_t next() {
    if (input_.empty()) return 0;
    const std::uint8_t octet = input_.front();
    input_ = input_.subspan(1);
    return octet;
  }

  fsm::Moment moment() { return {now_, 0.9}; }

  void step(std::uint8_t what) {
    const Side side = (what & 8) != 0 ? Side::Incoming : Side::Outgoing;
    switch (what & 7) {
      case 0:
      case 1:
      case 2:
        return feed(side, next() + (what & 7) * 256U);
      case 3:
        now_ += std::chrono::milliseconds(next() * 100);
        return;
      case 4:
        if (std::exchange(port_.connecting, false)) peering_.connected(moment());
        return;
      case 5:
        return peering_.knock(moment());
      case 6:
        port_.connecting = port_.connecting && side != Side::Outgoing;
        return peering_.failed(side, "reset", moment());
      default:
        return change_route(next());
    }
  }

  void feed(Side side, std::size_t size) {
    size = std::min(size, input_.size());
    const std::span<std::uint8_t> area = peering_.read_area(side);
    size = std::min(size, area.size());
    std::copy_n(input_.begin(), size, area.begin());
    input_ = input_.subspan(size);
    peering_.received(side, size, moment());
    while (peering_.has_unread(side)) peering_.read_on(side, moment());
  }

  void change_route(std::uint8_t which) {
    const wire::Prefix prefix(wire::IpAddress::v4(0x0a630800U | which), 32);
    rib::LocalRoutes route{{prefix}, {}, {}};
    route.attributes.med = which;
    const std::array<rib::LocalChange, 1> change{(which & 1) != 0 ? rib::LocalChange(route)
                                                                  : rib::LocalChange(route.prefixes)};
    rib_.commit("fuzz", change, now_);
  }

  void drain() {
    for (const Side side : {Side::Outgoing, Side::Incoming}) {
      wire::Bytes out;
      peering_.fill(side, out, 65536, moment());
      Port::check_messages(out);
      if (!out.empty()) peering_.wrote(side, false, moment());
    }
    while (rib_.work(64)) {
    }
  }

  std::span<const std::uint8_t> input_;
  fsm::TimePoint now_{std::chrono::seconds(1000)};
  Port port_;
  rib::Rib rib_;
  daemon::Peering peering_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Session(data[0], std::span(data, size).subspan(1)).run();
  return 0;
}
