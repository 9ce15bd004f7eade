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

void update_fault(const conf::Neighbor& neighbor, const wire::UpdateFault& fault) {
  const char* reaction =
      fault.grade == wire::Grade::TreatAsWithdraw ? "its routes are withdrawn" : "the attribute is ignored";
  spdlog::warn("[UPDATE-FAULT] neighbor {} sent a malformed UPDATE, {} (RFC 7606): {}", describe(neighbor),
               reaction, escaped(fault.reason));
}

void update_faults_suppressed(const conf::Neighbor& neighbor, std::uint64_t count) {
  spdlog::warn("[UPDATE-FAULT] neighbor {} sent {} more malformed UPDATEs within the last minute",
               describe(neighbor), count);
}

void maximum_prefix(const conf::Neighbor& neighbor, wire::Family family, std::uint32_t limit,
                    bool warning_only) {
  spdlog::warn("[MAX-PREFIX] neighbor {} announces more than its maximum of {} {} prefixes: {}",
               describe(neighbor), limit, to_string(family),
               warning_only ? "warning only" : "the session is closed");
}

void family_blocked(const conf::Neighbor& neighbor, wire::Family family, std::string_view why) {
  spdlog::warn("[NO-NEXT-HOP] neighbor {}: nothing of {} is announced: {}", describe(neighbor),
               to_string(family), why);
}

void unknown_peer(std::string_view address, std::uint64_t since_last) {
  spdlog::warn(
      "[UNKNOWN-PEER] connection from {}, which is no configured neighbor, is closed ({} since the last such "
      "line)",
      address, since_last);
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
