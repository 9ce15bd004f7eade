// SPDX-License-Identifier: Apache-2.0
// Everything that the daemon logs.
#include "bgpd/log/events.hpp"

#include <spdlog/spdlog.h>

#include <cctype>

#include "wire/format.hpp"

namespace lbgp::daemon::log {

std::string escaped(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet < 0x7f)
      out += c;
    else
      out += fmt::format("\\x{:02x}", octet);
  }
  if (text.size() > limit) out += "…";
  return out;
}

namespace {

std::string describe(const conf::Neighbor& neighbor) {
  if (neighbor.description.empty()) return neighbor.name;
  return fmt::format("{} ({})", neighbor.name, escaped(neighbor.description, 64));
}

}  // namespace

void starting(std::string_view version, std::string_view config_file) {
  spdlog::info("[START] lbgpd {} with configuration {}", version, config_file);
}
void ready(std::string_view listening) {
  spdlog::info("[READY] {}", listening);
}
void stopping(std::string_view why) {
  spdlog::info("[STOPPING] {}", why);
}
void stopped() {
  spdlog::info("[STOPPED] all sessions are closed");
}
void start_failed(std::string_view what) {
  spdlog::error("[START-FAILED] {}", what);
}

void config_problem(std::string_view diagnostic) {
  spdlog::error("[CONFIG-ERROR] {}", diagnostic);
}
void config_warning(std::string_view diagnostic) {
  spdlog::warn("[CONFIG-WARNING] {}", diagnostic);
}
void config_kept() {
  spdlog::error(
      "[CONFIG-KEPT] the new configuration has errors: nothing of it is applied, the old one keeps running");
}
void config_applied(std::string_view plan) {
  spdlog::info("[CONFIG-APPLIED] {}", plan);
}

void config_returns(std::string_view why) {
  spdlog::warn("[CONFIG-RETURNS] {}: what was before it returns", why);
}
void config_written(std::string_view file) {
  spdlog::info("[CONFIG-WRITTEN] the running configuration is in {}", file);
}

void neighbor_state(const conf::Neighbor& neighbor, const fsm::StateChanged& change, bool prominent) {
  const std::string why = change.why.empty() ? "" : ": " + escaped(change.why);
  // Up and down are what an operator wants to see; the steps between are for debugging.
  const bool matters = prominent && (change.from == fsm::State::Established ||
                                     change.to == fsm::State::Established || !change.why.empty());
  const std::string_view verdict = change.to == fsm::State::Established     ? "Up"
                                   : change.from == fsm::State::Established ? "Down"
                                                                            : to_string(change.to);
  spdlog::log(matters ? spdlog::level::info : spdlog::level::debug, "[ADJCHANGE] neighbor {} {} ({} -> {}){}",
              describe(neighbor), verdict, to_string(change.from), to_string(change.to), why);
}

namespace {
void log_bfd(std::string_view who, const fsm::BfdChange& change, std::string_view remark) {
  constexpr std::string_view kStates[] = {"AdminDown", "Down", "Init", "Up"};
  const auto name = [&](wire::BfdState state) { return kStates[static_cast<std::size_t>(state)]; };
  // As with sessions: the way up is for debugging, being up and not being up any more are not.
  const bool matters = change.from == wire::BfdState::Up || change.to == wire::BfdState::Up;
  spdlog::log(matters ? spdlog::level::info : spdlog::level::debug, "[BFD] {}: {} -> {}{}{}{}", who,
              name(change.from), name(change.to), change.diagnostic == wire::BfdDiagnostic::None ? "" : ", ",
              change.diagnostic == wire::BfdDiagnostic::None ? "" : to_string(change.diagnostic), remark);
}
}  // namespace

void bfd_state(const conf::Neighbor& neighbor, const fsm::BfdChange& change, bool ignored) {
  const bool was_up = change.from == wire::BfdState::Up;
  const bool switched_off = change.administrative && was_up;
  log_bfd("neighbor " + describe(neighbor), change,
          ignored                           ? "; not acted upon, as the neighbor may be restarting gracefully"
          : switched_off                    ? "; switched off, which is no failure of the path"
          : was_up && change.peer_restarted ? "; its BFD was set up anew, which is no failure of the path"
                                            : "");
}
void bfd_peer_state(const fsm::BfdKey& key, const fsm::BfdChange& change) {
  log_bfd("peer " + to_string(key.peer), change, "");
}
void bfd_discarded(std::string_view from, std::string_view why, std::uint64_t since_last) {
  spdlog::warn("[BFD-DISCARD] a BFD packet from {} is discarded: {} ({} since the last such line)", from, why,
               since_last);
}
void bfd_problem(std::string_view what) {
  spdlog::error("[BFD-PORT] BFD {}: its sessions stay down; tried again every five seconds", what);
}

void update_fault(const conf::Neighbor& neighbor, const wire::UpdateFault& fault) {
  const char* reaction =
      fault.grade == wire::Grade::TreatAsWithdraw ? "its routes are withdrawn" : "the attribute is ignored";
  spdlog::warn("[UPDATE-FAULT] neighbor {} sent a malformed UPDATE, {} (RFC 7606): {}", describe(neighbor),
               reaction, escaped(fault.reason));
}

void malformed_update(const conf::Neighbor& neighbor, wire::ByteView body) {
  const wire::ByteView shown = body.first(std::min(body.size(), wire::kMaxMessageSize));
  spdlog::warn("[UPDATE-OCTETS] neighbor {} sent a malformed UPDATE, {} octets behind its header: {:02x}{}",
               describe(neighbor), body.size(), fmt::join(shown, ""), shown.size() < body.size() ? "…" : "");
}

void update_faults_suppressed(const conf::Neighbor& neighbor, std::uint64_t count) {
  spdlog::warn("[UPDATE-FAULT] neighbor {} sent {} more malformed UPDATEs within the last minute",
               describe(neighbor), count);
}

void maximum_prefix(const conf::Neighbor& neighbor, wire::Family family, rib::PrefixLevel level,
                    std::uint32_t count) {
  const rib::FamilySettings& settings = neighbor.routes.families[family];
  const std::uint32_t limit = settings.maximum_prefix.value_or(0);
  if (level == rib::PrefixLevel::Threshold)
    return spdlog::warn(
        "[MAX-PREFIX] neighbor {} has announced {} {} prefixes, above {} % of its maximum of {}",
        describe(neighbor), count, to_string(family), settings.maximum_prefix_threshold, limit);
  const std::string verdict =
      settings.maximum_prefix_warning_only ? "warning only"
      : settings.maximum_prefix_restart
          ? fmt::format("the session is closed for {} minutes", settings.maximum_prefix_restart->count())
          : "the session stays closed until it is cleared";
  spdlog::warn("[MAX-PREFIX] neighbor {} announces more than its maximum of {} {} prefixes: {}",
               describe(neighbor), limit, to_string(family), verdict);
}

void stale_routes(const conf::Neighbor& neighbor, const StaleReport& report) {
  const auto level = report.routes > 0 ? spdlog::level::info : spdlog::level::debug;
  const auto say = [&](const std::string& what) {
    spdlog::log(level, "[STALE-ROUTES] neighbor {}: {}", describe(neighbor), what);
  };
  const std::string routes = fmt::format("{} {} routes", report.routes, to_string(report.family));
  switch (report.what) {
    case StaleReport::What::Kept:
      return say(fmt::format("{} are kept as stale for {} s until it is back", routes, report.time.count()));
    case StaleReport::What::LongLived:
      return say(fmt::format("{} are kept as long-lived stale for {} s", routes, report.time.count()));
    case StaleReport::What::Flushed:
      return say(fmt::format("{} were stale and are removed", routes));
    case StaleReport::What::Synchronized:
      return say(fmt::format("{} restart is over, {} it has not announced again are removed",
                             to_string(report.family), report.routes));
  }
}

void next_hop(const conf::Neighbor& neighbor, wire::Family family, const wire::NextHop& now) {
  spdlog::info(
      "[NEXT-HOP] neighbor {}: {} is announced with next hop {}{} from now on, as our addresses have changed",
      describe(neighbor), to_string(family), now.address,
      now.link_local ? fmt::format(" (link-local {})", *now.link_local) : "");
}

void family_blocked(const conf::Neighbor& neighbor, wire::Family family, std::string_view why) {
  spdlog::warn("[NO-NEXT-HOP] neighbor {}: nothing of {} is announced: {}", describe(neighbor),
               to_string(family), why);
}

void oversized(const conf::Neighbor& neighbor, wire::Family family, std::uint32_t count,
               std::string_view example) {
  spdlog::warn(
      "[TOO-BIG] neighbor {}: {} routes of {} have more attributes than a message of this session holds and "
      "are "
      "not announced, such as {}",
      describe(neighbor), count, to_string(family), example);
}

void unknown_peer(std::string_view address, std::uint64_t since_last) {
  spdlog::warn(
      "[UNKNOWN-PEER] connection from {}, which is no configured neighbor, is closed ({} since the last such "
      "line)",
      address, since_last);
}

void range_md5(std::string_view ranges, std::string_view words, std::uint64_t since_last) {
  spdlog::warn("[MD5-RANGE] bgp listen range {}: {} ({} since the last such line)", ranges, words,
               since_last);
}

void md5_key_refused(std::string_view peers, std::string_view error) {
  spdlog::error(
      "[MD5-REFUSED] neighbor {}: the kernel does not take the TCP-MD5 key: {}; its connections stay closed",
      peers, error);
}

void out_of_reach(const conf::Neighbor& neighbor, std::string_view why) {
  spdlog::warn("[OUT-OF-REACH] connection from neighbor {} is closed: {}", describe(neighbor), why);
}

void connect_storm(const conf::Neighbor& neighbor, std::uint64_t since_last) {
  spdlog::warn(
      "[CONNECT-STORM] neighbor {} opens connections faster than any BGP speaker: the surplus is closed "
      "unread "
      "({} since the last such line)",
      describe(neighbor), since_last);
}

void too_many_dynamic(std::string_view address, std::uint32_t limit, std::uint64_t since_last) {
  spdlog::warn(
      "[LISTEN-LIMIT] connection from {} is closed: there are {} dynamic neighbors already, the limit ({} "
      "since "
      "the last such line)",
      address, limit, since_last);
}

void dynamic_replaced(const conf::Neighbor& neighbor, std::string_view newcomer, std::uint32_t limit,
                      std::uint64_t since_last) {
  spdlog::warn(
      "[LISTEN-LIMIT] neighbor {}, which has no session, makes room for {}: there are {} dynamic neighbors, "
      "the "
      "limit ({} since the last such line)",
      describe(neighbor), newcomer, limit, since_last);
}

void cannot_accept(std::string_view error, std::uint64_t since_last) {
  spdlog::error(
      "[CANNOT-ACCEPT] a BGP connection is closed unread: {}; sessions that are up go on ({} pauses since "
      "the "
      "last such line)",
      error, since_last);
}

void listener_problem(std::string_view error) {
  spdlog::error("[LISTENER] the kernel does not take an option of the listening socket: {}", error);
}

void interfaces_unwatched(std::string_view error) {
  spdlog::error("[LINKS] changes of this host's links and addresses go unnoticed until a restart: {}", error);
}
void not_advertised(std::string_view interface) {
  spdlog::warn(
      "[NOT-ADVERTISED] {}: without CAP_NET_RAW we send no router advertisements, by which FRR finds us: let "
      "radvd do so, or the other side name our address",
      interface);
}

void routes_changed(std::string_view owner, std::size_t announced, std::size_t withdrawn,
                    std::uint64_t commit) {
  spdlog::debug("[ROUTES] {} announced {} and withdrew {} (commit {})", owner, announced, withdrawn, commit);
}
void api_refused(std::string_view owner, std::string_view reason) {
  spdlog::debug("[API-REFUSED] {}: {}", owner, escaped(reason));
}
void clients_full(std::string_view socket, std::size_t limit) {
  spdlog::warn("[CLIENTS-FULL] {} has {} clients, its limit: further ones are turned away", socket, limit);
}

void journal_restored(std::size_t routes, std::string_view file) {
  spdlog::info("[RESTORED] {} routes from {}", routes, file);
}
void journal_problem(std::string_view what) {
  spdlog::error("[JOURNAL] {}", what);
}

}  // namespace lbgp::daemon::log
