// SPDX-License-Identifier: Apache-2.0
// All BFD sessions with their sockets and timers. Lives in a thread and an io_context of its own
// (bfd_service.hpp): nothing here waits for anybody, and nothing here logs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "bgpd/log/budget.hpp"
#include "bgpd/net/bfd_socket.hpp"
#include "bgpd/net/lateness.hpp"
#include "fsm/bfd_demux.hpp"
#include "fsm/bfd_session.hpp"

namespace lbgp::daemon::net {

struct BfdCounters {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t ups = 0;
  std::uint64_t downs = 0;  // from Up
};

// A session as `show` sees it.
struct BfdSnapshot {
  fsm::BfdPeer peer;
  fsm::BfdSession session;
  std::optional<wire::IpAddress> local;  // configured, or where the peer's packets arrive
  fsm::TimePoint since;                  // of the state
  BfdCounters counters;
  Lateness lateness;  // of periodic transmissions
};

// What the engine has to tell.
struct BfdStateChanged {
  fsm::BfdKey key;
  fsm::BfdChange change;
};
struct BfdDiscarded {
  wire::IpAddress from;
  std::string_view why;  // static text
  std::uint64_t suppressed = 0;
};
struct BfdProblem {
  std::string what;
};
using BfdReport = std::variant<BfdStateChanged, BfdDiscarded, BfdProblem>;

struct BfdEngineSettings {
  BfdPorts ports;
  std::vector<wire::IpAddress> listen;  // empty: everywhere
};

class BfdEngine {
 public:
  // `report` is called from within this class's own calls.
  BfdEngine(boost::asio::io_context& io, BfdEngineSettings settings, std::function<void(BfdReport)> report);
  BfdEngine(const BfdEngine&) = delete;
  BfdEngine& operator=(const BfdEngine&) = delete;

  // The sessions that shall run, with different keys. Those that are not among them any more say AdminDown
  // for as long as the peer needs to hear it (RFC 5880 §6.8.16).
  void set_peers(const std::vector<fsm::BfdPeer>& peers);
  // In order of key.
  [[nodiscard]] std::vector<BfdSnapshot> snapshots() const;
  // Each peer is told once that we go.
  void say_goodbye();

 private:
  struct Session {
    Session(boost::asio::io_context& io, fsm::BfdPeer its_peer, std::uint32_t discriminator,
            std::uint16_t port, fsm::Moment moment)
        : peer(std::move(its_peer)),
          machine(peer.settings, discriminator, moment),
          socket(io),
          source_port(port),
          timer(io),
          since(moment.now) {}
    fsm::BfdPeer peer;
    fsm::BfdSession machine;
    boost::asio::ip::udp::socket socket;
    std::uint16_t source_port;
    boost::asio::steady_timer timer;
    std::optional<fsm::TimePoint> armed;
    std::optional<wire::BfdPacket> answer;  // to what has been read in this turn
    std::optional<fsm::TimePoint> leaving;  // removed then
    std::optional<wire::IpAddress> local;
    fsm::TimePoint since;
    BfdCounters counters;
    Lateness lateness;
  };
  struct Receiver {
    Receiver(boost::asio::io_context& io, const wire::IpAddress& its_address, bool is_multihop)
        : socket(io), address(its_address), multihop(is_multihop) {}
    boost::asio::ip::udp::socket socket;
    wire::IpAddress address;
    bool multihop;
    bool failing = false;  // and reported
  };

  [[nodiscard]] fsm::Moment moment();
  [[nodiscard]] std::uint32_t fresh_discriminator();
  [[nodiscard]] std::uint16_t fresh_port();
  void add(const fsm::BfdPeer& peer);
  void remove(Session& session);
  void arm(Session& session);
  void on_timer(std::uint32_t discriminator);
  void owe(Session& session, wire::BfdPacket packet);
  void carry_out(Session& session, const fsm::BfdOutput& output);
  void send(Session& session, const wire::BfdPacket& packet);
  [[nodiscard]] std::uint16_t port(bool multihop) const;

  void open_receivers();
  void open(const std::shared_ptr<Receiver>& receiver);
  void wait(const std::shared_ptr<Receiver>& receiver);
  void receive_all(Receiver& receiver);
  void on_datagram(const BfdDatagram& datagram, bool multihop);
  [[nodiscard]] Session* find(const wire::BfdPacket& packet, const BfdDatagram& datagram, bool multihop);
  void discard(const wire::IpAddress& from, std::string_view why);

  boost::asio::io_context& io_;
  BfdEngineSettings settings_;
  std::function<void(BfdReport)> report_;
  std::mt19937 random_;
  std::map<fsm::BfdKey, Session> sessions_;
  std::unordered_map<std::uint32_t, Session*> by_discriminator_;
  std::vector<std::shared_ptr<Receiver>> receivers_;
  boost::asio::steady_timer retry_;  // of receivers that could not be opened
  std::uint16_t next_port_ = kFirstBfdSourcePort;
  std::vector<Session*> answering_;  // within a turn
  log::Budget discards_{1};
};

}  // namespace lbgp::daemon::net
