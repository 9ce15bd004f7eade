// SPDX-License-Identifier: Apache-2.0
// A neighbor over TCP: gives a Peering its sockets, its timer and its log.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>

#include "bgpd/log/budget.hpp"
#include "bgpd/net/connection.hpp"
#include "bgpd/peering.hpp"

namespace lbgp::daemon::net {

// What all links share.
struct LinkContext {
  boost::asio::io_context& io;
  rib::Rib& rib;
  std::minstd_rand& random;              // for jitter
  std::function<void()> routes_changed;  // somebody may have something to send
  Connection::Census connections = std::make_shared<std::size_t>(0);
  bool log_neighbor_changes = true;
};

class PeerLink final : public PeeringPort {
 public:
  PeerLink(LinkContext& context, conf::Neighbor neighbor);
  ~PeerLink() override;

  void start();
  void stop(const fsm::ManualStop& stop);
  // A connection that the peer has opened: taken, refused or closed.
  void knock(boost::asio::ip::tcp::socket socket);
  // The RIB has something for this peer.
  void flush();
  // New settings; `reset` when they need a new session, with what to tell the peer.
  void change(conf::Neighbor neighbor, const std::optional<fsm::ManualStop>& reset);

  [[nodiscard]] Peering& peering() { return peering_; }
  [[nodiscard]] const Peering& peering() const { return peering_; }
  // Both ends of the established session's connection.
  [[nodiscard]] Connection* established_connection() const;

  // PeeringPort
  void connect() override;
  void close(Side side) override;
  void accept() override;
  void refuse(const wire::Bytes& message) override;
  void output_ready(Side side) override;
  LocalEnd local_end(Side side) override;
  void routes_changed() override { context_.routes_changed(); }
  void state_changed(const fsm::StateChanged& change) override;
  void update_fault(const wire::UpdateFault& fault) override;
  void malformed_update(wire::ByteView body) override;
  void over_maximum_prefix(wire::Family family, std::uint32_t limit, bool warning_only) override;

 private:
  // One side's connection and the calls that come from it.
  struct Wire final : ConnectionOwner {
    Wire(PeerLink& link, Side its_side) : owner(link), side(its_side) {}
    void on_connected() override;
    void on_failed(const std::string& reason) override;
    std::span<std::uint8_t> read_area() override { return owner.peering_.read_area(side); }
    void on_read(std::size_t size) override;
    void fill(wire::Bytes& out, std::size_t budget) override;
    void on_wrote(bool blocked) override;
    PeerLink& owner;
    Side side;
    std::shared_ptr<Connection> connection;
  };

  [[nodiscard]] Wire& wire(Side side) { return *wires_[static_cast<std::size_t>(side)]; }
  [[nodiscard]] Moment moment();
  void fail_later(std::string reason);
  void arm_timer();
  [[nodiscard]] bool said_lately(const std::string& why);

  LinkContext& context_;
  Peering peering_;
  std::array<std::unique_ptr<Wire>, 2> wires_;
  std::optional<boost::asio::ip::tcp::socket> at_the_door_;  // during knock()
  boost::asio::steady_timer timer_;
  std::optional<fsm::TimePoint> armed_;
  log::Budget fault_lines_{60};
  log::Budget octet_lines_{10};  // each as long as an UPDATE
  std::map<std::string, fsm::TimePoint>
      said_;  // why attempts failed since the last session, and when it was said
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lbgp::daemon::net
