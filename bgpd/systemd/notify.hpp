// SPDX-License-Identifier: Apache-2.0
// What the service manager is told (sd_notify(3)); without one, all of this does nothing.
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
