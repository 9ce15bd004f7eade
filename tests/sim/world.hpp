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
  [[nodiscard]] std::string last_why() const;
  void start();
  void stop(const fsm::ManualStop& stop);
  // The operator edits the settings; no session is reset for it.
  void change(const std::function<void(conf::Neighbor&)>& edit);

  // PeeringPort
  void connect() override;
  void close(fsm::Side side) override;
  void accept() override;
  void refuse(const wire::Bytes& message) override;
  void output_ready(fsm::Side side) override;
  daemon::LocalEnd local_end(fsm::Side side) override;
  void routes_changed() override;
  void state_changed(const fsm::StateChanged& change) override { changes_.push_back(change); }
  void update_fault(const wire::UpdateFault& fault) override { faults_.push_back(fault); }
  void prefix_level(wire::Family, rib::PrefixLevel level) override { levels_.push_back(level); }
  void stale_routes(const daemon::StaleReport& report) override { stale_reports_.push_back(report); }

  Neighbor* remote = nullptr;  // the same peering, seen from the other speaker
  bool listening = true;       // answers connection attempts
  bool reads = true;           // false: takes nothing from its connections (a zero window)

 private:
  friend class World;
  void arm();
  void write(fsm::Side side);

  World& world_;
  Speaker& speaker_;
  std::unique_ptr<daemon::Peering> peering_;
  bool connecting_ = false;
  std::shared_ptr<Pipe> at_the_door_;
  std::array<std::shared_ptr<Pipe>, 2> pipes_;
  std::vector<fsm::StateChanged> changes_;
  std::vector<wire::UpdateFault> faults_;
  std::vector<rib::PrefixLevel> levels_;
  std::vector<daemon::StaleReport> stale_reports_;
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

  [[nodiscard]] rib::Rib& rib() { return rib_; }
  wire::AsNumber as;
  wire::RouterId id;

 private:
  World& world_;
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

  // The cable: cut, bytes vanish in both directions and nobody is told.
  void cut(Neighbor& neighbor);
  void mend(Neighbor& neighbor);
  // The speaker's machine loses a connection: both ends see a reset.
  void reset(Neighbor& neighbor);
  // Writes bytes into an end's established connection as if its speaker had sent them.
  void inject(Neighbor& from, const wire::Bytes& bytes);

  [[nodiscard]] fsm::TimePoint now() const { return now_; }
  [[nodiscard]] fsm::Moment moment();

 private:
  friend class Neighbor;
  friend class Speaker;
  void after(std::chrono::nanoseconds delay, std::function<void()> what);
  void open(Neighbor& from);
  void carry(const std::shared_ptr<Pipe>& pipe, std::size_t from_end, wire::Bytes bytes);
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
