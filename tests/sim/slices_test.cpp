// SPDX-License-Identifier: Apache-2.0
// An UPDATE that is much work is done in slices: others have their turn in between, and its sender is not
// taken for silent meanwhile.
#include "tests/sim/house.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using fsm::Side;
using fsm::State;
using wire::Family;
using wire::test::join;

namespace {

// One octet per prefix, 0.0.0.0/0 over and over: more of them in three messages than a slice has room for,
// which ends in the midst of the last one.
constexpr std::size_t kPrefixesPerMessage = 4000;
constexpr std::size_t kPrefixes = 3 * kPrefixesPerMessage;
static_assert(kPrefixes > daemon::Peering::kRoutesPerSlice &&
              kPrefixes - kPrefixesPerMessage < daemon::Peering::kRoutesPerSlice);

wire::Bytes much() {
  const wire::Bytes message = update({}, good_attributes(), wire::Bytes(kPrefixesPerMessage, 0));
  return join({message, message, message});
}

// Octets that arrive in one turn, without those after it.
struct Reader : BadStranger {
  void hear(const wire::Bytes& bytes) {
    const std::span<std::uint8_t> area = peering.read_area(Side::Incoming);
    REQUIRE(area.size() >= bytes.size());
    std::copy(bytes.begin(), bytes.end(), area.begin());
    peering.received(Side::Incoming, bytes.size(), world.moment());
  }
  // How many turns it takes until nothing is left.
  std::size_t read_on() {
    std::size_t turns = 0;
    for (; peering.has_unread(Side::Incoming); ++turns) {
      REQUIRE(turns < 100);
      peering.read_on(Side::Incoming, world.moment());
    }
    return turns;
  }
  daemon::Peering& peering = established();

 private:
  daemon::Peering& established() {
    reach(State::Established);
    return router_end->peering();
  }
};

}  // namespace

TEST_CASE("an UPDATE of many prefixes is read in slices, and what follows it waits", "[sim][slices]") {
  Reader house;
  house.hear(join({much(), update({0}, {}, {}), wire::encode_keepalive()}));
  CHECK(house.peering.has_unread(Side::Incoming));
  CHECK(house.has("0.0.0.0/0"));  // not withdrawn yet
  const auto keepalives = [&] {
    return house.peering.counters().received[static_cast<std::size_t>(wire::MessageType::Keepalive)];
  };
  const auto before = keepalives();
  CHECK(house.read_on() >= kPrefixes / daemon::Peering::kRoutesPerSlice);
  CHECK(keepalives() == before + 1);
  CHECK_FALSE(house.has("0.0.0.0/0"));
  CHECK(house.router_end->established());
  house.check_others();
}

TEST_CASE("who is still being listened to is not silent", "[sim][slices][rfc4271-6.5]") {
  Reader house;
  house.hear(much());
  REQUIRE(house.peering.has_unread(Side::Incoming));
  const auto late = house.world.now() + seconds(10);  // the hold time is 9 s
  house.peering.on_time({late, 1.0});
  CHECK(house.router_end->established());
  house.read_on();
  // … and from then on it has the hold time again, no more.
  house.peering.on_time({late + seconds(8), 1.0});
  CHECK(house.router_end->established());
  house.peering.on_time({late + seconds(20), 1.0});
  CHECK_FALSE(house.router_end->established());
}

TEST_CASE("a session that ends under a long UPDATE leaves nothing of it behind", "[sim][slices]") {
  Reader house;
  house.hear(much());
  REQUIRE(house.peering.has_unread(Side::Incoming));
  house.peering.stop({}, house.world.moment());
  CHECK_FALSE(house.peering.has_unread(Side::Incoming));
  house.peering.read_on(Side::Incoming, house.world.moment());
  house.world.run_for(seconds(1));
  CHECK_FALSE(house.has("0.0.0.0/0"));
  house.check_others();
}
