// SPDX-License-Identifier: Apache-2.0
// Everything that the daemon logs: one function per fact, each with a stable id in brackets that operators
// can search for. Text that a peer or client chose is escaped and bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bgpd/peering.hpp"
#include "conf/compiled.hpp"
#include "fsm/action.hpp"
#include "fsm/bfd_session.hpp"
#include "wire/update.hpp"

namespace lbgp::daemon::log {

// `level`: trace debug info warn error; `format`: text or json. To stderr; under journald each line carries
// its priority in the form that journald understands.
void set_up(std::string_view level, std::string_view format);

void starting(std::string_view version, std::string_view config_file);
void ready(std::string_view listening);
void stopping(std::string_view why);
void stopped();
void start_failed(std::string_view what);

void config_problem(std::string_view diagnostic);  // FILE:LINE:COLUMN: error: …
void config_warning(std::string_view diagnostic);
void config_kept();                          // a bad file did not replace the running configuration
void config_applied(std::string_view plan);  // one line per thing that changes
void config_returns(std::string_view why);   // what was before an unconfirmed change comes back
void config_written(std::string_view file);

// `prominent`: worth an operator's attention when it is a session that comes or goes, or has a reason; else
// debug.
void neighbor_state(const conf::Neighbor& neighbor, const fsm::StateChanged& change, bool prominent);
// `ignored`: a failure that may be the beginning of a graceful restart, and is not acted upon.
void bfd_state(const conf::Neighbor& neighbor, const fsm::BfdChange& change, bool ignored);
void bfd_peer_state(const fsm::BfdKey& key, const fsm::BfdChange& change);  // of a peer that is no neighbor
void bfd_discarded(std::string_view from, std::string_view why, std::uint64_t since_last);
void bfd_problem(std::string_view what);
void update_fault(const conf::Neighbor& neighbor, const wire::UpdateFault& fault);
// RFC 7606 §6: the malformed UPDATE itself (its body), for whoever has to find out what the peer did.
void malformed_update(const conf::Neighbor& neighbor, wire::ByteView body);
void update_faults_suppressed(const conf::Neighbor& neighbor, std::uint64_t count);
// `count`: the prefixes that stand against the limit.
void maximum_prefix(const conf::Neighbor& neighbor, wire::Family family, rib::PrefixLevel level,
                    std::uint32_t count);
// Worth a line when there were routes; else debug.
void stale_routes(const conf::Neighbor& neighbor, const StaleReport& report);
void next_hop(const conf::Neighbor& neighbor, wire::Family family, const wire::NextHop& now);
void family_blocked(const conf::Neighbor& neighbor, wire::Family family, std::string_view why);
// `count` routes fit no message of the session; `example` is one of them.
void oversized(const conf::Neighbor& neighbor, wire::Family family, std::uint32_t count,
               std::string_view example);
void unknown_peer(std::string_view address, std::uint64_t since_last);  // at most one line a minute
// What the kernel drops of whoever comes by one of these ranges.
void range_md5(std::string_view ranges, std::string_view words, std::uint64_t since_last);
void md5_key_refused(std::string_view peers, std::string_view error);
void out_of_reach(const conf::Neighbor& neighbor, std::string_view why);  // it has connected, and may not
void connect_storm(const conf::Neighbor& neighbor, std::uint64_t since_last);
// At the limit of dynamic neighbors, one that never got a session makes room for `newcomer`.
void dynamic_replaced(const conf::Neighbor& neighbor, std::string_view newcomer, std::uint32_t limit,
                      std::uint64_t since_last);
void too_many_dynamic(std::string_view address, std::uint32_t limit, std::uint64_t since_last);
void cannot_accept(std::string_view error, std::uint64_t since_last);
void listener_problem(std::string_view error);
void not_advertised(std::string_view interface);
void interfaces_unwatched(std::string_view error);  // changes of links and addresses go unnoticed

void routes_changed(std::string_view owner, std::size_t announced, std::size_t withdrawn,
                    std::uint64_t commit);
void api_refused(std::string_view owner, std::string_view reason);
void clients_full(std::string_view socket, std::size_t limit);

void journal_restored(std::size_t routes, std::string_view file);
void journal_problem(std::string_view what);

// Printable, one line, at most `limit` octets: control characters and invalid UTF-8 become \xNN.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t limit = 256);

}  // namespace lbgp::daemon::log
