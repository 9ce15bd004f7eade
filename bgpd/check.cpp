// SPDX-License-Identifier: Apache-2.0
// Asks the running daemon as FRR's clients do, and compares here.
#include "bgpd/check.hpp"

#include <sys/time.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string_view>

#include "bgpd/cli/vty_codec.hpp"
#include "conf/parse.hpp"
#include "conf/plan.hpp"
#include "conf/render.hpp"

namespace lbgp::daemon {

namespace {

namespace asio = boost::asio;

// Nothing: nobody is there, or nobody that answers within some seconds.
std::optional<std::string> ask(const std::string& socket_path, std::string_view command) {
  constexpr timeval kPatience{.tv_sec = 5, .tv_usec = 0};
  asio::io_context io;
  asio::local::stream_protocol::socket socket(io);
  boost::system::error_code error;
  socket.connect(asio::local::stream_protocol::endpoint(socket_path), error);
  if (error) return std::nullopt;
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  asio::write(socket, asio::buffer(std::string(command) + '\0'), error);
  cli::ReplyCollector collector;
  std::array<char, 16384> buffer;
  while (!error) {
    if (auto reply = collector.take()) return std::move(reply->text);
    const ssize_t size = ::recv(socket.native_handle(), buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    collector.feed({buffer.data(), static_cast<std::size_t>(size)});
  }
  return std::nullopt;
}

}  // namespace

std::string plan_for_running(const std::string& run_dir, const Configuration& next) {
  const auto text = ask(run_dir + "/bgpd.vty", "write terminal");
  if (!text) return "";
  const conf::Loaded running = conf::load(*text);
  if (!running.ok()) return "";  // it is being edited, and not complete
  const bool masked = text->find("password ********\n") != std::string::npos;
  if (!masked) return conf::plan(conf::diff(running.compiled, next.compiled), next.compiled);
  const conf::Loaded same = conf::load(conf::render(next.config, {.mask_passwords = true}));
  return conf::plan(conf::diff(running.compiled, same.compiled), same.compiled) +
         "(changes of passwords are shown to root)\n";
}

}  // namespace lbgp::daemon
