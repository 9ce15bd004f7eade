// SPDX-License-Identifier: Apache-2.0
// One neighbor at work.
#include "bgpd/peering.hpp"

#include <fmt/format.h>

#include <algorithm>
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
  if (!stop.restart) apply(stale_.give_up());
  port_.routes_changed();
}

void Peering::on_time(Moment moment) {
  // Who was stopped, or late, has not heard yet what the peer said meanwhile: that comes before its silence
  // is judged (RFC 4271 §6.5), and before our own words.
  const auto due = fsm_.next_deadline();
  for (const Side side : {Side::Outgoing, Side::Incoming}) {
    if (!due || *due > moment.now) continue;
    if (has_unread(side)) read_on(side, moment);
    if (connection(side).open && !has_unread(side)) port_.read_waiting(side);
  }
  execute(fsm_.on_time(moment), moment);
  if (const auto deadline = stale_.next_deadline(); deadline && *deadline <= moment.now) {
    apply(stale_.on_time(moment.now));
    port_.routes_changed();
  }
  if (const auto burst = next_burst(); burst && *burst <= moment.now) {
    next_burst_ = {};
    port_.output_ready(*established_);
  }
}

std::optional<fsm::TimePoint> Peering::next_deadline() const {
  std::optional<fsm::TimePoint> first;
  for (const auto& each : {fsm_.next_deadline(), stale_.next_deadline(), next_burst()})
    if (each && (!first || *each < *first)) first = each;
  return first;
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
  connection(side).framer = {};
  deliver(side, fsm::TcpConnectionFails{std::move(reason)}, moment);
}

std::span<std::uint8_t> Peering::read_area(Side side) {
  return connection(side).framer.write_area();
}

void Peering::received(Side side, std::size_t size, Moment moment) {
  Connection& from = connection(side);
  from.framer.commit(size);
  last_read_ = moment.now;
  read_on(side, moment);
}

void Peering::read_on(Side side, Moment moment) {
  Connection& from = connection(side);
  const std::uint64_t shortages = port_.memory_shortages();
  // Who has said something that we are still busy with is not silent (RFC 4271 §6.5).
  if (reading_ && established_ == side) deliver(side, fsm::UpdateReceived{}, moment);
  std::size_t routes = kRoutesPerSlice;
  from.unread = false;
  while (from.open && read_message(side, routes, moment)) {
    if (port_.memory_shortages() != shortages) return run_out_of_memory(moment);
    from.unread = from.open && routes == 0;
    if (from.unread) return;
  }
  if (!from.open) from.framer = {};  // not before: the last message lies in it
}

bool Peering::read_message(Side side, std::size_t& routes, Moment moment) {
  if (!reading_ || established_ != side) {
    const auto frame = connection(side).framer.next();
    if (!frame) {
      deliver(side, fsm::MessageError{frame.error()}, moment);
      return false;
    }
    if (!*frame) return false;
    on_frame(side, **frame, moment);
  }
  if (reading_ && established_ == side) work_on_update(routes, moment);
  return true;
}

// RFC 4486: Out of Resources. What the message asked for has been done, from the reserve: nothing is half
// changed, and what this peer has told us goes, before somebody else has to.
void Peering::run_out_of_memory(Moment moment) {
  const fsm::AutomaticStop stop{
      wire::Notification{wire::ErrorCode::Cease, wire::subcode::kOutOfResources, {}},
      fsm::DownReason::NotificationSent, "there is no memory left for this peer", fsm::kLongestHold};
  end(stop, moment);
}

void Peering::end(const fsm::AutomaticStop& stop, Moment moment) {
  execute(fsm_.on_event(stop, moment), moment);
  apply(stale_.give_up());
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
  auto update = wire::decode_update(body, session_.codec, rules_);
  const bool malformed = !update || std::any_of(update->faults.begin(), update->faults.end(),
                                                [](const auto& fault) { return !fault.configured; });
  if (malformed) port_.malformed_update(body);
  if (!update) return deliver(side, fsm::MessageError{update.error()}, moment);
  for (const wire::UpdateFault& fault : update->faults)
    if (!fault.configured) port_.update_fault(fault);
  deliver(side, fsm::UpdateReceived{}, moment);
  const std::uint32_t stale = update->end_of_rib ? rib_.stale_count(rib_id_, *update->end_of_rib) : 0;
  reading_ = Reading{std::move(*update), stale};
}

void Peering::work_on_update(std::size_t& routes, Moment moment) {
  const rib::UpdateOutcome outcome =
      rib_.on_update(rib_id_, reading_->update, moment.now, reading_->at, routes);
  if (reading_->at.done) {
    const Reading read = std::move(*std::exchange(reading_, std::nullopt));
    if (read.update.end_of_rib) on_end_of_rib(*read.update.end_of_rib, read.stale);
  }
  port_.routes_changed();
  enforce_maximum_prefix(outcome, moment);
}

void Peering::fill(Side side, wire::Bytes& out, std::size_t budget, Moment moment) {
  Connection& to = connection(side);
  const std::size_t before = out.size();
  if (!to.control.empty()) {
    out.insert(out.end(), to.control.begin(), to.control.end());
    to.control.clear();
  }
  if (to.open && established_ == side && out.size() - before < budget) {
    pull_routes(out, budget - (out.size() - before), moment);
    // RFC 4724 §4.1: once the peer has all, our restart is over for it.
    if (fsm_.restarting() && rib_.end_of_rib_sent(rib_id_)) fsm_.set_restarting(false);
  }
  if (out.size() != before) last_write_ = moment.now;
}

// RFC 4271 §9.2.1.1, but for all destinations together: from the end of a burst of announcements on nothing
// new is announced for the interval. Withdrawals never wait.
void Peering::pull_routes(wire::Bytes& out, std::size_t budget, Moment moment) {
  const bool waits = moment.now < next_burst_;
  const bool spaced = neighbor_.advertisement_interval.count() != 0;
  const std::size_t before = out.size();
  bool more = (waits || spaced) && rib_.pull(rib_id_, out, budget, rib::Rib::Pull::Withdrawals);
  const std::size_t withdrawn = out.size() - before;
  const bool end_of_rib = rib_.end_of_rib_sent(rib_id_);
  if (!waits && withdrawn < budget) more = rib_.pull(rib_id_, out, budget - withdrawn);
  if (more && !waits && out.size() == before) port_.output_ready(*established_);  // it was busy sorting
  count_sent(wire::ByteView(out).subspan(before));
  // End-of-RIB alone, for each family, is no announcement.
  constexpr std::size_t kMarkers = 64;
  const std::size_t announced = out.size() - before - withdrawn;
  const bool only_markers = !end_of_rib && rib_.end_of_rib_sent(rib_id_) && announced <= kMarkers;
  if (spaced && !waits && !more && announced != 0 && !only_markers)
    next_burst_ = moment.now + neighbor_.advertisement_interval;
}

std::optional<fsm::TimePoint> Peering::next_burst() const {
  const bool waits = established_ && neighbor_.advertisement_interval.count() != 0 &&
                     next_burst_ != fsm::TimePoint{} && rib_.has_output(rib_id_);
  return waits ? std::optional(next_burst_) : std::nullopt;
}

void Peering::wrote(Side side, bool blocked, Moment moment) {
  if (!connection(side).open) return;
  deliver(side, fsm::SendProgress{}, moment);
  deliver(side, fsm::SendBlocked{blocked}, moment);
}

// RFC 5882 §4.2: only a path that was good and failed takes the session down, with the words of RFC 9384. A
// session that BFD has never seen Up is none of its business (§4.1).
Peering::BfdReaction Peering::on_bfd(const fsm::BfdChange& change, Moment moment) {
  if (!change.path_failed() || fsm_.state() < fsm::State::OpenSent) return BfdReaction::None;
  // RFC 5882 §4.3.2.2: where BFD ends with the peer's control plane, its end may be the beginning of a
  // graceful restart; the hold time decides.
  const fsm::Negotiated* negotiated = fsm_.negotiated();
  const bool may_restart = negotiated != nullptr && negotiated->graceful_restart;
  if (neighbor_.bfd && neighbor_.bfd->check_control_plane && may_restart &&
      !change.peer_control_plane_independent)
    return BfdReaction::RestartAwaited;
  const auto reason = fsm::DownReason::BfdDown;
  const fsm::AutomaticStop stop{wire::Notification{wire::ErrorCode::Cease, wire::subcode::kBfdDown, {}},
                                reason, fmt::format("stopped here: {}", to_string(reason)), std::nullopt,
                                true};
  execute(fsm_.on_event(stop, moment), moment);
  port_.routes_changed();
  return BfdReaction::SessionEnded;
}

// An address that the host has lost for the moment, or whose link is down, says nothing about the others: the
// session lives with what it has until it ends or the address is back.
void Peering::look_up_next_hops() {
  if (!established_) return;
  LocalEnd end = port_.local_end(*established_);
  if (!end.held) return;
  const auto before = std::exchange(session_.local_next_hop, std::move(end.next_hop));
  const bool reasons_changed = session_.no_next_hop != end.no_next_hop;
  session_.no_next_hop = std::move(end.no_next_hop);
  const bool was_shared = std::exchange(session_.shared_network, end.shared_network);
  if (before == session_.local_next_hop && !reasons_changed && was_shared == end.shared_network) return;
  rib_.change_next_hops(rib_id_, session_);
  for (const wire::Family family : wire::kFamilies)
    if (before[family] != session_.local_next_hop[family] && session_.codec.families.contains(family) &&
        !neighbor_.routes.next_hop[family])
      port_.next_hop_changed(family, session_.local_next_hop[family], session_.no_next_hop[family]);
  port_.output_ready(*established_);
  port_.routes_changed();
}

void Peering::lose_link(fsm::DownReason reason, std::string detail, Moment moment) {
  execute(
      fsm_.on_event(fsm::AutomaticStop{std::nullopt, reason, std::move(detail), std::nullopt, true}, moment),
      moment);
  port_.routes_changed();
}

void Peering::path_restored(Moment moment) {
  execute(fsm_.on_event(fsm::PathRestored{}, moment), moment);
}

std::size_t Peering::buffered() const {
  return std::accumulate(connections_.begin(), connections_.end(), std::size_t{0},
                         [](std::size_t sum, const Connection& each) {
                           return sum + each.framer.pending().size() + each.control.size();
                         });
}

void Peering::change(conf::Neighbor neighbor, Moment moment) {
  const conf::Neighbor before = std::exchange(neighbor_, std::move(neighbor));
  fsm_.change_settings(neighbor_.session);
  rib_.change_peer(rib_id_, neighbor_.routes);
  const bool limits_differ = std::any_of(wire::kFamilies.begin(), wire::kFamilies.end(), [&](auto family) {
    return !rib::same_maximum_prefix(before.routes.families[family], neighbor_.routes.families[family]);
  });
  if (limits_differ) maximum_prefix_changed(moment);
  if (before.advertisement_interval != neighbor_.advertisement_interval) {
    next_burst_ = {};  // what waits for the old one waits no longer
    if (established_) port_.output_ready(*established_);
  }
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
              .shared_network = end.shared_network,
              .enhanced_route_refresh = negotiated.enhanced_route_refresh && negotiated.route_refresh,
              .long_lived = negotiated.long_lived};
  synchronized_ = {};
  next_burst_ = {};
  apply(stale_.session_up(negotiated, stalepath_time(), moment.now));
  rib_.peer_up(rib_id_, session_, moment.now);
  port_.output_ready(action.side);
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
  changed.unread = false;
}

}  // namespace lbgp::daemon
