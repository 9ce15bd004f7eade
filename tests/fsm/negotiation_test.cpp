// SPDX-License-Identifier: Apache-2.0
// What OPENs say and what follows from two of them, RFC by RFC.
#include <array>

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;
using wire::Family;
using wire::FamilySet;

namespace {

wire::Result<Negotiated> meet(const wire::Open& theirs, const SessionSettings& ours = our_settings()) {
  return negotiate(ours, make_open(ours, false), theirs);
}

// The NOTIFICATION's subcode and the operator's words; code 2 is checked on the way.
std::pair<int, std::string> refusal_of(const wire::Open& theirs,
                                       const SessionSettings& ours = our_settings()) {
  const auto result = meet(theirs, ours);
  if (result.has_value()) return {-1, "accepted"};
  CHECK(result.error().notification.code == wire::ErrorCode::OpenMessage);
  return {result.error().notification.subcode, result.error().reason};
}

template <typename T>
void remove_capability(wire::Open& open) {
  std::erase_if(open.capabilities,
                [](const wire::Capability& one) { return std::holds_alternative<T>(one); });
}

}  // namespace

TEST_CASE("our OPEN lists capabilities in the order of their codes", "[rfc5492]") {
  SessionSettings settings = our_settings();
  settings.extended_next_hop = {Family::Ipv4Unicast};
  settings.add_path_receive = {Family::Ipv6Unicast};
  settings.hostname = "node1";
  settings.software_version = "lbgpd";
  settings.offer_software_version = true;
  settings.local_role = wire::Role::Customer;
  const wire::Open open = make_open(settings, false);
  std::vector<int> codes;
  for (const auto& capability : open.capabilities) codes.push_back(wire::capability_code(capability));
  CHECK(codes == std::vector<int>{1, 1, 2, 5, 6, 9, 64, 65, 69, 70, 73, 75});
  CHECK(open == make_open(settings, false));
}

TEST_CASE("our OPEN carries what is configured and nothing else", "[rfc4271-4.2]") {
  SessionSettings settings = our_settings();
  settings.families = {Family::Ipv6Unicast};
  settings.route_refresh = settings.enhanced_route_refresh = settings.extended_messages = false;
  settings.graceful_restart.enabled = false;
  settings.extended_next_hop = {Family::Ipv4Unicast};  // not activated
  settings.add_path_send = {Family::Ipv4Unicast};      // not activated
  settings.hold_time = seconds{180};
  const wire::Open open = make_open(settings, true);
  const std::vector<wire::Capability> expected{wire::MultiprotocolCapability{{2, 1}},
                                               wire::FourOctetAsCapability{wire::AsNumber{65001}}};
  CHECK(open.capabilities == expected);
  CHECK(open.version == 4);
  CHECK(open.my_as == 65001);
  CHECK(open.id == wire::RouterId{0x0a000001});
  CHECK(open.hold_time == seconds{180});
}

TEST_CASE("names and versions are offered as configured", "[rfc5492]") {
  SessionSettings settings = our_settings();
  settings.hostname = "node1";
  settings.domainname = "example.org";
  settings.software_version = "lbgpd/1";
  CHECK(*make_open(settings, false).find<wire::FqdnCapability>() ==
        wire::FqdnCapability{"node1", "example.org"});
  CHECK(make_open(settings, false).find<wire::SoftwareVersionCapability>() == nullptr);
  settings.fqdn = false;
  settings.offer_software_version = true;
  CHECK(make_open(settings, false).find<wire::FqdnCapability>() == nullptr);
  CHECK(make_open(settings, false).find<wire::SoftwareVersionCapability>()->version == "lbgpd/1");
}

TEST_CASE("the long form of the OPEN is written on request", "[rfc9072-2]") {
  SessionSettings settings = our_settings();
  CHECK_FALSE(make_open(settings, false).extended_parameters);
  settings.extended_parameters = true;
  CHECK(make_open(settings, false).extended_parameters);
}

TEST_CASE("an AS of four octets hides behind AS_TRANS", "[rfc6793-4.1]") {
  SessionSettings settings = our_settings();
  settings.local_as = wire::AsNumber{4200000001};
  const wire::Open open = make_open(settings, false);
  CHECK(open.my_as == 23456);
  REQUIRE(open.find<wire::FourOctetAsCapability>() != nullptr);
  CHECK(open.find<wire::FourOctetAsCapability>()->as == wire::AsNumber{4200000001});
}

TEST_CASE("the graceful restart capability lists every family from the first OPEN",
          "[rfc4724-3][rfc8538-2]") {
  SessionSettings settings = our_settings();
  settings.graceful_restart.restart_time = seconds{5000};
  settings.graceful_restart.notification = true;
  for (const bool restarting : {false, true})
    for (const bool preserved : {false, true}) {
      settings.graceful_restart.preserve_forwarding = preserved;
      const wire::Open open = make_open(settings, restarting);
      const auto* capability = open.find<wire::GracefulRestartCapability>();
      REQUIRE(capability != nullptr);
      CHECK(capability->restarting == restarting);
      CHECK(capability->notification);
      CHECK(capability->restart_time == seconds{4095});
      const std::vector<wire::GracefulRestartCapability::Entry> expected{{{1, 1}, preserved},
                                                                         {{2, 1}, preserved}};
      CHECK(capability->families == expected);
    }
}

TEST_CASE("two default OPENs agree on everything", "[rfc4271-6.2]") {
  const auto result = meet(open_from());
  REQUIRE(result.has_value());
  CHECK(result->peer_as == wire::AsNumber{65002});
  CHECK(result->peer_id == wire::RouterId{0x0a000002});
  CHECK_FALSE(result->ibgp);
  CHECK(result->hold_time == seconds{9});
  CHECK(result->keepalive == seconds{3});
  CHECK(result->codec.families == FamilySet{Family::Ipv4Unicast, Family::Ipv6Unicast});
  CHECK(result->codec.four_octet_as);
  CHECK(result->codec.extended_messages);
  CHECK(result->codec.add_path_receive.empty());
  CHECK(result->codec.add_path_send.empty());
  CHECK(result->codec.extended_next_hop.empty());
  CHECK(result->route_refresh);
  CHECK(result->enhanced_route_refresh);
  CHECK(result->graceful_restart);
  CHECK_FALSE(result->notification_bit);
  CHECK_FALSE(result->peer_restarting);
  CHECK(result->peer_restart_time == seconds{20});
  CHECK(result->sent == make_open(our_settings(), false));
  CHECK(result->received == open_from());
}

TEST_CASE("the version must be 4", "[rfc4271-6.2]") {
  for (const int version : {3, 5, 255}) {
    wire::Open open = open_from();
    open.version = static_cast<std::uint8_t>(version);
    const auto result = meet(open);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().notification == wire::Notification{wire::ErrorCode::OpenMessage, 1, {0, 4}});
  }
}

TEST_CASE("a wrong AS is told with both numbers", "[rfc4271-6.2]") {
  SessionSettings ours = our_settings();
  ours.remote_as.number = wire::AsNumber{65001};
  ours.local_as = wire::AsNumber{65010};
  CHECK(refusal_of(open_from(), ours) == std::pair{2, std::string{"peer says AS 65002, configured 65001"}});
}

TEST_CASE("remote-as internal and external", "[rfc4271-6.2]") {
  SessionSettings ours = our_settings();
  SessionSettings theirs = peer_settings();
  ours.remote_as.kind = RemoteAs::Kind::External;
  CHECK(meet(open_from(theirs), ours).has_value());
  ours.remote_as.kind = RemoteAs::Kind::Internal;
  CHECK(refusal_of(open_from(theirs), ours) ==
        std::pair{2, std::string{"peer says AS 65002, configured internal (AS 65001)"}});

  theirs.local_as = ours.local_as;
  const auto internal = meet(open_from(theirs), ours);
  REQUIRE(internal.has_value());
  CHECK(internal->ibgp);
  ours.remote_as.kind = RemoteAs::Kind::External;
  CHECK(refusal_of(open_from(theirs), ours) ==
        std::pair{2, std::string{"peer says AS 65001, configured external (not AS 65001)"}});
}

TEST_CASE("AS 0 belongs to nobody", "[rfc7607]") {
  wire::Open open = open_from();
  open.my_as = 0;
  CHECK(refusal_of(open).first == 2);
  open = open_from();
  for (auto& capability : open.capabilities)
    if (auto* as = std::get_if<wire::FourOctetAsCapability>(&capability)) as->as = wire::AsNumber{0};
  CHECK(refusal_of(open).first == 2);
}

TEST_CASE("the AS field and the capability tell one story", "[rfc6793-4.2.1]") {
  wire::Open open = open_from();
  SECTION("a differing field is refused") {
    open.my_as = 65003;
    CHECK(refusal_of(open) ==
          std::pair{2, std::string{
                           "peer says AS 65003 in its OPEN, but AS 65002 in its four-octet AS capability"}});
  }
  SECTION("AS_TRANS beside an AS of two octets is odd, but clear") {
    open.my_as = 23456;
    CHECK(meet(open).has_value());
  }
  SECTION("an AS of four octets") {
    SessionSettings theirs = peer_settings();
    theirs.local_as = wire::AsNumber{4200000001};
    SessionSettings ours = our_settings();
    ours.remote_as.number = theirs.local_as;
    const auto result = meet(open_from(theirs), ours);
    REQUIRE(result.has_value());
    CHECK(result->peer_as == wire::AsNumber{4200000001});
  }
  SECTION("an OLD speaker") {
    remove_capability<wire::FourOctetAsCapability>(open);
    const auto result = meet(open);
    REQUIRE(result.has_value());
    CHECK_FALSE(result->codec.four_octet_as);
    CHECK(result->peer_as == wire::AsNumber{65002});
  }
}

TEST_CASE("identifiers", "[rfc6286-2.2]") {
  wire::Open open = open_from();
  open.id = wire::RouterId{0};
  CHECK(refusal_of(open) == std::pair{3, std::string{"peer's router id is 0.0.0.0"}});

  open.id = wire::RouterId{0x0a000001};  // ours, but in another AS
  CHECK(meet(open).has_value());
  open.id = wire::RouterId{0xe0000001};  // not an address of a host, and it does not have to be
  CHECK(meet(open).has_value());

  SessionSettings ours = our_settings();
  ours.remote_as.kind = RemoteAs::Kind::Internal;
  SessionSettings theirs = peer_settings();
  theirs.local_as = ours.local_as;
  theirs.router_id = ours.router_id;
  CHECK(refusal_of(open_from(theirs), ours) ==
        std::pair{3, std::string{"peer has our own router id 10.0.0.1"}});
}

TEST_CASE("hold times and keepalives", "[rfc4271-4.2][rfc4271-4.4][rfc4271-6.2]") {
  struct Case {
    int ours, keepalive, theirs;
    int hold, interval;  // -1: refused
  };
  constexpr Case kCases[] = {{9, 3, 9, 9, 3},
                             {9, 3, 180, 9, 3},
                             {180, 60, 9, 9, 3},
                             {180, 10, 90, 90, 10},
                             {90, 30, 3, 3, 1},
                             {9, 3, 4, 4, 1},
                             {9, 3, 0, 0, 0},
                             {0, 3, 90, 0, 0},
                             {9, 3, 1, -1, 0},
                             {9, 3, 2, -1, 0},
                             {65535, 30, 65535, 65535, 30},
                             {90, 0, 90, 90, 30},
                             {9, 100, 9, 9, 3}};
  for (const Case& one : kCases) {
    SessionSettings ours = our_settings();
    ours.hold_time = seconds{one.ours};
    ours.keepalive = seconds{one.keepalive};
    SessionSettings theirs = peer_settings();
    theirs.hold_time = seconds{one.theirs};
    INFO("we " << one.ours << ", they " << one.theirs);
    const auto result = meet(open_from(theirs), ours);
    REQUIRE(result.has_value() == (one.hold >= 0));
    if (!result) {
      CHECK(result.error().notification == wire::Notification{wire::ErrorCode::OpenMessage, 6, {}});
      continue;
    }
    CHECK(result->hold_time == seconds{one.hold});
    CHECK(result->keepalive == seconds{one.interval});
  }
}

TEST_CASE("a configured minimum hold time", "[rfc4271-6.2]") {
  SessionSettings ours = our_settings();
  ours.minimum_hold_time = seconds{10};
  CHECK(refusal_of(open_from(), ours) ==
        std::pair{6, std::string{"peer offers a hold time of 9 s, configured minimum 10 s"}});
  SessionSettings theirs = peer_settings();
  theirs.hold_time = seconds{10};
  CHECK(meet(open_from(theirs), ours).has_value());
  theirs.hold_time = seconds{0};
  CHECK(meet(open_from(theirs), ours).has_value());
}

TEST_CASE("families are what both list", "[rfc4760-8]") {
  SessionSettings theirs = peer_settings();
  theirs.families = {Family::Ipv6Unicast};
  REQUIRE(meet(open_from(theirs)).has_value());
  CHECK(meet(open_from(theirs))->codec.families == FamilySet{Family::Ipv6Unicast});

  wire::Open old = open_from();
  remove_capability<wire::MultiprotocolCapability>(old);
  REQUIRE(meet(old).has_value());
  CHECK(meet(old)->codec.families == FamilySet{Family::Ipv4Unicast});

  // A family that we do not know is still a word about families: IPv4 unicast is not meant.
  old.capabilities.emplace_back(wire::MultiprotocolCapability{{25, 70}});
  CHECK(refusal_of(old).first == 7);
}

TEST_CASE("no family in common is told with the capabilities that we need", "[rfc5492-3][rfc4760-8]") {
  SessionSettings ours = our_settings();
  ours.families = {Family::Ipv6Unicast};
  SessionSettings theirs = peer_settings();
  theirs.families = {Family::Ipv4Unicast};
  const auto result = meet(open_from(theirs), ours);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().notification ==
        wire::Notification{wire::ErrorCode::OpenMessage, 7, {1, 4, 0, 2, 0, 1}});
  CHECK(result.error().reason ==
        "no address family in common: peer offers IPv4 Unicast, configured IPv6 Unicast");
}

TEST_CASE("options need both sides", "[rfc2918][rfc7313][rfc8654][rfc5492]") {
  SessionSettings theirs = peer_settings();
  theirs.route_refresh = false;
  CHECK_FALSE(meet(open_from(theirs))->route_refresh);
  theirs = peer_settings();
  theirs.enhanced_route_refresh = false;
  CHECK_FALSE(meet(open_from(theirs))->enhanced_route_refresh);
  theirs = peer_settings();
  theirs.extended_messages = false;
  CHECK_FALSE(meet(open_from(theirs))->codec.extended_messages);
  SessionSettings ours = our_settings();
  ours.extended_messages = ours.route_refresh = ours.enhanced_route_refresh = false;
  const auto result = meet(open_from(), ours);
  CHECK_FALSE(result->codec.extended_messages);
  CHECK_FALSE(result->route_refresh);
  CHECK_FALSE(result->enhanced_route_refresh);
}

TEST_CASE("ADD-PATH is negotiated per family and direction", "[rfc7911-4]") {
  SessionSettings ours = our_settings();
  ours.add_path_receive = {Family::Ipv4Unicast, Family::Ipv6Unicast};
  ours.add_path_send = {Family::Ipv6Unicast};
  SessionSettings theirs = peer_settings();
  theirs.add_path_send = {Family::Ipv4Unicast};
  theirs.add_path_receive = {Family::Ipv4Unicast, Family::Ipv6Unicast};
  const auto result = meet(open_from(theirs), ours);
  REQUIRE(result.has_value());
  CHECK(result->codec.add_path_receive == FamilySet{Family::Ipv4Unicast});
  CHECK(result->codec.add_path_send == FamilySet{Family::Ipv6Unicast});
}

TEST_CASE("an IPv6 next hop for IPv4 needs both sides", "[rfc8950-4]") {
  SessionSettings ours = our_settings();
  ours.extended_next_hop = {Family::Ipv4Unicast};
  CHECK(meet(open_from(), ours)->codec.extended_next_hop.empty());
  SessionSettings theirs = peer_settings();
  theirs.extended_next_hop = {Family::Ipv4Unicast};
  CHECK(meet(open_from(theirs), ours)->codec.extended_next_hop == FamilySet{Family::Ipv4Unicast});
  CHECK(meet(open_from(theirs))->codec.extended_next_hop.empty());
}

TEST_CASE("graceful restart: the peer's side of it", "[rfc4724-3][rfc8538-2]") {
  wire::Open open = open_from();
  remove_capability<wire::GracefulRestartCapability>(open);
  CHECK_FALSE(meet(open)->graceful_restart);

  wire::GracefulRestartCapability capability;
  capability.restarting = true;
  capability.notification = true;
  capability.restart_time = seconds{120};
  capability.families = {{{1, 1}, true}, {{25, 70}, true}};
  open.capabilities.emplace_back(wire::GracefulRestartCapability{});  // RFC 4724 §3: the last instance counts
  open.capabilities.emplace_back(capability);

  SessionSettings ours = our_settings();
  auto result = meet(open, ours);
  REQUIRE(result.has_value());
  CHECK(result->graceful_restart);
  CHECK(result->peer_restarting);
  CHECK_FALSE(result->notification_bit);
  CHECK(result->peer_restart_time == seconds{120});
  CHECK(result->peer_families[Family::Ipv4Unicast] == PeerGracefulRestart{true, true});
  CHECK(result->peer_families[Family::Ipv6Unicast] == PeerGracefulRestart{});

  ours.graceful_restart.notification = true;
  CHECK(meet(open, ours)->notification_bit);
  ours.graceful_restart.enabled = false;
  CHECK_FALSE(meet(open, ours)->graceful_restart);
}

TEST_CASE("unknown and repeated capabilities are tolerated", "[rfc5492-3]") {
  wire::Open open = open_from();
  open.capabilities.emplace_back(wire::UnknownCapability{200, {1, 2, 3}});
  open.capabilities.emplace_back(wire::LongLivedGracefulRestartCapability{});
  open.capabilities.emplace_back(wire::RouteRefreshCapability{});
  open.capabilities.emplace_back(wire::MultiprotocolCapability{{1, 1}});
  open.capabilities.emplace_back(wire::RoleCapability{3});
  const auto result = meet(open);
  REQUIRE(result.has_value());
  CHECK(result->codec.families.size() == 2);
}

TEST_CASE("roles have to fit each other", "[rfc9234-4.2]") {
  // Ours, and theirs that fits: table 2.
  const std::array<std::pair<wire::Role, int>, 5> pairs{{{wire::Role::Provider, 3},
                                                         {wire::Role::Customer, 0},
                                                         {wire::Role::RouteServer, 2},
                                                         {wire::Role::RouteServerClient, 1},
                                                         {wire::Role::Peer, 4}}};
  for (const auto& [ours, fitting] : pairs)
    for (int theirs = 0; theirs < 7; ++theirs) {
      CAPTURE(static_cast<int>(ours), theirs);
      SessionSettings settings = our_settings();
      settings.local_role = ours;
      wire::Open open = open_from();
      open.capabilities.emplace_back(wire::RoleCapability{static_cast<std::uint8_t>(theirs)});
      CHECK(refusal_of(open, settings).first == (theirs == fitting ? -1 : 11));
    }
  SessionSettings settings = our_settings();
  settings.local_role = wire::Role::Customer;
  wire::Open open = open_from();
  open.capabilities.emplace_back(wire::RoleCapability{3});
  CHECK(refusal_of(open, settings).second == "peer says that its role is customer (3); our role is customer");
}

TEST_CASE("a peer without a role is refused in strict mode only", "[rfc9234-4.2]") {
  SessionSettings settings = our_settings();
  settings.local_role = wire::Role::Customer;
  CHECK(refusal_of(open_from(), settings).first == -1);
  settings.role_strict_mode = true;
  const auto [subcode, words] = refusal_of(open_from(), settings);
  CHECK(subcode == 11);
  CHECK(words == "peer says no role, and strict-mode asks for one; our role is customer");
}

TEST_CASE("several roles must be one", "[rfc9234-4.2]") {
  SessionSettings settings = our_settings();
  settings.local_role = wire::Role::Customer;
  wire::Open open = open_from();
  open.capabilities.emplace_back(wire::RoleCapability{0});
  open.capabilities.emplace_back(wire::RoleCapability{0});
  CHECK(refusal_of(open, settings).first == -1);
  // The first and the last fit.
  open.capabilities.emplace_back(wire::RoleCapability{4});
  open.capabilities.emplace_back(wire::RoleCapability{0});
  CHECK(refusal_of(open, settings).first == 11);
  // Without a role of ours the peer may say what it likes.
  CHECK(refusal_of(open).first == -1);
}

TEST_CASE("without capabilities a session carries IPv4 unicast and two-octet ASes",
          "[rfc4760-8][rfc5492-3]") {
  SessionSettings settings = our_settings();
  settings.dont_capability_negotiate = true;
  settings.local_role = wire::Role::Customer;
  CHECK(make_open(settings, true).capabilities.empty());
  const auto result = meet(open_from(), settings);
  REQUIRE(result.has_value());
  CHECK(result->codec.families == FamilySet{Family::Ipv4Unicast});
  CHECK_FALSE(result->codec.four_octet_as);
  CHECK_FALSE(result->codec.extended_messages);
  CHECK_FALSE(result->route_refresh);
  CHECK_FALSE(result->graceful_restart);

  settings.families = {Family::Ipv6Unicast};
  CHECK(refusal_of(open_from(), settings).first == 7);
}

TEST_CASE("override-capability uses our families whatever the peer offers", "[rfc4760-8]") {
  SessionSettings settings = our_settings();
  wire::Open open = open_from();
  remove_capability<wire::MultiprotocolCapability>(open);
  CHECK(meet(open, settings)->codec.families == FamilySet{Family::Ipv4Unicast});
  settings.override_capability = true;
  CHECK(meet(open, settings)->codec.families == FamilySet{Family::Ipv4Unicast, Family::Ipv6Unicast});
  settings.families = {Family::Ipv6Unicast};
  CHECK(meet(open, settings)->codec.families == FamilySet{Family::Ipv6Unicast});
}

TEST_CASE("strict-capability-match wants all our families and knows all that is offered", "[rfc5492-5]") {
  SessionSettings settings = our_settings();
  settings.strict_capability_match = true;
  CHECK(refusal_of(open_from(), settings).first == -1);

  wire::Open open = open_from();
  open.capabilities.emplace_back(wire::UnknownCapability{128, {}});  // pre-standard route refresh
  CHECK(refusal_of(open, settings).first == -1);
  open.capabilities.emplace_back(wire::UnknownCapability{200, {7, 8}});
  open.capabilities.emplace_back(wire::UnknownCapability{201, {}});
  const auto unknown = negotiate(settings, make_open(settings, false), open);
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().notification ==
        wire::Notification{wire::ErrorCode::OpenMessage, 7, {200, 2, 7, 8, 201, 0}});
  CHECK(unknown.error().reason ==
        "strict-capability-match: peer offers capabilities that we do not know: 200, 201");

  SessionSettings only_v4 = peer_settings();
  only_v4.families = {Family::Ipv4Unicast};
  const auto missing = negotiate(settings, make_open(settings, false), open_from(only_v4));
  REQUIRE(missing.has_error());
  CHECK(missing.error().notification ==
        wire::Notification{wire::ErrorCode::OpenMessage, 7, {1, 4, 0, 2, 0, 1}});
  CHECK(missing.error().reason == "strict-capability-match: peer does not offer IPv6 Unicast");
}

TEST_CASE("AS_TRANS alone is nobody's number", "[rfc6793-9]") {
  SessionSettings settings = our_settings();
  settings.remote_as = {RemoteAs::Kind::External, {}};
  wire::Open open = open_from();
  remove_capability<wire::FourOctetAsCapability>(open);
  open.my_as = 23456;
  CHECK(refusal_of(open, settings) ==
        std::pair<int, std::string>{2, "peer says AS_TRANS (23456) without the number that it stands for"});
}
