// SPDX-License-Identifier: Apache-2.0
// All neighbors of the speaker.
#include "bgpd/neighbors.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "bgpd/log/events.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon {

namespace {

// Routes per turn of background work: well under a millisecond, so that keepalives and API calls stay on
// time.
constexpr std::size_t kSlice = 1024;
constexpr std::chrono::seconds kTrimDelay{1};
constexpr std::size_t kTrimWorth = std::size_t{2} << 20;  // octets

}  // namespace

Neighbors::Neighbors(boost::asio::io_context& io, rib::Rib& rib)
    : rib_(rib),
      io_(io),
      random_(std::random_device{}()),
      interfaces_(io, [this] { interfaces_changed(); }),
      context_{.io = io,
               .rib = rib,
               .random = random_,
               .routes_changed = [this] { routes_changed(); },
               .peer_found =
                   [this](const net::PeerLink& link, const std::optional<wire::IpAddress>& before) {
                     if (before) set_md5_key(wire::Prefix::host(*before), "");
                     set_md5_key(link, link.peering().neighbor().transport.password);
                     context_.peers_changed();
                   },
               .idle =
                   [this](const net::PeerLink& link) {
                     idle_.insert(link.key());
                     boost::asio::post(io_, [this] { forget_idle(); });
                   },
               .suspects = [this](bool with_password) { return md5_suspects(with_password); },
               .interfaces = interfaces_.table()},
      listener_(
          io, [this](const net::Caller& caller) { return welcome(caller); },
          [this](boost::asio::ip::tcp::socket socket, const net::Caller& caller) {
            on_connection(std::move(socket), caller);
          }),
      md5_timer_(io),
      trim_timer_(io) {}

std::string Neighbors::listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port) {
  return port == 0 ? "" : listener_.listen(addresses, port);
}

void Neighbors::set_ranges(const conf::Compiled& compiled) {
  if (ranges_ != compiled.listen_ranges) md5_watch_.reset();  // a change may have been the cure
  std::map<wire::Prefix, std::string> keys;
  for (const conf::ListenRange& range : ranges_) keys[range.prefix] = "";
  ranges_ = compiled.listen_ranges;
  dynamic_limit_ = compiled.listen_limit;
  for (const conf::ListenRange& range : ranges_) keys[range.prefix] = range.pattern.transport.password;
  for (const auto& [peers, password] : keys) set_md5_key(peers, password);
  if (ranges_.empty())
    md5_timer_.cancel();
  else if (!md5_watch_)
    watch_md5();
  // A range of one address may have been a neighbor's.
  for (const auto& [key, link] : links_) set_md5_key(*link, link->peering().neighbor().transport.password);
  set_listen_options();
}

void Neighbors::add(const conf::Neighbor& neighbor) {
  auto link = std::make_unique<net::PeerLink>(context_, neighbor);
  net::PeerLink& added = *link;
  added.peering().set_restarting(restarting_);
  by_id_[added.peering().rib_id()] = &added;
  links_[added.key()] = std::move(link);
  set_md5_key(added, neighbor.transport.password);
  set_listen_options();
  // Who comes by a range is here already: it has nothing to lose that BFD could make it drop.
  const bool bfd = neighbor.bfd && !neighbor.bfd->settings.shutdown && !neighbor.bfd->settings.passive;
  if (restarting_ && bfd && !neighbor.listen_range && !neighbor.session.shutdown)
    added.start_behind_bfd();
  else
    added.start();
}

void Neighbors::remove(const fsm::PeerKey& key) {
  const auto found = links_.find(key);
  if (found == links_.end()) return;
  net::PeerLink& link = *found->second;
  // RFC 4486: the peer learns that it is no neighbor any more.
  link.stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kPeerDeconfigured, {}},
             fsm::DownReason::PeerDeconfigured});
  set_md5_key(link, "");
  by_id_.erase(link.peering().rib_id());
  links_.erase(found);
  set_listen_options();
  routes_changed();
}

void Neighbors::change(const conf::Neighbor& neighbor, const std::optional<fsm::ManualStop>& reset) {
  net::PeerLink* link = find(fsm::PeerKey::of(neighbor.transport));
  if (link == nullptr) return add(neighbor);
  link->change(neighbor, reset);
  set_md5_key(*link, neighbor.transport.password);
  set_listen_options();
}

void Neighbors::stop_all(const fsm::ManualStop& stop) {
  listener_.close();
  for (auto& [address, link] : links_) link->stop(stop);
}

void Neighbors::interfaces_changed() {
  for (auto& [key, link] : links_) link->interfaces_changed();
}

void Neighbors::set_restarting(bool restarting) {
  restarting_ = restarting;
  for (auto& [address, link] : links_) link->peering().set_restarting(restarting);
}

net::PeerLink* Neighbors::find(const fsm::PeerKey& key) {
  const auto found = links_.find(key);
  return found == links_.end() ? nullptr : found->second.get();
}

const net::PeerLink* Neighbors::find(rib::PeerId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::size_t Neighbors::dynamic_count() const {
  return static_cast<std::size_t>(std::count_if(links_.begin(), links_.end(), [](const auto& entry) {
    return entry.second->peering().neighbor().listen_range.has_value();
  }));
}

net::PeerLink* Neighbors::find_caller(const net::Caller& caller) {
  if (net::PeerLink* link = find(caller.address); link != nullptr && link->answers_to(caller)) return link;
  // Neighbors known by their interface stand behind those with an address.
  for (auto entry = links_.lower_bound(fsm::PeerKey::interface("")); entry != links_.end(); ++entry)
    if (entry->second->answers_to(caller)) return entry->second.get();
  return nullptr;
}

// Who is no neighbor is turned away before anything is allocated for it or read from it.
bool Neighbors::welcome(const net::Caller& caller) {
  if (find_caller(caller) != nullptr) return !key_refused(caller.address);
  return welcome_by_range(caller);
}

bool Neighbors::welcome_by_range(const net::Caller& caller) {
  const auto now = std::chrono::steady_clock::now();
  std::uint64_t suppressed = 0;
  const conf::ListenRange* range = conf::find_range(ranges_, caller.address);
  if (range == nullptr) {
    if (unknown_peers_.spend(now, suppressed)) log::unknown_peer(to_string(caller.address), suppressed);
    return false;
  }
  const fsm::SessionSettings& session = range->pattern.session;
  if (session.shutdown || session.families.empty() || key_refused(caller.address)) return false;
  if (make_room(caller)) return true;
  if (surplus_peers_.spend(now, suppressed))
    log::too_many_dynamic(to_string(caller.address), dynamic_limit_, suppressed);
  return false;
}

// Who connects and says nothing must not keep others out for as long as an OPEN is waited for. The longest
// silence goes first: an honest peer needs its place but for a moment until it is Established.
bool Neighbors::make_room(const net::Caller& caller) {
  while (dynamic_count() >= dynamic_limit_) {
    net::PeerLink* oldest = oldest_half_open();
    if (oldest == nullptr) return false;
    std::uint64_t suppressed = 0;
    if (replaced_peers_.spend(std::chrono::steady_clock::now(), suppressed))
      log::dynamic_replaced(oldest->peering().neighbor(), to_string(caller.address), dynamic_limit_,
                            suppressed);
    forget(*oldest);
  }
  return true;
}

net::PeerLink* Neighbors::oldest_half_open() const {
  net::PeerLink* oldest = nullptr;
  for (const auto& [key, link] : links_)
    if (link->peering().neighbor().listen_range && link->peering().is_half_open() &&
        (oldest == nullptr || link->since() < oldest->since()))
      oldest = link.get();
  return oldest;
}

void Neighbors::on_connection(boost::asio::ip::tcp::socket socket, const net::Caller& caller) {
  net::PeerLink* link = find_caller(caller);
  if (link == nullptr) {
    const conf::ListenRange* range = conf::find_range(ranges_, caller.address);
    if (range == nullptr) return;
    add(conf::dynamic_neighbor(*range, caller.address));
    link = find(caller.address);
  }
  link->knock(std::move(socket), caller);
}

// In a turn of its own: whoever found that nothing is left to do was a call of the neighbor itself.
void Neighbors::forget_idle() {
  for (const fsm::PeerKey& key : std::exchange(idle_, {})) {
    const auto found = links_.find(key);
    if (found == links_.end()) continue;
    const Peering& peering = found->second->peering();
    if (!peering.neighbor().listen_range || !peering.is_idle()) continue;
    forget(*found->second);
  }
}

// Without a word: there is nobody, or nobody who has said who he is.
void Neighbors::forget(net::PeerLink& link) {
  by_id_.erase(link.peering().rib_id());
  links_.erase(link.key());
  set_listen_options();
  routes_changed();
  context_.peers_changed();
}

// --- what the listening socket has to know
// ------------------------------------------------------------------------------

// A dynamic neighbor has its range's key.
void Neighbors::set_md5_key(const net::PeerLink& link, std::string_view password) {
  const auto address = link.peer_address();
  if (address && !link.peering().neighbor().listen_range) set_md5_key(wire::Prefix::host(*address), password);
}

void Neighbors::set_md5_key(const wire::Prefix& peers, std::string_view password) {
  std::string& held = md5_keys_[peers];
  if (held != password) {
    md5_refused_.erase(peers);
    if (const std::string problem = listener_.set_md5_key(peers, password); !problem.empty()) {
      md5_refused_.insert(peers);
      log::md5_key_refused(peers.is_host() ? to_string(peers.address()) : to_string(peers), problem);
    }
    held = password;
  }
  if (held.empty()) md5_keys_.erase(peers);
}

net::Md5Suspects Neighbors::md5_suspects(bool with_password) const {
  const auto has_password = [](const conf::Neighbor& neighbor) {
    return !neighbor.transport.password.empty();
  };
  net::Md5Suspects suspects;
  for (const auto& [key, link] : links_) {
    const Peering& peering = link->peering();
    if (peering.fsm().state() != fsm::State::Established && !peering.neighbor().listen_range &&
        has_password(peering.neighbor()) == with_password)
      ++suspects.neighbors;
  }
  for (const conf::ListenRange& range : ranges_)
    if (has_password(range.pattern) == with_password) ++suspects.ranges;
  return suspects;
}

std::string Neighbors::md5_problem(const conf::ListenRange& range) const {
  const bool password = !range.pattern.transport.password.empty();
  return md5_watch_ ? md5_watch_->words(password, md5_suspects(password)) : "";
}

void Neighbors::watch_md5() {
  if (!md5_watch_) md5_watch_.emplace(net::read_md5_counters());
  md5_timer_.expires_after(net::Md5Watch::kInterval);
  md5_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || !md5_watch_) return;
    if (md5_watch_->look(net::read_md5_counters(), std::chrono::steady_clock::now())) report_md5();
    watch_md5();
  });
}

// A line for all ranges that it is said of, some of which it names.
void Neighbors::report_md5() {
  constexpr std::size_t kNamed = 4;
  for (const bool password : {true, false}) {
    const std::string words = md5_watch_->words(password, md5_suspects(password));
    std::vector<std::string> named;
    for (const conf::ListenRange& range : ranges_)
      if (range.pattern.transport.password.empty() != password && named.size() <= kNamed)
        named.push_back(named.size() < kNamed ? to_string(range.prefix) : "…");
    std::uint64_t suppressed = 0;
    if (words.empty() || named.empty()) continue;
    if (md5_lines_.spend(std::chrono::steady_clock::now(), suppressed))
      log::range_md5(fmt::format("{}", fmt::join(named, ", ")), words, suppressed);
  }
}

bool Neighbors::key_refused(const wire::IpAddress& address) const {
  return std::any_of(md5_refused_.begin(), md5_refused_.end(),
                     [&](const wire::Prefix& peers) { return peers.contains(address); });
}

void Neighbors::set_listen_options() {
  constexpr unsigned kMaxTtl = 255;
  for (const bool v4 : {true, false}) {
    net::ListenOptions options;
    unsigned hops = 0;
    bool all_secure = true;
    const auto look_at = [&](const conf::Neighbor& neighbor) {
      const fsm::TransportSettings& transport = neighbor.transport;
      const bool either = !transport.interface.empty() && !transport.v6_only;
      if (!either && transport.peer_address.is_v4() != v4) return;
      all_secure = all_secure && transport.ttl_security_hops;
      hops = std::max<unsigned>(hops, transport.ttl_security_hops.value_or(0));
      options.dscp = transport.dscp;  // one for all
    };
    for (const auto& [key, link] : links_) look_at(link->peering().neighbor());
    for (const conf::ListenRange& range : ranges_) look_at(range.pattern);
    if (all_secure && hops != 0) options.minimum_ttl = static_cast<std::uint8_t>(kMaxTtl + 1 - hops);
    net::ListenOptions& held = listen_options_[v4];
    if (std::exchange(held, options) == options) continue;
    if (const std::string problem = listener_.set_options(v4, options); !problem.empty())
      log::listener_problem(problem);
  }
}

void Neighbors::routes_changed() {
  if (std::exchange(give_out_posted_, true)) return;
  boost::asio::post(io_, [this] { give_out_routes(); });
}

void Neighbors::give_out_routes() {
  give_out_posted_ = false;
  worked_ = worked_ || rib_.has_work();
  const bool more = rib_.work(kSlice);
  for (const rib::PeerId id : rib_.take_ready())
    if (const auto found = by_id_.find(id); found != by_id_.end()) found->second->flush();
  for (const rib::RefreshRequest& wanted : rib_.take_refresh_requests())
    if (const auto found = by_id_.find(wanted.peer); found != by_id_.end())
      static_cast<void>(found->second->peering().request_refresh(wanted.family));
  if (more) return routes_changed();
  if (std::exchange(worked_, false)) give_back_memory();
}

// What many routes leave behind is the allocator's, in pieces: it gives the system nothing back by itself.
void Neighbors::give_back_memory() {
  if (std::exchange(trim_posted_, true)) return;
  trim_timer_.expires_after(kTrimDelay);
  trim_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    trim_posted_ = false;
    if (::mallinfo2().fordblks > kTrimWorth) ::malloc_trim(0);
  });
}

}  // namespace lbgp::daemon
