// SPDX-License-Identifier: Apache-2.0
// One connection to the API socket: lines in, answers out, a bounded number of lines per turn.
#pragma once

#include <functional>

#include "bgpd/api/line_splitter.hpp"
#include "bgpd/client_handler.hpp"
#include "bgpd/route_service.hpp"

namespace lbgp::daemon {

// The names behind the numbers that the kernel gives.
[[nodiscard]] Owner owner_of(const Credentials& credentials);

class ApiClient final : public ClientHandler {
 public:
  // `before_turn`: what has to be done before requests are answered.
  ApiClient(RouteService& service, Owner owner, std::function<void()> before_turn);
  std::span<char> read_area(std::size_t size) override { return lines_.prepare(size); }
  void received(std::size_t size) override { lines_.commit(size); }
  Next run(std::string& out) override;
  void timed_out(std::string& out) override;
  [[nodiscard]] bool mid_request() const override { return lines_.pending() > 0; }

 private:
  RouteService& service_;
  Owner owner_;
  std::function<void()> before_turn_;
  api::LineSplitter lines_;
};

}  // namespace lbgp::daemon
