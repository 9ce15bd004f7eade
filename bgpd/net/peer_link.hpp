// SPDX-License-Identifier: Apache-2.0
// A neighbor over TCP: gives a Peering its sockets, its timer and its log.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>

#include "bgpd/log/budget.hpp"
#include "bgpd/memory_reserve.hpp"
#include "bgpd/net/approach.hpp"
#include "bgpd/net/connection.hpp"
#include "bgpd/net/interface_table.hpp"
#include "bgpd/net/listener.hpp"
#include "bgpd/net/md5_counters.hpp"
#include "bgpd/peering.hpp"
#include "fsm/peer_key.hpp"

namespace lbgp::daemon::net {

class PeerLink;

// What all links share.
struct LinkContext {
  boost::asio::io_context& io;
  rib::Rib& rib;
  std::minstd_rand& random;              // for jitter
  std::function<void()> routes_changed;  // somebody may have something to send
  // It is known who is at the other end of a neighbor's interface; `before`: who was thought to be.
  std::function<void(const PeerLink&, const std::optional<wire::IpAddress>& before)> peer_found;
  std::function<void(const PeerLink&)> idle;  // a dynamic neighbor has nothing left to live for
  // Who without a session has a password (or has none).
  std::function<Md5Suspects(bool with_password)> suspects;
  Connection::Census connections = std::make_shared<std::size_t>(0);
  const InterfaceTable& interfaces;
  bool log_neighbor_changes = true;
  bool fast_external_failover = true;
  std::function<void()> peers_changed = [] {};  // a session is there, or a dynamic neighbor gone
  std::shared_ptr<MemoryReserve> memory = std::make_shared<MemoryReserve>(std::size_t{4} << 20);
};

class PeerLink final : public PeeringPort {
 public:
  PeerLink(LinkContext& context, conf::Neighbor neighbor);
  ~PeerLink() override;

  void start();
  // The same once BFD has told the peer that we are new, or has had its time. Told only later, the peer would
  // take it for a failure of the session that is there by then, and drop the routes that it kept for us.
  void start_behind_bfd();
  void stop(const fsm::ManualStop& stop);
  // Whether a connection from there can be this neighbor's.
  [[nodiscard]] bool answers_to(const Caller& caller) const;
  // A connection that the peer has opened: taken, refused or closed.
  void knock(boost::asio::ip::tcp::socket socket, const Caller& caller);
  // The RIB has something for this peer.
  void flush();
  // What BFD has to say about the path to this neighbor.
  void on_bfd(const fsm::BfdChange& change);
  // Links or addresses of the machine have.
  void interfaces_changed();
  // New settings; `reset` when they need a new session, with what to tell the peer.
  void change(conf::Neighbor neighbor, const std::optional<fsm::ManualStop>& reset);

  [[nodiscard]] Peering& peering() { return peering_; }
  [[nodiscard]] const Peering& peering() const { return peering_; }
  [[nodiscard]] fsm::PeerKey key() const { return fsm::PeerKey::of(peering_.neighbor().transport); }
  [[nodiscard]] fsm::TimePoint since() const { return since_; }  // that it is a neighbor
  // The neighbor's address; nothing while nobody has been found on its interface.
  [[nodiscard]] std::optional<wire::IpAddress> peer_address() const;
  // What the kernel's counters say about signatures while there is no session; empty: nothing.
  [[nodiscard]] std::string md5_problem(const Md5Counters& now) const;
  // The counters when it was last known that signatures are right.
  [[nodiscard]] const Md5Counters& md5_before() const { return md5_before_; }
  [[nodiscard]] bool waits_for_bfd() const { return behind_bfd_; }
  // What forbids a connection as the machine is now; empty: nothing.
  [[nodiscard]] std::string obstacle() const;
  // Both ends of the established session's connection.
  [[nodiscard]] Connection* established_connection() const;

  // PeeringPort
  void connect() override;
  void close(Side side) override;
  void accept() override;
  void refuse(const wire::Bytes& message) override;
  void read_waiting(Side side) override;
  void output_ready(Side side) override;
  LocalEnd local_end(Side side) override;
  void next_hop_changed(wire::Family family, const std::optional<wire::NextHop>& now,
                        std::string_view why) override;
  void routes_changed() override { context_.routes_changed(); }
  void state_changed(const fsm::StateChanged& change) override;
  void update_fault(const wire::UpdateFault& fault) override;
  void malformed_update(wire::ByteView body) override;
  void prefix_level(wire::Family family, rib::PrefixLevel level) override;
  void stale_routes(const StaleReport& report) override;
  std::uint64_t memory_shortages() override { return context_.memory->shortages(); }

 private:
  // One side's connection and the calls that come from it.
  struct Wire final : ConnectionOwner {
    Wire(PeerLink& link, Side its_side) : owner(link), side(its_side) {}
    void on_connected() override;
    void on_failed(const std::string& reason) override;
    std::span<std::uint8_t> read_area() override { return owner.peering_.read_area(side); }
    void on_read(std::size_t size) override;
    [[nodiscard]] bool has_unread() const override { return owner.peering_.has_unread(side); }
    void read_on() override;
    void fill(wire::Bytes& out, std::size_t budget) override;
    void on_wrote(bool blocked) override;
    PeerLink& owner;
    Side side;
    std::shared_ptr<Connection> connection;
  };

  [[nodiscard]] Wire& wire(Side side) { return *wires_[static_cast<std::size_t>(side)]; }
  [[nodiscard]] Moment moment();
  void fail_later(std::string reason);
  void look_for_peer();
  // The link that a connection is on, if it is running: what it may lose.
  void note_link(Side side);
  void check_link();
  void found_peer(const wire::IpAddress& address);
  [[nodiscard]] boost::system::error_code prepare_outgoing(boost::asio::ip::tcp::socket& socket,
                                                           const Approach& way) const;
  // Whether this is one connection too many from the peer's address within a second.
  [[nodiscard]] bool storms();
  void start_after(std::chrono::milliseconds time);
  void arm_timer();
  [[nodiscard]] bool said_lately(const std::string& why);
  void report_oversized();
  [[nodiscard]] bool may_tell_of_routes();

  LinkContext& context_;
  fsm::TimePoint since_ = std::chrono::steady_clock::now();
  Peering peering_;
  std::array<std::unique_ptr<Wire>, 2> wires_;
  std::optional<boost::asio::ip::tcp::socket> at_the_door_;  // during knock()
  boost::asio::steady_timer timer_;
  std::optional<fsm::TimePoint> armed_;
  boost::asio::steady_timer bfd_wait_;
  bool behind_bfd_ = false;
  std::string link_;                              // that connections are on; empty: not known, or lost
  bool may_succeed_ = true;                       // that the last attempt to connect could have succeeded
  bool told_unheard_ = false;                     // that we may not advertise ourselves there
  std::optional<wire::IpAddress> learned_;        // who is on the interface that the neighbor is known by
  Md5Counters md5_before_ = read_md5_counters();  // when it was last known that signatures are right
  std::array<fsm::TimePoint, 8> knocks_{};        // the latest ones, in turn
  std::size_t next_knock_ = 0;
  log::Budget storm_lines_{1};
  log::Budget fault_lines_{60};
  log::Budget oversized_lines_{10};
  wire::PerFamily<std::uint32_t> oversized_{};  // routes that fit no message, as last seen
  log::Budget route_lines_{60};
  log::Budget octet_lines_{10};  // each as long as an UPDATE
  std::map<std::string, fsm::TimePoint>
      said_;  // why attempts failed since the last session, and when it was said
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lbgp::daemon::net
