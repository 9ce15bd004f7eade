// SPDX-License-Identifier: Apache-2.0
// How libFuzzer changes a session: step by step, with messages whose headers fit them.
#include <algorithm>
#include <random>

#include "tests/fuzz/oracle.hpp"
#include "wire/message.hpp"
#include "wire/reader.hpp"
#include "wire/update.hpp"
#include "wire/writer.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace lbgp::wire;
using Random = std::minstd_rand;

// One step of fuzz_session: the octet that says what, and what belongs to it.
struct Step {
  std::uint8_t what = 0;
  Bytes octets;
};

constexpr std::size_t kMaxFeed = 767;

bool is_feed(std::uint8_t what) {
  return (what & 7) <= 2;
}

std::size_t arguments_of(std::uint8_t what, Reader& in) {
  if (is_feed(what)) return in.u8() + (what & 7) * 256U;
  return (what & 7) == 3 || (what & 7) == 7 ? 1 : 0;
}

std::vector<Step> take_apart(Reader& in) {
  std::vector<Step> steps;
  while (!in.at_end()) {
    Step step{in.u8(), {}};
    const std::size_t size = arguments_of(step.what, in);
    const ByteView octets = in.take(std::min(size, in.remaining()));
    step.octets.assign(octets.begin(), octets.end());
    steps.push_back(std::move(step));
  }
  return steps;
}

Bytes put_together(std::uint8_t settings, std::vector<Step>& steps) {
  Bytes all{settings};
  Writer out(all);
  for (Step& step : steps) {
    if (is_feed(step.what)) {
      step.octets.resize(std::min(step.octets.size(), kMaxFeed));
      out.u8(static_cast<std::uint8_t>((step.what & ~7U) | step.octets.size() / 256));
      out.u8(static_cast<std::uint8_t>(step.octets.size() % 256));
    } else {
      out.u8(step.what);
    }
    out.octets(step.octets);
  }
  return all;
}

std::vector<Bytes> messages() {
  Open open;
  open.version = 4;
  open.hold_time = std::chrono::seconds(9);
  open.id = RouterId{0x0a000002};
  open.capabilities = {MultiprotocolCapability{{1, 1}}, MultiprotocolCapability{{2, 1}},
                       RouteRefreshCapability{}, EnhancedRouteRefreshCapability{},
                       ExtendedMessageCapability{}};
  std::vector<Bytes> all;
  for (const std::uint16_t as : {std::uint16_t{65010}, std::uint16_t{65001}}) {
    open.my_as = as;
    all.push_back(encode(open));
    Open capable = open;
    capable.capabilities.emplace_back(FourOctetAsCapability{AsNumber{as}});
    capable.capabilities.emplace_back(GracefulRestartCapability{
        as == 65010, true, std::chrono::seconds(5), {{{1, 1}, true}, {{2, 1}, false}}});
    capable.capabilities.emplace_back(AddPathCapability{{{{1, 1}, true, true}}});
    all.push_back(encode(capable));
  }
  all.push_back(encode_keepalive());
  for (const std::uint8_t subtype : Bytes{0, 1, 2}) all.push_back(encode(RouteRefresh{{1, 1}, subtype}));
  all.push_back(encode(Notification{ErrorCode::Cease, subcode::kAdministrativeReset, {}}));
  all.push_back(encode(Notification{ErrorCode::Cease, subcode::kHardReset, {6, 2, 0}}));
  for (const Family family : kFamilies) all.push_back(encode_end_of_rib(family));

  UpdateCodec codec;
  codec.four_octet_as = true;
  codec.families = {Family::Ipv4Unicast, Family::Ipv6Unicast};
  PathAttributes attributes;
  attributes.as_path = AsPath::sequence({AsNumber{65010}});
  attributes.local_pref = 100;
  const auto update = [&](const char* prefix, const char* next_hop) {
    const Nlri nlri{*parse_prefix(prefix), 0};
    UpdateWriter writer(codec, nlri.prefix.family(), encode_attributes(attributes, codec),
                        {*parse_address(next_hop), {}});
    WithdrawWriter withdraw(codec, nlri.prefix.family());
    for (int i = 0; i < 2; ++i) all.emplace_back();
    if (writer.add(nlri)) writer.finish(all[all.size() - 2]);
    if (withdraw.add(nlri)) withdraw.finish(all.back());
  };
  update("10.99.8.1/32", "10.0.0.2");
  update("2001:db8:99::1/128", "2001:db8::2");
  return all;
}

void fit_header(Bytes& message) {
  if (message.size() < kHeaderSize) return;
  std::fill_n(message.begin(), 16, std::uint8_t{0xff});
  message[16] = static_cast<std::uint8_t>(message.size() >> 8);
  message[17] = static_cast<std::uint8_t>(message.size());
}

void change(Step& step, Random& random) {
  if (!is_feed(step.what)) {
    step.what = static_cast<std::uint8_t>(random());
    step.octets.assign(1, static_cast<std::uint8_t>(random()));
    return;
  }
  constexpr std::size_t kGrowth = 64;
  const std::size_t size = step.octets.size();
  step.octets.resize(size + kGrowth);
  step.octets.resize(LLVMFuzzerMutate(step.octets.data(), size, step.octets.size()));
  if (random() % 8 != 0) fit_header(step.octets);
}

void mutate(std::vector<Step>& steps, Random& random) {
  static const std::vector<Bytes> kMessages = messages();
  const std::size_t at = random() % (steps.size() + 1);
  const auto place = steps.begin() + static_cast<std::ptrdiff_t>(at);
  const auto side = static_cast<std::uint8_t>(random() % 2 * 8);
  const std::size_t kind = random() % 8;
  if (kind <= 2 || at == steps.size()) {
    steps.insert(place, Step{side, kMessages[random() % kMessages.size()]});
  } else if (kind == 3) {
    const auto what = static_cast<std::uint8_t>(3 + random() % 5);
    Step step{static_cast<std::uint8_t>(side | what), {}};
    if (what == 3 || what == 7) step.octets.push_back(static_cast<std::uint8_t>(random()));
    steps.insert(place, std::move(step));
  } else if (kind == 4) {
    steps.erase(place);
  } else if (kind == 5) {
    std::swap(*place, steps[random() % steps.size()]);
  } else {
    change(*place, random);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  Random random(seed + 1);
  if (size == 0 || random() % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Reader in(ByteView(data, size));
  const std::uint8_t settings = random() % 32 == 0 ? static_cast<std::uint8_t>(random()) : data[0];
  in.skip(1);
  std::vector<Step> steps = take_apart(in);
  mutate(steps, random);
  const Bytes mutated = put_together(settings, steps);
  if (mutated.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(mutated.begin(), mutated.end(), data);
  return mutated.size();
}
