// SPDX-License-Identifier: Apache-2.0
// RFC 4271 §8.2.2 as one table: every event in every state, what is done and what comes next.
#include <fmt/format.h>

#include <array>

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {

// The states as columns; Connect and Active twice, once with a connection whose OPEN is delayed.
enum Column : std::size_t {
  Idle,
  Connecting,
  ConnectDelay,
  Waiting,
  ActiveDelay,
  Sent,
  Confirm,
  Up,
  kColumns
};
constexpr std::array<const char*, kColumns> kColumnNames{
    "Idle",        "Connect",    "Connect, delayed OPEN", "Active", "Active, delayed OPEN", "OpenSent",
    "OpenConfirm", "Established"};

// Two sessions, so that one of them can be looked at alone.
struct Rig {
  Column column;
  SessionSettings settings = our_settings();
  Session session{Side::Outgoing};
  Session other{Side::Incoming};
  std::optional<Ending> ending;

  explicit Rig(Column which) : column(which) {
    if (which == ConnectDelay || which == ActiveDelay) settings.delay_open = seconds{5};
    if (which == Idle) return;
    tell(ManualStart{});
    if (which == Waiting || which == ActiveDelay) {
      // The way from Connect to Active that RFC 4271 knows: a connection lost while its OPEN is delayed.
      settings.delay_open = seconds{5};
      tell(TcpConnectionEstablished{});
      tell(TcpConnectionFails{"lost"});
      if (which == Waiting) settings.delay_open.reset();
    }
    if (which != Connecting && which != Waiting) tell(TcpConnectionEstablished{});
    if (which == Confirm || which == Up) tell(OpenReceived{open_from()});
    if (which == Up) tell(KeepaliveReceived{});
  }

  std::string tell(const SessionEvent& event) {
    Actions actions;
    Step step{settings, false, false, {at_second(0), 1.0}, other, actions};
    session.on_event(event, step);
    ending = step.ending;
    std::string text(to_string(session.state));
    for (const std::string& word : describe(actions, false)) text += " " + word;
    return text;
  }
};

struct Row {
  const char* name;
  SessionEvent event;
  std::array<const char*, kColumns> expected;  // next state, then the actions
};

wire::Open open_of_wrong_as() {
  SessionSettings settings = peer_settings();
  settings.local_as = wire::AsNumber{65099};
  return open_from(settings);
}

// clang-format off
std::vector<Row> rows() {
  using wire::ErrorCode;
  return {
    {"1 ManualStart", ManualStart{},
     {"Connect Connect", "Connect", "Connect", "Active", "Active", "OpenSent", "OpenConfirm", "Established"}},
    {"2 ManualStop, Cease", ManualStop{cease(2), DownReason::UserShutdown},
     {"Idle", "Idle Close", "Idle NOTIFICATION 6/2 Close", "Idle", "Idle NOTIFICATION 6/2 Close",
      "Idle NOTIFICATION 6/2 Close", "Idle NOTIFICATION 6/2 Close", "Idle NOTIFICATION 6/2 Close Down"}},
    {"2 ManualStop, silent", ManualStop{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close", "Idle Close", "Idle Close", "Idle Close Down"}},
    {"9 ConnectRetryTimer_Expires", ConnectRetryTimerExpires{},
     {"Idle", "Connect Close Connect", "Connect Close Connect", "Connect Connect", "Connect Close Connect",
      "Idle NOTIFICATION 5/0 Close", "Idle NOTIFICATION 5/0 Close", "Idle NOTIFICATION 5/0 Close Down"}},
    {"10 HoldTimer_Expires", HoldTimerExpires{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close",
      "Idle NOTIFICATION 4/0 Close", "Idle NOTIFICATION 4/0 Close", "Idle NOTIFICATION 4/0 Close Down"}},
    {"11 KeepaliveTimer_Expires", KeepaliveTimerExpires{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close",
      "Idle NOTIFICATION 5/0 Close", "OpenConfirm KEEPALIVE", "Established KEEPALIVE"}},
    {"12 DelayOpenTimer_Expires", DelayOpenTimerExpires{},
     {"Idle", "Connect", "OpenSent OPEN", "Active", "OpenSent OPEN",
      "Idle NOTIFICATION 5/0 Close", "Idle NOTIFICATION 5/0 Close", "Idle NOTIFICATION 5/0 Close Down"}},
    {"RFC 9687 SendHoldTimer_Expires", SendHoldTimerExpires{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close",
      "Idle NOTIFICATION 5/0 Close", "Idle NOTIFICATION 5/0 Close", "Idle NOTIFICATION 8/0 Close Down"}},
    {"16 Tcp_CR_Acked", TcpConnectionEstablished{},
     {"Idle", "OpenSent OPEN", "Connect", "OpenSent OPEN", "Active", "OpenSent", "OpenConfirm", "Established"}},
    {"17 TcpConnectionConfirmed", TcpConnectionAccepted{},
     {"Idle", "OpenSent OPEN", "Connect", "OpenSent OPEN", "Active", "OpenSent", "OpenConfirm", "Established"}},
    {"18 TcpConnectionFails", TcpConnectionFails{"closed"},
     {"Idle", "Idle", "Active", "Idle", "Idle", "Active", "Idle", "Idle Down keeps 4 6 for 20"}},
    {"19/20 BGPOpen", OpenReceived{open_from()},
     {"Idle", "Idle Close", "OpenConfirm OPEN KEEPALIVE", "Idle", "OpenConfirm OPEN KEEPALIVE",
      "OpenConfirm KEEPALIVE", "Idle NOTIFICATION 5/2 Close", "Idle NOTIFICATION 5/3 Close Down"}},
    {"22 BGPOpen of a wrong AS", OpenReceived{open_of_wrong_as()},
     {"Idle", "Idle Close", "Idle NOTIFICATION 2/2 Close", "Idle", "Idle NOTIFICATION 2/2 Close",
      "Idle NOTIFICATION 2/2 Close", "Idle NOTIFICATION 5/2 Close", "Idle NOTIFICATION 5/3 Close Down"}},
    {"21 BGPHeaderErr", message_error(ErrorCode::MessageHeader, 1),
     {"Idle", "Idle Close", "Idle NOTIFICATION 1/1 Close", "Idle", "Idle NOTIFICATION 1/1 Close",
      "Idle NOTIFICATION 1/1 Close", "Idle NOTIFICATION 1/1 Close", "Idle NOTIFICATION 1/1 Close Down"}},
    {"22 BGPOpenMsgErr", message_error(ErrorCode::OpenMessage, 4),
     {"Idle", "Idle Close", "Idle NOTIFICATION 2/4 Close", "Idle", "Idle NOTIFICATION 2/4 Close",
      "Idle NOTIFICATION 2/4 Close", "Idle NOTIFICATION 2/4 Close", "Idle NOTIFICATION 5/3 Close Down"}},
    {"28 UpdateMsgErr", message_error(ErrorCode::UpdateMessage, 1),
     {"Idle", "Idle Close", "Idle NOTIFICATION 3/1 Close", "Idle", "Idle NOTIFICATION 3/1 Close",
      "Idle NOTIFICATION 5/1 Close", "Idle NOTIFICATION 5/2 Close", "Idle NOTIFICATION 3/1 Close Down"}},
    {"RFC 7313 ROUTE-REFRESH error", message_error(ErrorCode::RouteRefresh, 1),
     {"Idle", "Idle Close", "Idle NOTIFICATION 7/1 Close", "Idle", "Idle NOTIFICATION 7/1 Close",
      "Idle NOTIFICATION 5/1 Close", "Idle NOTIFICATION 5/2 Close", "Idle NOTIFICATION 7/1 Close Down"}},
    {"23 OpenCollisionDump", OpenCollisionDump{},
     {"Idle", "Idle Close", "Idle NOTIFICATION 6/7 Close", "Idle", "Idle NOTIFICATION 6/7 Close",
      "Idle NOTIFICATION 6/7 Close", "Idle NOTIFICATION 6/7 Close", "Idle NOTIFICATION 6/7 Close Down"}},
    {"RFC 4724 peer reconnected", PeerReconnected{},
     {"Idle", "Connect", "Connect", "Active", "Active", "OpenSent", "OpenConfirm",
      "Idle Close Down keeps 4 6 for 20"}},
    {"24 NotifMsgVerErr", NotificationReceived{{ErrorCode::OpenMessage, 1, {}}},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close", "Idle Close", "Idle Close", "Idle Close Down"}},
    {"25 NotifMsg", NotificationReceived{cease(4)},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close", "Idle Close", "Idle Close", "Idle Close Down"}},
    {"26 KeepAliveMsg", KeepaliveReceived{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close",
      "Idle NOTIFICATION 5/1 Close", "Established Up", "Established"}},
    {"27 UpdateMsg", UpdateReceived{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close",
      "Idle NOTIFICATION 5/1 Close", "Idle NOTIFICATION 5/2 Close", "Established"}},
    {"RFC 2918 ROUTE-REFRESH", RouteRefreshReceived{},
     {"Idle", "Idle Close", "Idle Close", "Idle", "Idle Close",
      "Idle NOTIFICATION 5/1 Close", "Idle NOTIFICATION 5/2 Close", "Established"}},
    {"RFC 9687 bytes taken", SendProgress{},
     {"Idle", "Connect", "Connect", "Active", "Active", "OpenSent", "OpenConfirm", "Established"}},
    {"RFC 9687 no bytes taken", SendBlocked{true},
     {"Idle", "Connect", "Connect", "Active", "Active", "OpenSent", "OpenConfirm", "Established"}},
  };
}
// clang-format on

}  // namespace

TEST_CASE("every event in every state", "[rfc4271-8.2.2][rfc6608][rfc4271-6.4][rfc4271-6.5][rfc4271-6.6]") {
  // A MessageError in Connect has no connection to be answered on, an OPEN neither: hence the bare Close
  // there.
  for (const Row& row : rows())
    for (std::size_t column = 0; column < kColumns; ++column) {
      Rig rig{static_cast<Column>(column)};
      const std::string got = rig.tell(row.event);
      INFO(row.name << " in " << kColumnNames[column]);
      CHECK(got == row.expected[column]);
    }
}

TEST_CASE("the table has a row for every alternative of the event", "[rfc4271-8.1]") {
  std::vector<bool> seen(std::variant_size_v<SessionEvent>, false);
  for (const Row& row : rows()) seen[row.event.index()] = true;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    INFO("event alternative " << i);
    CHECK(seen[i]);
  }
}

TEST_CASE("a session that is Idle holds nothing", "[rfc4271-8.2.2]") {
  for (const Row& row : rows())
    for (std::size_t column = 0; column < kColumns; ++column) {
      Rig rig{static_cast<Column>(column)};
      rig.tell(row.event);
      if (rig.session.state != State::Idle) continue;
      INFO(row.name << " in " << kColumnNames[column]);
      CHECK_FALSE(rig.session.next_deadline().has_value());
      CHECK(rig.session.transport == Session::Transport::None);
      CHECK_FALSE(rig.session.negotiated.has_value());
      CHECK_FALSE(rig.session.open_sent.has_value());
      if (column != Idle) CHECK(rig.ending.has_value());
    }
}

TEST_CASE("each state runs the timers that it needs and no others", "[rfc4271-8.2.2][rfc4271-10]") {
  struct Expected {
    bool connect_retry, delay_open, hold, keepalive;
  };
  constexpr std::array<Expected, kColumns> kExpected{{{false, false, false, false},
                                                      {true, false, false, false},
                                                      {false, true, false, false},
                                                      {true, false, false, false},
                                                      {false, true, false, false},
                                                      {false, false, true, false},
                                                      {false, false, true, true},
                                                      {false, false, true, true}}};
  for (std::size_t column = 0; column < kColumns; ++column) {
    const Rig rig{static_cast<Column>(column)};
    INFO(kColumnNames[column]);
    CHECK(rig.session.connect_retry_at.has_value() == kExpected[column].connect_retry);
    CHECK(rig.session.delay_open_at.has_value() == kExpected[column].delay_open);
    CHECK(rig.session.hold_at.has_value() == kExpected[column].hold);
    CHECK(rig.session.keepalive_at.has_value() == kExpected[column].keepalive);
    CHECK_FALSE(rig.session.send_hold_at.has_value());
  }
}

TEST_CASE("the ConnectRetryCounter counts failures and forgets them when the operator acts",
          "[rfc4271-8.1.1]") {
  struct Case {
    Column column;
    SessionEvent event;
    std::uint32_t counter;
  };
  const std::vector<Case> cases{{Sent, HoldTimerExpires{}, 1},
                                {Sent, NotificationReceived{{wire::ErrorCode::OpenMessage, 1, {}}}, 0},
                                {Sent, NotificationReceived{cease(5)}, 1},
                                {Confirm, NotificationReceived{{wire::ErrorCode::OpenMessage, 1, {}}}, 0},
                                {Confirm, UpdateReceived{}, 1},
                                {Up, TcpConnectionFails{}, 1},
                                {Up, ManualStop{}, 0},
                                {Sent, OpenCollisionDump{}, 1}};
  for (const Case& one : cases) {
    Rig rig{one.column};
    rig.session.connect_retry_counter = 0;
    rig.tell(one.event);
    INFO(kColumnNames[one.column]);
    CHECK(rig.session.connect_retry_counter == one.counter);
  }
}

TEST_CASE("the incoming session listens instead of connecting", "[rfc4271-8.1.1]") {
  Actions actions;
  Session incoming{Side::Incoming};
  const Session outgoing{Side::Outgoing};
  const SessionSettings settings = our_settings();
  Step step{settings, false, false, {at_second(0), 1.0}, outgoing, actions};
  incoming.on_event(ManualStart{}, step);
  CHECK(incoming.state == State::Active);
  CHECK_FALSE(incoming.next_deadline().has_value());
  incoming.on_event(TcpConnectionAccepted{}, step);
  CHECK(incoming.state == State::OpenSent);
  incoming.lose_connection();
  incoming.on_event(TcpConnectionFails{}, step);
  CHECK(incoming.state == State::Active);
  CHECK_FALSE(incoming.next_deadline().has_value());
  CHECK(describe(actions) == Words{"OPEN in"});
}
