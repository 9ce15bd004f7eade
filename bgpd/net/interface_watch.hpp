// SPDX-License-Identifier: Apache-2.0
// Tells when the machine's links or addresses change: one rtnetlink(7) subscription for all.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "bgpd/net/interface_table.hpp"

namespace lbgp::daemon::net {

// All that there is now, asked of the kernel; empty when it does not tell.
[[nodiscard]] InterfaceTable read_interfaces();

class InterfaceWatch {
 public:
  // `on_change` is called in a turn of its own, once for all changes of a tenth of a second.
  InterfaceWatch(boost::asio::io_context& io, std::function<void()> on_change);
  InterfaceWatch(const InterfaceWatch&) = delete;
  InterfaceWatch& operator=(const InterfaceWatch&) = delete;

  // As it was told so far.
  [[nodiscard]] const InterfaceTable& table() const { return table_; }

 private:
  void subscribe();
  void wait();
  // A bounded number of datagrams. False: the subscription is of no use any more.
  [[nodiscard]] bool read_some();
  void tell_soon();
  void tell();

  std::function<void()> on_change_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  bool telling_ = false;
  bool missed_ = false;                    // something was lost: the whole has to be asked for
  std::chrono::nanoseconds last_time_{0};  // that telling took
  InterfaceTable table_;
};

}  // namespace lbgp::daemon::net
