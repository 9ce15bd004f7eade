// SPDX-License-Identifier: Apache-2.0
// BFD beside the main loop: a thread that nothing keeps waiting, talked to by posted values only.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "bgpd/net/bfd_engine.hpp"

namespace lbgp::daemon::net {

class BfdService {
 public:
  // `on_report` is called in `main`'s loop, and not after the service is gone.
  BfdService(boost::asio::io_context& main, BfdEngineSettings settings,
             std::function<void(BfdReport)> on_report);
  // Tells every peer AdminDown, once.
  ~BfdService();
  BfdService(const BfdService&) = delete;
  BfdService& operator=(const BfdService&) = delete;

  // The thread and its ports exist from the first peer on.
  void set_peers(std::vector<fsm::BfdPeer> peers);
  // Asks the thread and waits for its answer: less than a millisecond, as it does nothing else for long;
  // after a second, nothing.
  [[nodiscard]] std::vector<BfdSnapshot> snapshots();

 private:
  // What belongs to the thread.
  struct Beside {
    Beside(BfdEngineSettings settings, std::function<void(BfdReport)> report)
        : io(1), work(io.get_executor()), engine(io, std::move(settings), std::move(report)) {}
    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
    BfdEngine engine;
    std::thread thread;
  };
  void start();

  boost::asio::io_context& main_;
  BfdEngineSettings settings_;
  std::shared_ptr<std::function<void(BfdReport)>> on_report_;
  std::unique_ptr<Beside> beside_;
};

}  // namespace lbgp::daemon::net
