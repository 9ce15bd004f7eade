// SPDX-License-Identifier: Apache-2.0
// Position independence: where an attribute stands in an UPDATE changes nothing, least of all what a fault in
// it leads to (RFC 4271 §5: whoever receives must be ready for any order; RFC 7606 §3 (h): the strongest
// decides).
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/wire/update_fixture.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

namespace {

Bytes route() {
  return hex("20 0a636401");
}

// What an UPDATE comes to, without what order may change: the order of routes and of reports.
struct Effect {
  bool reset = false;
  bool treat_as_withdraw = false;
  PathAttributes attributes;
  std::multiset<std::string> reach;
  std::multiset<std::string> unreach;
  std::multiset<std::string> faults;
  std::optional<Family> end_of_rib;
  bool operator==(const Effect&) const = default;
};

Effect effect_of(const std::vector<Bytes>& attributes, const Bytes& nlri, const UpdateCodec& codec,
                 const UpdateRules& rules) {
  Bytes list;
  for (const Bytes& each : attributes) list.insert(list.end(), each.begin(), each.end());
  const auto update = decode_update(update_body({}, list, nlri), codec, rules);
  Effect effect;
  effect.reset = update.has_error();
  if (effect.reset) return effect;
  effect.treat_as_withdraw = update->treat_as_withdraw;
  effect.attributes = update->attributes;
  effect.end_of_rib = update->end_of_rib;
  for (const Reach& each : update->reach)
    for (const Nlri& nlri_of : each.nlri)
      effect.reach.insert(to_string(nlri_of.prefix) + " via " + to_string(each.next_hop.address));
  for (const Unreach& each : update->unreach)
    for (const Nlri& nlri_of : each.nlri) effect.unreach.insert(to_string(nlri_of.prefix));
  for (const UpdateFault& fault : update->faults) effect.faults.insert(fault.reason);
  return effect;
}

// Good attributes of every kind, one per code; those of RFC 4271 first.
std::vector<Bytes> good_attributes() {
  return {origin_igp(),
          path_65001(),
          next_hop_10_0_0_1(),
          attribute(0x80, 4, hex("00000007")),
          local_pref_100(),
          attribute(0x40, 6, {}),
          attribute(0xc0, 7, hex("0000fde9 0a000001")),
          attribute(0xc0, 8, hex("00010002")),
          attribute(0x80, 9, hex("0a000009")),
          attribute(0x80, 10, hex("0a000009")),
          mp_reach_v6(),
          attribute(0x80, 15, hex("0002 01 20 20010db9")),
          attribute(0xc0, 16, hex("0002fde800000001")),
          attribute(0xc0, 25, hex("0002fde8000000010002fde80000000100000000")),
          attribute(0x80, 26, hex("01 000b 0000000000000001")),
          attribute(0xc0, 32, hex("0000fde80000000100000002")),
          attribute(0xc0, 35, hex("0000fde9")),
          attribute(0xc0, 99, hex("aabb"))};
}

// Every code with a value that is wrong for it, or flags that are.
std::vector<Bytes> bad_attributes() {
  std::vector<Bytes> bad;
  for (const Bytes& good : good_attributes()) {
    const unsigned code = good[1];
    bad.push_back(attribute(good[0], code, hex("01")));
    bad.push_back(attribute(good[0], code, {}));
    bad.push_back(attribute(good[0] ^ 0x40U, code, Bytes(good.begin() + 3, good.end())));
    bad.push_back(attribute(good[0], code, Bytes(255, 0xff)));
  }
  bad.push_back(attribute(0x40, 2, hex("02 01 00000000")));
  bad.push_back(attribute(0x40, 2, hex("01 01 0000fde9")));
  bad.push_back(attribute(0x40, 3, hex("7f000001")));
  bad.push_back(attribute(0xc0, 17, hex("02 01 00010000")));
  bad.push_back(attribute(0xc0, 18, hex("00010000 0a000001")));
  bad.push_back(attribute(0x40, 77, hex("00")));
  bad.push_back(attribute(0x80, 14, hex("4004 47 04 0a000001 00 00")));
  return bad;
}

std::vector<UpdateCodec> codecs() {
  UpdateCodec old = ordinary_codec();
  old.four_octet_as = false;
  UpdateCodec ids = ordinary_codec();
  ids.add_path_receive = ids.families;
  return {ordinary_codec(), old, ids};
}

}  // namespace

TEST_CASE("A bad attribute is handled alike in every place", "[rfc4271-5][rfc7606-3.h]") {
  const std::vector<Bytes> good = good_attributes();
  const std::vector<Bytes> fields{route(), {}};
  for (const Bytes& bad : bad_attributes()) {
    std::vector<Bytes> others = good;
    std::erase_if(others, [&](const Bytes& each) { return each[1] == bad[1]; });
    for (const UpdateRules& rules : {ebgp(), ibgp()})
      for (const Bytes& nlri_field : fields) {
        CAPTURE(bad, rules.ibgp, nlri_field.empty());
        std::optional<Effect> first;
        for (std::size_t place = 0; place <= others.size(); ++place) {
          std::vector<Bytes> all = others;
          all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), bad);
          const Effect effect = effect_of(all, nlri_field, ordinary_codec(), rules);
          if (!first) first = effect;
          const bool alike = effect == *first;
          REQUIRE(alike);
        }
      }
  }
}

TEST_CASE("Any subset of attributes, good and bad, in any order, comes to the same",
          "[rfc4271-5][rfc7606-3.h]") {
  const std::vector<Bytes> pool = good_attributes();
  const Bytes announced = route();
  const std::vector<Bytes> bad = bad_attributes();
  std::mt19937 random(7606);  // the same row of cases at every run
  for (int round = 0; round < 500; ++round) {
    // One attribute per code: of repeated ones the first counts, and that is about order.
    std::map<unsigned, Bytes> chosen;
    for (const Bytes& each : pool)
      if (random() % 4 != 0) chosen[each[1]] = each;
    for (auto count = random() % 3; count != 0; --count) {
      const Bytes& each = bad[random() % bad.size()];
      chosen[each[1]] = each;
    }
    std::vector<Bytes> attributes;
    for (const auto& [code, each] : chosen) attributes.push_back(each);
    const Bytes nlri_field = random() % 3 != 0 ? announced : Bytes{};
    for (const UpdateCodec& codec : codecs())
      for (const UpdateRules& rules : {ebgp(), ibgp()}) {
        const Effect in_order = effect_of(attributes, nlri_field, codec, rules);
        for (int shuffles = 0; shuffles < 3; ++shuffles) {
          std::shuffle(attributes.begin(), attributes.end(), random);
          if (effect_of(attributes, nlri_field, codec, rules) == in_order) continue;
          CAPTURE(round, shuffles, attributes);
          FAIL("another order, another effect");
        }
      }
  }
}
