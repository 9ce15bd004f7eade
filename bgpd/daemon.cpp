// SPDX-License-Identifier: Apache-2.0
// The daemon: everything that runs.
#include "bgpd/daemon.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "bgpd/api_client.hpp"
#include "bgpd/log/events.hpp"
#include "bgpd/net/interfaces.hpp"
#include "bgpd/version.hpp"
#include "bgpd/vty_client.hpp"

namespace lbgp::daemon {

namespace {

constexpr const char* kClientsGroup = "lbgpd-clients";
constexpr std::chrono::milliseconds kGoodbyePoll{20};
constexpr unsigned kGoodbyePolls = 75;  // a second and a half: each connection lingers at most one

net::UnixServerSettings api_settings(const Options& options) {
  const api::Error full{
      api::ErrorCode::TooManyClients, "the daemon serves as many clients as it can", "", "", {}};
  return {.path = options.run_dir + "/api.sock",
          .mode = 0660,
          .group = kClientsGroup,
          .max_clients = 512,
          .too_many_clients = api::error_line(full),
          .output_limit = 256 * 1024};
}

net::UnixServerSettings vty_settings(const Options& options, std::string_view daemon) {
  return {.path = fmt::format("{}/{}.vty", options.run_dir, daemon),
          .mode = 0660,
          .group = kClientsGroup,
          .max_clients = 64,
          .too_many_clients = "",
          .output_limit = 256 * 1024};
}

std::string make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return "";
  return fmt::format("cannot create {}: {}", path, std::strerror(errno));
}

std::string hostname_of(const conf::Compiled& compiled) {
  if (!compiled.hostname.empty()) return compiled.hostname;
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// RFC 4486 and RFC 9003, for a stop that the operator wants.
fsm::ManualStop shutdown_stop(std::string_view words) {
  return {wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeShutdown,
                             wire::encode_shutdown_communication(words)},
          fsm::DownReason::UserShutdown};
}

}  // namespace

Daemon::Daemon(boost::asio::io_context& io, Options options, Configuration configuration)
    : io_(io),
      options_(std::move(options)),
      configuration_(std::move(configuration)),
      neighbors_(io, rib_),
      bfd_(io, neighbors_, options_.listen),
      journal_(options_.state_dir),
      routes_(rib_, journal_, [this] { neighbors_.routes_changed(); }),
      settle_timer_(io),
      return_timer_(io),
      api_(io, api_settings(options_),
           [this](const Credentials& who) {
             return std::make_unique<ApiClient>(routes_, owner_of(who), [this] { settle(); });
           }),
      vty_(io, vty_settings(options_, "bgpd"),
           [this](const Credentials& who) { return std::make_unique<VtyClient>(shell_, show_, who); }),
      bfd_vty_(
          io, vty_settings(options_, "bfdd"),
          [this](const Credentials& who) { return std::make_unique<VtyClient>(shell_, show_, who, true); }),
      watchdog_(io),
      signals_(io, SIGTERM, SIGINT, SIGHUP),
      goodbye_(io),
      restart_over_(io) {
  signals_.add(SIGUSR2);
}

Daemon::~Daemon() = default;

std::string Daemon::start() {
  if (std::string problem = journal_.lock(); !problem.empty()) return problem;
  if (std::string problem = listen(); !problem.empty()) return problem;
  if (journal_.was_cut_off()) {
    // Our peers may be holding our routes as stale: tell them that we come back (RFC 4724 §4.1).
    neighbors_.set_restarting(true);
    restart_over_.expires_after(std::chrono::seconds(60));
    restart_over_.async_wait([this](const boost::system::error_code& error) {
      if (!error) neighbors_.set_restarting(false);
    });
  }
  complete(configuration_.compiled);
  const conf::Compiled& compiled = configuration_.compiled;
  router_id_ = compiled.global.router_id;
  rib_.configure(compiled.global, compiled.policies, compiled.pools);
  routes_.configure(compiled.pools, compiled.global.local_as);
  routes_.restore();
  // The journal's routes are the clients': nothing else is to be waited for.
  rib_.release_end_of_rib();
  neighbors_.set_fast_external_failover(compiled.fast_external_failover);
  neighbors_.set_log_changes(compiled.log_neighbor_changes);
  neighbors_.set_ranges(compiled);
  std::vector<std::string> names;
  for (const conf::Neighbor& neighbor : compiled.neighbors) {
    neighbors_.add(neighbor);
    names.push_back(neighbor.name);
  }
  warn_of_ourselves(names);
  bfd_.configure(compiled);
  wait_for_signal();
  watchdog_.start();
  log::ready(status());
  systemd::notify_ready(status());
  return "";
}

std::string Daemon::listen() {
  if (std::string problem = make_directory(options_.run_dir); !problem.empty()) return problem;
  if (std::string problem = api_.listen(); !problem.empty()) return problem;
  if (std::string problem = vty_.listen(); !problem.empty()) return problem;
  if (std::string problem = bfd_vty_.listen(); !problem.empty()) return problem;
  return neighbors_.listen(options_.listen, options_.port);
}

std::string Daemon::hostname() const {
  return hostname_of(configuration_.compiled);
}

std::string Daemon::status() const {
  const std::string where = neighbors_.listener().describe();
  return fmt::format("AS {}, router id {}, {} neighbors, {}", configuration_.compiled.global.local_as.value(),
                     to_string(router_id_), neighbors_.links().size(),
                     where.empty() ? "not listening for BGP" : "listening on " + where);
}

void Daemon::complete(conf::Compiled& compiled) const {
  const auto from_machine = net::choose_router_id(neighbors_.interfaces().addresses());
  // Loopback addresses alone: a laptop, a test. Any identifier but zero will do (RFC 6286).
  const wire::RouterId last_resort(0x7f000001);
  // Chosen once: addresses come and go while we run, the announced ones among them, and sessions must not end
  // for that when the file is loaded again.
  const bool chosen = router_id_ != wire::RouterId{} && !configuration_.compiled.router_id;
  const wire::RouterId automatic = chosen ? router_id_ : from_machine.value_or(last_resort);
  const wire::RouterId id = compiled.router_id.value_or(automatic);
  compiled.global.router_id = id;
  const std::string name = hostname_of(compiled);
  const auto finish = [&](conf::Neighbor& neighbor) {
    neighbor.session.router_id = id;
    neighbor.session.hostname = name;
    neighbor.session.software_version = fmt::format("lbgpd/{}", kVersion);
  };
  for (conf::Neighbor& neighbor : compiled.neighbors) finish(neighbor);
  for (conf::ListenRange& range : compiled.listen_ranges) finish(range.pattern);
}

// --- signals
// ---------------------------------------------------------------------------------------------------------

void Daemon::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    on_signal(signal);
    wait_for_signal();
  });
}

void Daemon::on_signal(int signal) {
  if (signal == SIGHUP) {
    if (stopping_) return;  // neighbors that come with the file would open sessions again
    systemd::notify_reloading();
    reload();
    return systemd::notify_ready(status());
  }
  if (stopping_) return io_.stop();  // asked twice: at once
  stop(signal == SIGUSR2 ? Goodbye::Restart : Goodbye::Withdraw);
}

void Daemon::stop(Goodbye goodbye) {
  stopping_ = true;
  const bool restart = goodbye == Goodbye::Restart;
  const std::string_view why = restart ? "restarting: peers keep our routes until we are back"
                                       : "stopping: routes are withdrawn, sessions closed";
  log::stopping(why);
  systemd::notify_stopping(std::string(why));
  api_.close();
  vty_.close();
  bfd_vty_.close();
  neighbors_.stop_all(restart ? fsm::ManualStop{std::nullopt, fsm::DownReason::UserReset}
                              : shutdown_stop("lbgpd is stopping"));
  if (!restart) journal_.mark_clean_stop();
  wait_for_goodbyes(kGoodbyePolls);
}

void Daemon::wait_for_goodbyes(unsigned attempts) {
  if (neighbors_.open_connections() == 0 || attempts == 0) return io_.stop();
  goodbye_.expires_after(kGoodbyePoll);
  goodbye_.async_wait([this, attempts](const boost::system::error_code& error) {
    if (!error) wait_for_goodbyes(attempts - 1);
  });
}

}  // namespace lbgp::daemon
