// SPDX-License-Identifier: Apache-2.0
// All neighbors of the speaker.
#include "bgpd/neighbors.hpp"

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

}  // namespace

Neighbors::Neighbors(boost::asio::io_context& io, rib::Rib& rib)
    : rib_(rib),
      io_(io),
      random_(std::random_device{}()),
      context_{io, rib, random_, [this] { routes_changed(); }},
      listener_(io, [this](boost::asio::ip::tcp::socket socket, const wire::IpAddress& from) {
        on_connection(std::move(socket), from);
      }) {}

std::string Neighbors::listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port) {
  return port == 0 ? "" : listener_.listen(addresses, port);
}

void Neighbors::add(const conf::Neighbor& neighbor) {
  auto link = std::make_unique<net::PeerLink>(context_, neighbor);
  net::PeerLink& added = *link;
  added.peering().set_restarting(restarting_);
  by_id_[added.peering().rib_id()] = &added;
  links_[neighbor.transport.peer_address] = std::move(link);
  set_md5_key(neighbor, neighbor.transport.password);
  added.start();
}

void Neighbors::remove(const wire::IpAddress& address) {
  const auto found = links_.find(address);
  if (found == links_.end()) return;
  net::PeerLink& link = *found->second;
  // RFC 4486: the peer learns that it is no neighbor any more.
  link.stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kPeerDeconfigured, {}},
             fsm::DownReason::PeerDeconfigured});
  set_md5_key(link.peering().neighbor(), "");
  by_id_.erase(link.peering().rib_id());
  links_.erase(found);
  routes_changed();
}

void Neighbors::change(const conf::Neighbor& neighbor, const std::optional<fsm::ManualStop>& reset) {
  net::PeerLink* link = find(neighbor.transport.peer_address);
  if (link == nullptr) return add(neighbor);
  set_md5_key(neighbor, neighbor.transport.password);
  link->change(neighbor, reset);
}

void Neighbors::stop_all(const fsm::ManualStop& stop) {
  listener_.close();
  for (auto& [address, link] : links_) link->stop(stop);
}

void Neighbors::set_restarting(bool restarting) {
  restarting_ = restarting;
  for (auto& [address, link] : links_) link->peering().set_restarting(restarting);
}

net::PeerLink* Neighbors::find(const wire::IpAddress& address) {
  const auto found = links_.find(address);
  return found == links_.end() ? nullptr : found->second.get();
}

const net::PeerLink* Neighbors::find(rib::PeerId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

// Who is no neighbor is turned away before anything is allocated for it or read from it.
void Neighbors::on_connection(boost::asio::ip::tcp::socket socket, const wire::IpAddress& from) {
  if (md5_refused_.contains(from)) return;
  if (net::PeerLink* link = find(from)) return link->knock(std::move(socket));
  std::uint64_t suppressed = 0;
  if (unknown_peers_.spend(std::chrono::steady_clock::now(), suppressed))
    log::unknown_peer(to_string(from), suppressed);
}

void Neighbors::set_md5_key(const conf::Neighbor& neighbor, std::string_view password) {
  const wire::IpAddress& address = neighbor.transport.peer_address;
  std::string& held = md5_keys_[address];
  if (held != password) {
    md5_refused_.erase(address);
    if (const std::string problem = listener_.set_md5_key(address, password); !problem.empty()) {
      md5_refused_.insert(address);
      log::md5_key_refused(neighbor, problem);
    }
    held = password;
  }
  if (held.empty()) md5_keys_.erase(address);
}

void Neighbors::routes_changed() {
  if (std::exchange(give_out_posted_, true)) return;
  boost::asio::post(io_, [this] { give_out_routes(); });
}

void Neighbors::give_out_routes() {
  give_out_posted_ = false;
  const bool more = rib_.work(kSlice);
  for (const rib::PeerId id : rib_.take_ready())
    if (const auto found = by_id_.find(id); found != by_id_.end()) found->second->flush();
  for (const rib::RefreshRequest& wanted : rib_.take_refresh_requests())
    if (const auto found = by_id_.find(wanted.peer); found != by_id_.end())
      static_cast<void>(found->second->peering().request_refresh(wanted.family));
  if (more) routes_changed();
}

}  // namespace lbgp::daemon
