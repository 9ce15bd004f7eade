// SPDX-License-Identifier: Apache-2.0
// All neighbors of the speaker: their links, who may connect, and who has routes to be sent.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "bgpd/log/budget.hpp"
#include "bgpd/net/interface_watch.hpp"
#include "bgpd/net/listener.hpp"
#include "bgpd/net/peer_link.hpp"
#include "conf/compiled.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon {

class Neighbors {
 public:
  using Links = std::map<fsm::PeerKey, std::unique_ptr<net::PeerLink>>;

  Neighbors(boost::asio::io_context& io, rib::Rib& rib);

  // What is wrong, or nothing. Port 0: no listener.
  [[nodiscard]] std::string listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port);

  // Who may come without being named: the ranges and their limit.
  void set_ranges(const conf::Compiled& compiled);
  void add(const conf::Neighbor& neighbor);
  void remove(const fsm::PeerKey& key);
  // `reset`: the session must be made anew, with what to tell the peer.
  void change(const conf::Neighbor& neighbor, const std::optional<fsm::ManualStop>& reset);
  void stop_all(const fsm::ManualStop& stop);
  // `bgp fast-external-failover`.
  void set_fast_external_failover(bool wanted) { context_.fast_external_failover = wanted; }
  void set_log_changes(bool wanted) { context_.log_neighbor_changes = wanted; }
  // Called when a session has been established, a neighbor been found on its interface or a dynamic one been
  // forgotten; must not call back.
  void on_peers_changed(std::function<void()> what) { context_.peers_changed = std::move(what); }
  // The R bit of OPENs from now on (RFC 4724 §4.1).
  void set_restarting(bool restarting);

  // The RIB has changed: peers get what is new in the loop's next turn.
  void routes_changed();

  [[nodiscard]] const Links& links() const { return links_; }
  [[nodiscard]] net::PeerLink* find(const fsm::PeerKey& key);
  [[nodiscard]] const net::PeerLink* find(rib::PeerId id) const;
  [[nodiscard]] const net::InterfaceTable& interfaces() const { return interfaces_.table(); }
  [[nodiscard]] const net::Listener& listener() const { return listener_; }
  [[nodiscard]] std::size_t dynamic_count() const;
  [[nodiscard]] std::uint32_t dynamic_limit() const { return dynamic_limit_; }
  // What the kernel drops of whoever may come by the range; empty: nothing that is known.
  [[nodiscard]] std::string md5_problem(const conf::ListenRange& range) const;
  // Connections, those included that only wait for the peer to read our last words.
  [[nodiscard]] std::size_t open_connections() const { return *context_.connections; }

 private:
  [[nodiscard]] bool welcome(const net::Caller& caller);
  [[nodiscard]] bool welcome_by_range(const net::Caller& caller);
  // Whether one more dynamic neighbor has a place; at the limit, one that never got a session loses its own.
  [[nodiscard]] bool make_room(const net::Caller& caller);
  [[nodiscard]] net::PeerLink* oldest_half_open() const;
  void forget(net::PeerLink& link);
  void on_connection(boost::asio::ip::tcp::socket socket, const net::Caller& caller);
  [[nodiscard]] net::PeerLink* find_caller(const net::Caller& caller);
  void interfaces_changed();
  void give_out_routes();
  void give_back_memory();
  void forget_idle();
  void set_md5_key(const net::PeerLink& link, std::string_view password);
  void set_md5_key(const wire::Prefix& peers, std::string_view password);
  // Who comes by a range with a wrong key never gets as far as a connection: nothing but time tells us to
  // look.
  void watch_md5();
  void report_md5();
  [[nodiscard]] net::Md5Suspects md5_suspects(bool with_password) const;
  [[nodiscard]] bool key_refused(const wire::IpAddress& address) const;
  // What all neighbors of a family agree on, the listening socket can do before it is known who calls.
  void set_listen_options();

  rib::Rib& rib_;
  boost::asio::io_context& io_;
  std::minstd_rand random_;
  net::InterfaceWatch interfaces_;
  net::LinkContext context_;
  net::Listener listener_;
  Links links_;
  std::map<rib::PeerId, net::PeerLink*> by_id_;
  std::vector<conf::ListenRange> ranges_;
  std::uint32_t dynamic_limit_ = 0;
  std::set<fsm::PeerKey> idle_;                        // dynamic neighbors to be forgotten
  std::map<wire::Prefix, std::string> md5_keys_;       // that the listener holds
  std::set<wire::Prefix> md5_refused_;                 // whose key the kernel did not take: fail closed
  std::map<bool, net::ListenOptions> listen_options_;  // by family, true: IPv4
  std::optional<net::Md5Watch> md5_watch_;             // while there are ranges
  boost::asio::steady_timer md5_timer_;
  boost::asio::steady_timer trim_timer_;
  bool give_out_posted_ = false;
  bool worked_ = false;  // in the background, since memory was last given back
  bool trim_posted_ = false;
  log::Budget unknown_peers_{1};
  log::Budget surplus_peers_{1};
  log::Budget replaced_peers_{1};
  log::Budget md5_lines_{2};
  bool restarting_ = false;
};

}  // namespace lbgp::daemon
