// SPDX-License-Identifier: Apache-2.0
// A world in virtual time: speakers made of the daemon's own parts, joined by connections of the imagination.
// No socket, no clock and no thread; hours pass in milliseconds, and every run is the same.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "bgpd/peering.hpp"
#include "rib/rib.hpp"

namespace lbgp::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

class World;
class Speaker;

// Two ends of one TCP connection.
struct Pipe;

// The far end of one connection of a Neighbor, played by the test octet by octet: a peer that says what it
// likes, when it likes. Its own octets arrive after the world's latency.
class Stranger {
 public:
  void say(const wire::Bytes& bytes);
  void say(const wire::Open& open) { say(wire::encode(open)); }
  void close();  // FIN
  void reset();  // RST: what was not read yet is lost
  // Whole messages that have come, oldest first, by type; and the last NOTIFICATION among them.
  [[nodiscard]] std::vector<wire::MessageType> heard() const;
  [[nodiscard]] std::optional<wire::Notification> notification() const;
  [[nodiscard]] bool heard(wire::MessageType type) const;
  [[nodiscard]] bool closed() const { return closed_; }  // by the other end

  wire::Bytes octets;  // all that came
  bool reads = true;   // false: a zero window, once the world's is full

 private:
  friend class World;
  explicit Stranger(World& world) : world_(world) {}
  World& world_;
  std::shared_ptr<Pipe> pipe_;
  std::size_t end_ = 0;
  bool closed_ = false;
};

// One neighbor of one speaker, and its port to the world.
class Neighbor final : public daemon::PeeringPort {
 public:
  Neighbor(World& world, Speaker& speaker, const conf::Neighbor& settings);

  [[nodiscard]] daemon::Peering& peering() { return *peering_; }
  [[nodiscard]] fsm::State state() const { return peering_->fsm().state(); }
  [[nodiscard]] bool established() const { return state() == fsm::State::Established; }
  // What was reported, oldest first.
  [[nodiscard]] const std::vector<fsm::StateChanged>& changes() const { return changes_; }
  [[nodiscard]] const std::vector<wire::UpdateFault>& faults() const { return faults_; }
  [[nodiscard]] const std::vector<rib::PrefixLevel>& levels() const { return levels_; }
  [[nodiscard]] const std::vector<daemon::StaleReport>& stale_reports() const { return stale_reports_; }
  // Families whose next hop was reported to have changed, oldest first.
  [[nodiscard]] const std::vector<wire::Family>& next_hop_changes() const { return next_hop_changes_; }
  [[nodiscard]] std::string last_why() const;
  [[nodiscard]] const fsm::History& history() const { return peering_->fsm().history(); }
  // Messages of a type that were sent or received.
  [[nodiscard]] std::uint64_t sent(wire::MessageType type) const;
  [[nodiscard]] std::uint64_t received(wire::MessageType type) const;
  void start();
  void stop(const fsm::ManualStop& stop);
  // The host's addresses change: from now on connections look like `how` from our end.
  void move(std::function<void(daemon::LocalEnd&)> how);
  // The host loses the link, or has it again; see cut() for the cable.
  void lose_link();
  void have_link();
  // The operator edits the settings; no session is reset for it.
  void change(const std::function<void(conf::Neighbor&)>& edit);

  // PeeringPort
  void connect() override;
  void close(fsm::Side side) override;
  void accept() override;
  void refuse(const wire::Bytes& message) override;
  void read_waiting(fsm::Side side) override;
  void output_ready(fsm::Side side) override;
  daemon::LocalEnd local_end(fsm::Side side) override;
  void next_hop_changed(wire::Family family, const std::optional<wire::NextHop>&, std::string_view) override {
    next_hop_changes_.push_back(family);
  }
  void routes_changed() override;
  void state_changed(const fsm::StateChanged& change) override { changes_.push_back(change); }
  void update_fault(const wire::UpdateFault& fault) override { faults_.push_back(fault); }
  void prefix_level(wire::Family, rib::PrefixLevel level) override { levels_.push_back(level); }
  void stale_routes(const daemon::StaleReport& report) override { stale_reports_.push_back(report); }

  // Whether it takes anything from its connections; false: a zero window.
  void read(bool reads);

  Neighbor* remote = nullptr;           // the same peering, seen from the other speaker
  bool listening = true;                // answers connection attempts
  std::shared_ptr<Stranger> answering;  // without `remote`: who answers the next connection attempt

 private:
  friend class World;
  friend class Speaker;
  void arm();
  void on_timer();
  void write(fsm::Side side);

  World& world_;
  Speaker& speaker_;
  std::unique_ptr<daemon::Peering> peering_;
  bool reads_ = true;
  std::array<bool, 2> blocked_{};  // the window is closed, and the Peering knows
  bool connecting_ = false;
  std::uint64_t attempts_ = 0;
  std::shared_ptr<Pipe> at_the_door_;
  std::array<std::shared_ptr<Pipe>, 2> pipes_;
  std::vector<fsm::StateChanged> changes_;
  std::vector<wire::UpdateFault> faults_;
  std::vector<rib::PrefixLevel> levels_;
  std::vector<daemon::StaleReport> stale_reports_;
  std::vector<wire::Family> next_hop_changes_;
  std::function<void(daemon::LocalEnd&)> own_addresses_ = [](daemon::LocalEnd&) {};
  std::array<wire::Bytes, 2> unsent_;  // given out by the Peering, not yet taken by the window
};

class Speaker {
 public:
  Speaker(World& world, wire::AsNumber as, wire::RouterId id, bool end_of_rib);
  void release_end_of_rib();
  void announce(const std::string& prefix, const std::string& community = "");
  void withdraw(const std::string& prefix);
  // The prefixes of its table, as text, in order.
  [[nodiscard]] std::vector<std::string> table(wire::Family family = wire::Family::Ipv4Unicast) const;
  // The AS path by which a prefix is known best; "-" when it is not.
  [[nodiscard]] std::string path_to(const std::string& prefix) const;
  void give_out_routes();
  // SIGSTOP and SIGCONT: nothing is read, written or timed, while the world goes on. Afterwards everything
  // that is overdue happens at once, the timers first.
  void stop();
  void resume();
  [[nodiscard]] bool stopped() const { return stopped_; }

  [[nodiscard]] rib::Rib& rib() { return rib_; }
  wire::AsNumber as;
  wire::RouterId id;

 private:
  World& world_;
  bool stopped_ = false;
  rib::Rib rib_;  // outlives the neighbors

 public:
  std::vector<std::unique_ptr<Neighbor>> neighbors;
};

// What a pair of neighbors is made with; change before join().
struct Peer {
  Speaker& speaker;
  conf::Neighbor settings;
};

class World {
 public:
  World();
  ~World();
  // `end_of_rib`: its markers are not held back.
  Speaker& add_speaker(std::uint32_t as, const std::string& id, bool end_of_rib = true);
  // Settings as an operator would leave them: both families, graceful restart, everything accepted and sent.
  [[nodiscard]] Peer side(Speaker& speaker, const std::string& own_address, const std::string& peer_address,
                          std::uint32_t peer_as);
  // Makes both ends and starts them. The first one is `a`'s.
  std::pair<Neighbor*, Neighbor*> join(Peer a, Peer b);
  // Two speakers with one session between 10.0.0.1 and 10.0.0.2.
  std::pair<Neighbor*, Neighbor*> join(Speaker& a, Speaker& b);

  void run_for(std::chrono::nanoseconds duration);
  // False: `limit` passed without it.
  [[nodiscard]] bool run_until(const std::function<bool()>& condition, seconds limit = seconds(60));

  // One neighbor of `a`, whose far end the test plays.
  Neighbor* join(Peer a);
  // The stranger's connection to the neighbor; null when it was closed unread. Some of the stranger's octets
  // may have arrived already.
  [[nodiscard]] std::shared_ptr<Stranger> dial(Neighbor& to);
  // Answers the neighbor's next connection attempt; connected once `heard(Open)`.
  [[nodiscard]] std::shared_ptr<Stranger> answer(Neighbor& from);

  // The cable: cut, bytes vanish in both directions and nobody is told.
  void cut(Neighbor& neighbor);
  void mend(Neighbor& neighbor);
  // The speaker's machine loses a connection: both ends see a reset.
  void reset(Neighbor& neighbor);
  // Writes bytes into an end's established connection as if its speaker had sent them.
  void inject(Neighbor& from, const wire::Bytes& bytes);

  // How many octets arrive together at most: TCP may split a message anywhere.
  std::size_t segment = 64 * 1024;

  [[nodiscard]] fsm::TimePoint now() const { return now_; }
  [[nodiscard]] fsm::Moment moment();

 private:
  friend class Neighbor;
  friend class Speaker;
  friend class Stranger;
  void after(std::chrono::nanoseconds delay, std::function<void()> what);
  void open(Neighbor& from);
  void answer_attempt(Neighbor& from, std::uint64_t attempt);
  void carry(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, wire::Bytes bytes);
  void knock(Neighbor& to, const std::shared_ptr<Pipe>& pipe);
  // The receiver takes what has come.
  void drain(const std::shared_ptr<Pipe>& pipe, std::size_t end);
  void end(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, const std::string& why);
  void break_end(const std::shared_ptr<Pipe>& pipe, std::size_t end, const std::string& why);

  struct Event {
    fsm::TimePoint when;
    std::uint64_t order = 0;
    std::function<void()> what;
    bool operator>(const Event& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };
  fsm::TimePoint now_{seconds(1000)};
  std::uint64_t order_ = 0;
  std::uint64_t jitter_state_ = 1;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<std::unique_ptr<Speaker>> speakers_;
};

}  // namespace lbgp::sim
