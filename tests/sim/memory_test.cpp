// SPDX-License-Identifier: Apache-2.0
// Every allocation in turn fails: what was begun ends whole, one session goes, and the rest goes on.
#include "bgpd/memory_reserve.hpp"

#include <cstdlib>
#include <map>

#include "tests/sim/house.hpp"

namespace {

// Counts down while `counting`; the allocation that reaches zero fails once. Zero: none does.
std::uint64_t fails_in = 0;
bool counting = false;

}  // namespace

// As the standard wants it of a replacement: whoever keeps memory back may help out. Not inlined: g++ 12
// would see malloc() and delete as a mismatch where it meets the two apart.
[[gnu::noinline]] void* operator new(std::size_t size) {
  bool fails = counting && fails_in != 0 && --fails_in == 0;
  for (;; fails = false) {
    if (void* memory = fails ? nullptr : std::malloc(size)) return memory;
    const std::new_handler helper = std::get_new_handler();
    if (helper == nullptr) throw std::bad_alloc();
    helper();
  }
}
// Catch2 registers its tests by this one, and deletes by the next.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

using namespace lbgp;
using namespace lbgp::sim;
using fsm::State;
using wire::Family;
using wire::test::hex;

namespace {

constexpr std::size_t kReserve = 64 * 1024;

// The n-th allocation of the work fails. False: it did not need so many.
template <typename Work>
bool with_failure(std::uint64_t n, Work&& work) {
  fails_in = n;
  counting = true;
  work();
  counting = false;
  return std::exchange(fails_in, 0) == 0;
}

// A peering whose octets the test hands over itself, so that only its own allocations are counted.
class Link final : public daemon::PeeringPort {
 public:
  Link(rib::Rib& rib, conf::Neighbor settings, daemon::MemoryReserve& reserve)
      : peering(rib, std::move(settings), *this), reserve_(reserve) {
    peering.start(moment());
  }
  void connect() override {}
  void close(fsm::Side side) override {
    peering.fill(side, said, 0, moment());
    closed = true;
  }
  void accept() override { closed = false; }
  void refuse(const wire::Bytes&) override { closed = true; }
  void read_waiting(fsm::Side) override {}
  void output_ready(fsm::Side) override {}
  daemon::LocalEnd local_end(fsm::Side) override {
    daemon::LocalEnd end;
    end.next_hop[Family::Ipv4Unicast] = wire::NextHop{wire::IpAddress::v4(0x0a000009), {}};
    return end;
  }
  void routes_changed() override {}
  void state_changed(const fsm::StateChanged&) override {}
  void update_fault(const wire::UpdateFault&) override {}
  void prefix_level(wire::Family, rib::PrefixLevel) override {}
  void stale_routes(const daemon::StaleReport&) override {}
  std::uint64_t memory_shortages() override { return reserve_.shortages(); }

  void hear(const wire::Bytes& bytes) {
    if (closed) return;
    const auto area = peering.read_area(fsm::Side::Incoming);
    std::copy(bytes.begin(), bytes.end(), area.begin());
    peering.received(fsm::Side::Incoming, bytes.size(), moment());
    while (peering.has_unread(fsm::Side::Incoming)) peering.read_on(fsm::Side::Incoming, moment());
  }
  void establish() {
    peering.knock(moment());
    hear(wire::encode(BadStranger::open()));
    hear(wire::encode_keepalive());
  }
  void pass(seconds time) {
    now += time;
    peering.on_time(moment());
  }
  [[nodiscard]] fsm::Moment moment() const { return {now, 1.0}; }
  [[nodiscard]] bool established() const { return peering.fsm().state() == State::Established; }

  fsm::TimePoint now{seconds(1000)};
  daemon::Peering peering;
  wire::Bytes said;
  bool closed = true;

 private:
  daemon::MemoryReserve& reserve_;
};

// A router with two passive neighbors, none of them there yet.
struct Router {
  daemon::MemoryReserve reserve{kReserve};
  World world;
  Speaker& speaker = world.add_speaker(65001, "10.0.0.9");
  Link bad{speaker.rib(), settings("10.0.0.1"), reserve};
  Link good{speaker.rib(), settings("10.0.0.2"), reserve};

  conf::Neighbor settings(const char* address) {
    conf::Neighbor neighbor = world.side(speaker, "10.0.0.9", address, BadStranger::kAs).settings;
    neighbor.session.passive = true;
    return neighbor;
  }
  void tidy() {
    while (speaker.rib().work(4096)) {
    }
  }
};

wire::Bytes routes() {
  return wire::test::join(
      {update({}, good_attributes(), hex("20 0a630801 20 0a630803 18 0a6304")),
       update(hex("20 0a630803"), {}, {}),
       update({}, wire::test::join({good_attributes(), hex("80 04 03 000001")}), hex("20 0a630804"))});
}

}  // namespace

TEST_CASE("P2: memory that runs out costs the session that needed it, and nothing is half done",
          "[sim][rfc4486]") {
  std::uint64_t n = 1;
  std::map<std::string, int> ends;
  for (bool failed = true; failed; ++n) {
    INFO("allocation " << n);
    Router router;
    router.good.establish();
    router.good.hear(update({}, good_attributes(), hex("20 0a630802")));
    failed = with_failure(n, [&] {
      router.bad.establish();
      router.bad.hear(routes());
    });
    router.tidy();
    const Table table = router.speaker.table();
    if (router.reserve.shortages() == 0) {
      CHECK_FALSE(failed);
      CHECK(table == Table{"10.99.4.0/24", "10.99.8.1/32", "10.99.8.2/32"});
      break;
    }
    // Either the session gave way and its routes went with it, or it was spared and has them all.
    if (router.bad.established()) {
      CHECK(table == Table{"10.99.4.0/24", "10.99.8.1/32", "10.99.8.2/32"});
    } else {
      CHECK(table == Table{"10.99.8.2/32"});
      const auto& last = router.bad.peering.fsm().history().last_notification;
      REQUIRE(last);
      CHECK(last->code == wire::ErrorCode::Cease);
      CHECK(last->subcode == wire::subcode::kOutOfResources);
    }
    ++ends[router.bad.established() ? "spared" : "gave way"];
    CHECK(router.good.established());
    CHECK(router.good.peering.fsm().history().connections_dropped == 0);
    // A minute later the peer may be back, with everything.
    router.bad.pass(seconds(61));
    if (!router.bad.established()) router.bad.establish();
    REQUIRE(router.bad.established());
    router.bad.hear(routes());
    router.tidy();
    CHECK(router.speaker.table() == Table{"10.99.4.0/24", "10.99.8.1/32", "10.99.8.2/32"});
  }
  CHECK(n > 50);
  CHECK(ends["gave way"] > 50);
}

TEST_CASE("P2: a batch of announcements is whole, whichever allocation fails", "[sim]") {
  std::uint64_t n = 1;
  for (bool failed = true; failed; ++n) {
    INFO("allocation " << n);
    Router router;
    router.good.establish();
    std::vector<rib::LocalChange> batch;
    for (std::uint32_t i = 0; i < 50; ++i) {
      rib::LocalRoutes route{{wire::Prefix::host(wire::IpAddress::v4(0x0b000000 + i))}, {}, {}};
      route.attributes.origin = wire::Origin::Igp;
      route.attributes.med = i % 3;
      batch.emplace_back(std::move(route));
    }
    wire::Bytes out;
    failed = with_failure(n, [&] {
      router.speaker.rib().commit("api", batch, router.world.now());
      router.tidy();
      router.good.peering.fill(fsm::Side::Incoming, out, 64 * 1024, router.good.moment());
    });
    CHECK(router.speaker.table().size() == 50);
    CHECK(router.speaker.rib().counters(router.good.peering.rib_id(), Family::Ipv4Unicast).advertised == 50);
    CHECK(router.good.established());
    CHECK(router.reserve.shortages() == (failed ? 1 : 0));
  }
  CHECK(n > 20);
}

TEST_CASE("the reserve helps once, is there again when memory is, and then no longer hides the truth",
          "[sim]") {
  daemon::MemoryReserve reserve(kReserve);
  CHECK(reserve.shortages() == 0);
  CHECK(with_failure(1, [] { ::operator delete(::operator new(1)); }));
  CHECK(reserve.shortages() == 1);  // and refilled by this
  CHECK(with_failure(1, [] { ::operator delete(::operator new(1)); }));
  // Not refilled: a second failure is one.
  bool thrown = false;
  with_failure(1, [&] {
    try {
      ::operator delete(::operator new(1));
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
  });
  CHECK(thrown);
  CHECK(reserve.shortages() == 2);
}
