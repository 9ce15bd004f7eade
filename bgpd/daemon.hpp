// SPDX-License-Identifier: Apache-2.0
// The daemon: everything that runs, put together in one place.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "bgpd/bfd.hpp"
#include "bgpd/cli/shell.hpp"
#include "bgpd/configuration.hpp"
#include "bgpd/journal.hpp"
#include "bgpd/neighbors.hpp"
#include "bgpd/net/unix_server.hpp"
#include "bgpd/options.hpp"
#include "bgpd/route_service.hpp"
#include "bgpd/show/source.hpp"
#include "bgpd/systemd/notify.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon {

class Daemon {
 public:
  Daemon(boost::asio::io_context& io, Options options, Configuration configuration);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Listens, configures, announces, and tells the service manager. What keeps it from starting, or nothing.
  [[nodiscard]] std::string start();

  // The file again: applied as a whole, or not at all when it has errors.
  void reload();

  // --- the configuration while we run: what cli::Source asks for by the same names ---
  [[nodiscard]] conf::Config& editable() { return configuration_.config; }
  void edited();
  void settle();
  [[nodiscard]] cli::Outcome check_file(const std::string& file);
  cli::Outcome load_file(const std::string& file, std::chrono::minutes confirm);
  cli::Outcome confirm_within(std::chrono::minutes confirm);
  cli::Outcome commit();
  cli::Outcome roll_back();
  cli::Outcome write();

  // A line about announced addresses that these pools would not take; empty: there are none.
  [[nodiscard]] std::string outsiders(const std::vector<rib::VipPool>& pools) const;

  // For `show`.
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] rib::Rib& rib() { return rib_; }
  [[nodiscard]] Neighbors& neighbors() { return neighbors_; }
  [[nodiscard]] Bfd& bfd() { return bfd_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] wire::RouterId router_id() const { return router_id_; }
  [[nodiscard]] std::string hostname() const;
  [[nodiscard]] fsm::TimePoint started() const { return started_; }

 private:
  enum class Goodbye : std::uint8_t {
    Withdraw,  // sessions end with a reason, routes go at once
    Restart,   // sessions end without a word: a helper keeps the routes until we are back (RFC 4724 §4.1)
  };
  void wait_for_signal();
  void on_signal(int signal);
  void stop(Goodbye goodbye);
  void wait_for_goodbyes(unsigned attempts);
  // Fills in what the file leaves to the machine: router id, host name, software version.
  void complete(conf::Compiled& compiled) const;
  void apply(const conf::Compiled& configured);
  // Neighbors that are this host: mostly a file that was copied from the other one.
  void warn_of_ourselves(const std::vector<std::string>& neighbors) const;
  // What `next` would change, and what it would cost, in words.
  [[nodiscard]] std::string plan_of(const conf::Compiled& next) const;
  // In place of the running one. Returns the plan that it was.
  std::string install(Configuration configuration);
  bool stop_waiting();  // for a confirmation; false: nobody did
  [[nodiscard]] conf::Compiled with_dynamic_now() const;
  [[nodiscard]] conf::Compiled with_dynamic_next(conf::Compiled next) const;
  [[nodiscard]] std::string listen();
  [[nodiscard]] std::string status() const;

  boost::asio::io_context& io_;
  Options options_;
  Configuration configuration_;
  wire::RouterId router_id_;
  fsm::TimePoint started_ = std::chrono::steady_clock::now();
  rib::Rib rib_;
  Neighbors neighbors_;
  Bfd bfd_;  // its last words come when the sessions have ended, so that peers take them for nothing else
  Journal journal_;
  RouteService routes_;
  cli::Shell shell_;
  ShowSource show_{*this};
  boost::asio::steady_timer settle_timer_;
  bool unsettled_ = false;                     // configuration_.config has changed, and nothing else yet
  std::chrono::nanoseconds last_settling_{0};  // how long it took
  boost::asio::steady_timer return_timer_;
  std::optional<conf::Config> before_;  // what returns when nobody confirms
  net::UnixServer api_;
  net::UnixServer vty_;
  net::UnixServer bfd_vty_;  // where FRR's clients look for bfdd
  systemd::Watchdog watchdog_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer goodbye_;
  boost::asio::steady_timer restart_over_;
  bool stopping_ = false;
};

}  // namespace lbgp::daemon
