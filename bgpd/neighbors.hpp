// SPDX-License-Identifier: Apache-2.0
// All neighbors of the speaker: their links, who may connect, and who has routes to be sent.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "bgpd/log/budget.hpp"
#include "bgpd/net/listener.hpp"
#include "bgpd/net/peer_link.hpp"
#include "conf/compiled.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon {

class Neighbors {
 public:
  using Links = std::map<wire::IpAddress, std::unique_ptr<net::PeerLink>>;

  Neighbors(boost::asio::io_context& io, rib::Rib& rib);

  // What is wrong, or nothing. Port 0: no listener.
  [[nodiscard]] std::string listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port);

  void add(const conf::Neighbor& neighbor);
  void remove(const wire::IpAddress& address);
  // `reset`: the session must be made anew, with what to tell the peer.
  void change(const conf::Neighbor& neighbor, const std::optional<fsm::ManualStop>& reset);
  void stop_all(const fsm::ManualStop& stop);
  void set_log_changes(bool wanted) { context_.log_neighbor_changes = wanted; }
  // Called whenever a session has been established; must not call back.
  void on_session_up(std::function<void()> what) { context_.session_up = std::move(what); }
  // The R bit of OPENs from now on (RFC 4724 §4.1).
  void set_restarting(bool restarting);

  // The RIB has changed: peers get what is new in the loop's next turn.
  void routes_changed();

  [[nodiscard]] const Links& links() const { return links_; }
  [[nodiscard]] net::PeerLink* find(const wire::IpAddress& address);
  [[nodiscard]] const net::PeerLink* find(rib::PeerId id) const;
  [[nodiscard]] const net::Listener& listener() const { return listener_; }
  // Connections, those included that only wait for the peer to read our last words.
  [[nodiscard]] std::size_t open_connections() const { return *context_.connections; }

 private:
  void on_connection(boost::asio::ip::tcp::socket socket, const wire::IpAddress& from);
  void give_out_routes();
  void set_md5_key(const conf::Neighbor& neighbor, std::string_view password);

  rib::Rib& rib_;
  boost::asio::io_context& io_;
  std::minstd_rand random_;
  net::LinkContext context_;
  net::Listener listener_;
  Links links_;
  std::map<rib::PeerId, net::PeerLink*> by_id_;
  std::map<wire::IpAddress, std::string> md5_keys_;  // that the listener holds
  std::set<wire::IpAddress> md5_refused_;            // whose key the kernel did not take: fail closed
  bool give_out_posted_ = false;
  log::Budget unknown_peers_{1};
  bool restarting_ = false;
};

}  // namespace lbgp::daemon
