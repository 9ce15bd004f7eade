// SPDX-License-Identifier: Apache-2.0
// Why a session is not there: what stands in the way first, then what was tried, then what comes next.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bgpd/cli/show_why.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

// What an attempt's failure mostly means.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kHints{{
    {"connection refused", "the machine is there, but nobody listens on the port, or a firewall rejects it"},
    {"no answer", "a wrong address, a firewall that drops, or an MD5 password on one side only"},
    {"reset the connection",
     "mostly: the peer does not know our address as a neighbor, or closes for want of a matching "
     "configuration"},
    {"closed the connection", "mostly: the peer does not expect us from this address, or is shutting down"},
    {"no route to the peer", "the machine has no route there, or the link is down"},
    {"peer says AS", "one of the two files has the wrong AS number"},
    {"Bad Peer AS",
     "the peer has another AS number for us than ours: one of the two files has the wrong one"},
    {"Unsupported Capability",
     "the peer wants what we have not offered: mostly an address family that one of the two has not "
     "activated"},
    {"not on this host", "update-source names an address that no interface has"},
    {"hold timer expired", "the peer went silent: it is overloaded, gone, or the path to it is"},
}};

std::string with_hint(const std::string& words) {
  for (const auto& [sign, hint] : kHints)
    if (words.find(sign) != words.npos) return fmt::format("{} ({})", words, hint);
  return words;
}

std::string in_seconds(milliseconds time) {
  return fmt::format("{} s", std::max<std::int64_t>(0, std::chrono::ceil<seconds>(time).count()));
}

std::string md5_words(const Md5Data& md5, bool password) {
  std::string out = fmt::format(
      "the kernel has dropped segments since: {} without a signature, {} with an unexpected one, {} with a "
      "wrong one",
      md5.missing, md5.unexpected, md5.wrong);
  return out +
         (password ? "; we have a password for this neighbor" : "; we have no password for this neighbor");
}

// What ended the session mostly quotes the NOTIFICATION; a script still finds it under its own key.
bool is_told_already(const DownFact& fact, const NeighborData& n) {
  return fact.key == "notification" &&
         n.wrong.find(wire::to_string(*n.last_reset.notification)) != n.wrong.npos;
}

}  // namespace

std::vector<DownFact> down_facts(const NeighborData& n) {
  std::vector<DownFact> facts;
  if (n.state == fsm::State::Established) return facts;
  const auto add = [&](std::string_view key, std::string words) { facts.push_back({key, std::move(words)}); };
  const conf::Neighbor& config = *n.config;
  if (config.session.shutdown) add("adminShutdown", "shut down by the configuration ('neighbor … shutdown')");
  if (config.session.families.empty())
    add("noFamily", "no address family is activated for it ('neighbor … activate')");
  if (n.over_maximum_prefix)
    add("maximumPrefix",
        n.prefix_rest_remaining
            ? fmt::format(
                  "it sent more prefixes than maximum-prefix allows; rests for {}, or until 'clear bgp {}'",
                  in_seconds(*n.prefix_rest_remaining), config.name)
            : fmt::format("it sent more prefixes than maximum-prefix allows; stays down until 'clear bgp {}'",
                          config.name));
  if (!n.obstacle.empty()) add("obstacle", n.obstacle);
  if (n.waits_for_bfd)
    add("waitsForBfd", "after our restart it waits, three seconds at most, for BFD to tell the peer");
  if (!n.authentication_problem.empty()) add("authentication", n.authentication_problem);
  if (!n.wrong.empty()) add("lastSession", with_hint(n.wrong));
  if (!n.last_attempt.empty() && n.last_attempt != n.wrong) add("lastAttempt", with_hint(n.last_attempt));
  if (n.last_reset.notification)
    add("notification", fmt::format("{} at the end of the last one: {}",
                                    n.last_reset.notification_sent ? "we sent" : "the peer sent",
                                    wire::to_string(*n.last_reset.notification)));
  if (n.last_reset.ago)
    add("lastReset", fmt::format("the last session ended {} ago: {}", uptime_text(n.last_reset.ago),
                                 reset_reason(n.last_reset)));
  else
    add("neverUp", "there has been no session since this daemon started");
  if (n.md5) add("md5", md5_words(*n.md5, !config.transport.password.empty()));
  if (const std::string hint = ttl_security_hint(n); !hint.empty()) add("ttlSecurity", hint);
  if (config.session.passive)
    add("passive", "passive: we wait for the peer to connect, and never do so ourselves");
  if (n.next_attempt)
    add("nextAttempt", fmt::format("next attempt in {}", in_seconds(*n.next_attempt)));
  else if (n.state == fsm::State::Connect)
    add("connecting", "an attempt to connect is under way");
  else if (n.state == fsm::State::OpenSent || n.state == fsm::State::OpenConfirm)
    add("opening", fmt::format("connected; {}", n.state == fsm::State::OpenSent
                                                    ? "the peer has not sent its OPEN yet"
                                                    : "the peer has not confirmed our OPEN yet"));
  return facts;
}

std::string why_down_text(const NeighborData& n) {
  if (n.state == fsm::State::Established)
    return fmt::format("{} is up: Established for {}\n", n.config->name, uptime_text(n.uptime));
  std::string out = fmt::format("{} is down: {}\n", n.config->name, fsm::to_string(n.state));
  for (const DownFact& fact : down_facts(n))
    if (!is_told_already(fact, n)) out += fmt::format("  {}\n", fact.words);
  return out;
}

json::object why_down_json(const NeighborData& n) {
  json::object out{{"neighbor", n.config->name},
                   {"state", fsm::to_string(n.state)},
                   {"established", n.state == fsm::State::Established}};
  json::object facts;
  for (const DownFact& fact : down_facts(n)) facts[fact.key] = fact.words;
  out["facts"] = std::move(facts);
  if (n.next_attempt) out["nextAttemptMsecs"] = std::max<std::int64_t>(0, n.next_attempt->count());
  if (n.md5)
    out["md5"] =
        json::object{{"missing", n.md5->missing}, {"unexpected", n.md5->unexpected}, {"wrong", n.md5->wrong}};
  return out;
}

}  // namespace lbgp::daemon::cli
