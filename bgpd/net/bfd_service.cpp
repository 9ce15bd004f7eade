// SPDX-License-Identifier: Apache-2.0
// BFD beside the main loop.
#include "bgpd/net/bfd_service.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <future>
#include <utility>

namespace lbgp::daemon::net {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLongestWait{1};

// Signals are the main loop's: a thread made while this lives takes none.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

BfdService::BfdService(asio::io_context& main, BfdEngineSettings settings,
                       std::function<void(BfdReport)> on_report)
    : main_(main),
      settings_(std::move(settings)),
      on_report_(std::make_shared<std::function<void(BfdReport)>>(std::move(on_report))) {}

BfdService::~BfdService() {
  if (!beside_) return;
  asio::post(beside_->io, [beside = beside_.get()] {
    beside->engine.say_goodbye();
    beside->io.stop();
  });
  beside_->thread.join();
}

void BfdService::start() {
  auto report = [this, weak = std::weak_ptr(on_report_)](BfdReport value) {
    asio::post(main_, [weak, value = std::move(value)]() mutable {
      if (const auto on_report = weak.lock()) (*on_report)(std::move(value));
    });
  };
  beside_ = std::make_unique<Beside>(settings_, std::move(report));
  const SignalsBlocked blocked;
  beside_->thread = std::thread([beside = beside_.get()] {
    pthread_setname_np(pthread_self(), "bfd");
    beside->io.run();
  });
}

void BfdService::set_peers(std::vector<fsm::BfdPeer> peers) {
  if (peers.empty() && !beside_) return;
  if (!beside_) start();
  asio::post(beside_->io,
             [beside = beside_.get(), peers = std::move(peers)] { beside->engine.set_peers(peers); });
}

std::vector<BfdSnapshot> BfdService::snapshots() {
  if (!beside_) return {};
  auto answer = std::make_shared<std::promise<std::vector<BfdSnapshot>>>();
  auto future = answer->get_future();
  asio::post(beside_->io,
             [beside = beside_.get(), answer] { answer->set_value(beside->engine.snapshots()); });
  if (future.wait_for(kLongestWait) != std::future_status::ready) return {};
  return future.get();
}

}  // namespace lbgp::daemon::net
