// SPDX-License-Identifier: Apache-2.0
// One neighbor at work.
#include "bgpd/peering.hpp"

#include <fmt/format.h>

#include <numeric>
#include <utility>

namespace lbgp::daemon {

using wire::MessageType;

namespace {

std::size_t slot(MessageType type) {
  return static_cast<std::size_t>(type);
}

}  // namespace

std::uint64_t MessageCounters::total_sent() const {
  return std::accumulate(sent.begin(), sent.end(), std::uint64_t{0});
}
std::uint64_t MessageCounters::total_received() const {
  return std::accumulate(received.begin(), received.end(), std::uint64_t{0});
}

Peering::Peering(rib::Rib& rib, conf::Neighbor neighbor, PeeringPort& port)
    : rib_(rib),
      neighbor_(std::move(neighbor)),
      port_(port),
      fsm_(neighbor_.session),
      rib_id_(rib_.add_peer(neighbor_.routes)) {}

Peering::~Peering() {
  rib_.remove_peer(rib_id_);
}

void Peering::start(Moment moment) {
  execute(fsm_.on_event(fsm::ManualStart{}, moment), moment);
}

void Peering::stop(const fsm::ManualStop& stop, Moment moment) {
  execute(fsm_.on_event(stop, moment), moment);
}

void Peering::on_time(Moment moment) {
  execute(fsm_.on_time(moment), moment);
  if (stale_deadline_ && *stale_deadline_ <= moment.now) {
    // RFC 4724 §4.2: the peer did not come back, or not with these routes, in time.
    rib_.flush_stale(rib_id_, stale_);
    stale_ = {};
    stale_deadline_.reset();
    port_.routes_changed();
  }
}

std::optional<fsm::TimePoint> Peering::next_deadline() const {
  const std::optional<fsm::TimePoint> session = fsm_.next_deadline();
  if (!session || !stale_deadline_) return session ? session : stale_deadline_;
  return std::min(*session, *stale_deadline_);
}

void Peering::knock(Moment moment) {
  if (fsm_.accepts_connection()) deliver(Side::Incoming, fsm::TcpConnectionAccepted{}, moment);
}

void Peering::connected(Moment moment) {
  set_open(Side::Outgoing, true);
  deliver(Side::Outgoing, fsm::TcpConnectionEstablished{}, moment);
}

void Peering::failed(Side side, std::string reason, Moment moment) {
  set_open(side, false);
  deliver(side, fsm::TcpConnectionFails{std::move(reason)}, moment);
}

std::span<std::uint8_t> Peering::read_area(Side side) {
  return connection(side).framer.write_area();
}

void Peering::received(Side side, std::size_t size, Moment moment) {
  Connection& from = connection(side);
  from.framer.commit(size);
  last_read_ = moment.now;
  while (from.open) {
    const auto frame = from.framer.next();
    if (!frame) return deliver(side, fsm::MessageError{frame.error()}, moment);
    if (!*frame) return;
    on_frame(side, **frame, moment);
  }
}

void Peering::on_frame(Side side, const wire::Frame& frame, Moment moment) {
  ++counters_.received[slot(frame.type)];
  switch (frame.type) {
    case MessageType::Open: {
      auto open = wire::decode_open(frame.body);
      if (!open) return deliver(side, fsm::MessageError{open.error()}, moment);
      return deliver(side, fsm::OpenReceived{std::move(*open)}, moment);
    }
    case MessageType::Update:
      return on_update(side, frame.body, moment);
    case MessageType::Notification:
      return deliver(side, fsm::NotificationReceived{wire::decode_notification(frame.body)}, moment);
    case MessageType::Keepalive:
      return deliver(side, fsm::KeepaliveReceived{}, moment);
    case MessageType::RouteRefresh:
      return on_route_refresh(side, frame.body, moment);
  }
}

void Peering::on_update(Side side, wire::ByteView body, Moment moment) {
  last_update_ = moment.now;
  if (established_ != side) return deliver(side, fsm::UpdateReceived{}, moment);  // the FSM's to refuse
  const auto update = wire::decode_update(body, session_.codec, rules_);
  if (!update) return deliver(side, fsm::MessageError{update.error()}, moment);
  for (const wire::UpdateFault& fault : update->faults)
    if (!fault.configured) port_.update_fault(fault);
  deliver(side, fsm::UpdateReceived{}, moment);
  const rib::UpdateOutcome outcome = rib_.on_update(rib_id_, *update, moment.now);
  if (update->end_of_rib) stale_.erase(*update->end_of_rib);
  if (stale_.empty()) stale_deadline_.reset();
  port_.routes_changed();
  if (outcome.over_maximum_prefix) enforce_maximum_prefix(*outcome.over_maximum_prefix, moment);
}

// RFC 4486 §4: the Cease carries the family and the limit.
void Peering::enforce_maximum_prefix(wire::Family family, Moment moment) {
  const std::uint32_t limit = neighbor_.routes.families[family].maximum_prefix.value_or(0);
  const bool warning_only = neighbor_.routes.families[family].maximum_prefix_warning_only;
  port_.over_maximum_prefix(family, limit, warning_only);
  if (warning_only) return;
  const wire::AfiSafi pair = wire::afi_safi(family);
  const auto octet = [](std::uint32_t value, unsigned shift) {
    return static_cast<std::uint8_t>(value >> shift);
  };
  wire::Bytes data{octet(pair.afi, 8), octet(pair.afi, 0), pair.safi,      octet(limit, 24),
                   octet(limit, 16),   octet(limit, 8),    octet(limit, 0)};
  stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kMaximumPrefixes, std::move(data)},
        fsm::DownReason::NotificationSent, true},
       moment);
}

void Peering::on_route_refresh(Side side, wire::ByteView body, Moment moment) {
  const auto refresh = wire::decode_route_refresh(body);
  if (!refresh) return deliver(side, fsm::MessageError{refresh.error()}, moment);
  deliver(side, fsm::RouteRefreshReceived{}, moment);
  const auto family = wire::family_of(refresh->family);
  const bool request = refresh->subtype == static_cast<std::uint8_t>(wire::RouteRefresh::Subtype::Request);
  if (established_ != side || !family || !request || !session_.codec.families.contains(*family)) return;
  rib_.on_route_refresh(rib_id_, *family);
  port_.routes_changed();
}

void Peering::fill(Side side, wire::Bytes& out, std::size_t budget, Moment moment) {
  Connection& to = connection(side);
  const std::size_t before = out.size();
  if (!to.control.empty()) {
    out.insert(out.end(), to.control.begin(), to.control.end());
    to.control.clear();
  }
  if (to.open && established_ == side && out.size() - before < budget) {
    const std::size_t routes = out.size();
    rib_.pull(rib_id_, out, budget - (out.size() - before));
    count_sent(wire::ByteView(out).subspan(routes));
  }
  if (out.size() != before) last_write_ = moment.now;
}

void Peering::wrote(Side side, bool blocked, Moment moment) {
  if (!connection(side).open) return;
  deliver(side, fsm::SendProgress{}, moment);
  deliver(side, fsm::SendBlocked{blocked}, moment);
}

void Peering::change(conf::Neighbor neighbor) {
  neighbor_ = std::move(neighbor);
  fsm_.change_settings(neighbor_.session);
  rib_.change_peer(rib_id_, neighbor_.routes);
  apply_rules();
}

// What stands in the RIB was read by other rules; only the peer can say it again.
void Peering::apply_rules() {
  wire::UpdateRules rules = neighbor_.rules;
  rules.ibgp = rules_.ibgp;
  rules.loopback_peer = rules_.loopback_peer;
  if (!established_ || rules == rules_) return;
  rules_ = rules;
  for (wire::Family family : wire::kFamilies) static_cast<void>(request_refresh(family));
}

bool Peering::request_refresh(wire::Family family) {
  const fsm::Negotiated* negotiated = fsm_.negotiated();
  if (!established_ || !negotiated || !negotiated->route_refresh || !session_.codec.families.contains(family))
    return false;
  perform(fsm::Send{*established_, wire::encode(wire::RouteRefresh{wire::afi_safi(family), 0})}, Moment{});
  return true;
}

// --- what the state machine wants
// ----------------------------------------------------------------------------

void Peering::deliver(Side side, const fsm::ConnectionEvent& event, Moment moment) {
  execute(fsm_.on_event(side, event, moment), moment);
}

void Peering::execute(const fsm::Actions& actions, Moment moment) {
  for (const fsm::Action& action : actions)
    std::visit([&](const auto& wanted) { perform(wanted, moment); }, action);
}

void Peering::perform(const fsm::Connect&, Moment) {
  port_.connect();
}

void Peering::perform(const fsm::Close& action, Moment) {
  set_open(action.side, false);
  port_.close(action.side);
}

void Peering::perform(const fsm::Accept&, Moment) {
  set_open(Side::Incoming, true);
  port_.accept();
}

void Peering::perform(const fsm::Refuse& action, Moment) {
  count_sent(action.message);
  port_.refuse(action.message);
}

void Peering::perform(const fsm::Send& action, Moment) {
  Connection& to = connection(action.side);
  to.control.insert(to.control.end(), action.message.begin(), action.message.end());
  count_sent(action.message);
  port_.output_ready(action.side);
}

void Peering::perform(const fsm::SessionUp& action, Moment moment) {
  const fsm::Negotiated& negotiated = action.negotiated;
  established_ = action.side;
  connection(action.side).framer.allow_extended_messages(negotiated.codec.extended_messages);
  rules_ = neighbor_.rules;
  rules_.ibgp = negotiated.ibgp;
  rules_.loopback_peer = neighbor_.transport.peer_address.is_loopback();
  LocalEnd end = port_.local_end(action.side);
  session_ = {.ibgp = negotiated.ibgp,
              .peer_as = negotiated.peer_as,
              .peer_id = negotiated.peer_id,
              .codec = negotiated.codec,
              .local_next_hop = std::move(end.next_hop),
              .no_next_hop = std::move(end.no_next_hop),
              .shared_network = end.shared_network};
  // RFC 4724 §4.2: stale routes of a family survive the peer's return only if it has kept forwarding for it.
  wire::FamilySet gone;
  for (wire::Family family : wire::kFamilies)
    if (stale_.contains(family) &&
        !(negotiated.graceful_restart && negotiated.peer_families[family].forwarding_preserved))
      gone.insert(family);
  if (!gone.empty()) rib_.flush_stale(rib_id_, gone);
  for (wire::Family family : wire::kFamilies)
    if (gone.contains(family)) stale_.erase(family);
  if (stale_.empty())
    stale_deadline_.reset();
  else
    stale_deadline_ = moment.now + neighbor_.session.graceful_restart.stalepath_time;
  rib_.peer_up(rib_id_, session_, moment.now);
  port_.output_ready(action.side);
  port_.routes_changed();
}

void Peering::perform(const fsm::SessionDown& action, Moment moment) {
  established_.reset();
  stale_ = action.keep_stale;
  stale_deadline_.reset();
  if (!stale_.empty()) stale_deadline_ = moment.now + action.restart_time;
  rib_.peer_down(rib_id_, action.keep_stale);
  port_.routes_changed();
}

void Peering::perform(const fsm::StateChanged& action, Moment) {
  port_.state_changed(action);
}

void Peering::count_sent(wire::ByteView messages) {
  while (messages.size() >= wire::kHeaderSize) {
    const std::size_t length = static_cast<std::size_t>(messages[16]) << 8 | messages[17];
    ++counters_.sent[messages[18] < counters_.sent.size() ? messages[18] : 0];
    messages = messages.subspan(std::min(length, messages.size()));
  }
}

void Peering::set_open(Side side, bool open) {
  Connection& changed = connection(side);
  changed.open = open;
  if (open) {
    changed.framer = {};
    changed.control.clear();
  }
}

}  // namespace lbgp::daemon
