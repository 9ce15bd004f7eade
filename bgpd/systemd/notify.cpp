// SPDX-License-Identifier: Apache-2.0
// What the service manager is told.
#include "bgpd/systemd/notify.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace lbgp::daemon::systemd {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

// One datagram to the socket that NOTIFY_SOCKET names; '@' stands for the zero octet of an abstract address.
// A manager that is busy is given a second: it may wait for READY. What it then does not take is no matter of
// ours.
void notify(std::string_view state) {
  const std::string_view path = environment("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() > sizeof address.sun_path) return;
  std::memcpy(&address.sun_path, path.data(), path.size());
  if (path.front() == '@') address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const timeval patience{1, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
           length);  // NOLINT: the socket API's own way
  ::close(descriptor);
}

// The period that the service manager expects of this process, if it watches it at all.
std::chrono::microseconds watchdog_period() {
  const std::string_view process = environment("WATCHDOG_PID");
  const bool ours = process.empty() || number(process) == static_cast<std::uint64_t>(::getpid());
  return std::chrono::microseconds(ours ? number(environment("WATCHDOG_USEC")) : 0);
}

}  // namespace

void notify_ready(const std::string& status) {
  notify(fmt::format("READY=1\nSTATUS={}", status));
}
void notify_status(const std::string& status) {
  notify(fmt::format("STATUS={}", status));
}
void notify_stopping(const std::string& status) {
  notify(fmt::format("STOPPING=1\nSTATUS={}", status));
}

void notify_reloading() {
  // Newer managers (Type=notify-reload) want the monotonic time of the reload beside the word itself.
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds));
}

Watchdog::Watchdog(boost::asio::io_context& io) : timer_(io), period_(watchdog_period() / 2) {}

void Watchdog::start() {
  if (period_.count() > 0) feed();
}

void Watchdog::feed() {
  notify("WATCHDOG=1");
  timer_.expires_after(period_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) feed();
  });
}

}  // namespace lbgp::daemon::systemd
