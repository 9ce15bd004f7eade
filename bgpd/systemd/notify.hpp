// SPDX-License-Identifier: Apache-2.0
// What the service manager is told; without one, all of this does nothing. The protocol is the one that
// sd_notify(3) promises to keep, spoken here and not by libsystemd: that brings seven libraries (compression,
// cryptography) and a megabyte into a process that faces the network.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>

namespace lbgp::daemon::systemd {

void notify_ready(const std::string& status);
void notify_status(const std::string& status);
void notify_reloading();
void notify_stopping(const std::string& status);

// Feeds the watchdog from the loop that does the work, twice per period: a loop that hangs is restarted.
class Watchdog {
 public:
  explicit Watchdog(boost::asio::io_context& io);
  void start();
  void stop() { timer_.cancel(); }

 private:
  void feed();
  boost::asio::steady_timer timer_;
  std::chrono::microseconds period_{0};
};

}  // namespace lbgp::daemon::systemd
