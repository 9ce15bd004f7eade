// SPDX-License-Identifier: Apache-2.0
// The matching machine and what it offers to a person who presses TAB or `?`.
#include "conf/grammar.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "conf/nearest.hpp"

using namespace lbgp::conf;

namespace {

MatchResult match_text(std::string_view text, Context context, Line& line) {
  std::uint32_t bad = 0;
  line.number = 1;
  split_words(text, line, bad);
  return match(line, context);
}

std::string canonical(std::string_view text, Context context) {
  Line line;
  const MatchResult result = match_text(text, context, line);
  if (const Mismatch* mismatch = std::get_if<Mismatch>(&result)) return mismatch->message;
  return std::get<Match>(result).args.canonical();
}

std::vector<std::string> offered(Context context, std::vector<std::string_view> words,
                                 std::string_view partial) {
  std::vector<std::string> found;
  for (const Completion& completion : completions(context, words, partial)) found.push_back(completion.word);
  return found;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("an exact keyword wins over abbreviations and names") {
  CHECK(canonical("bgp community-list standard permit permit 1:1", Context::Top) ==
        "bgp community-list standard permit permit 1:1");
  CHECK(canonical("bgp community-list s permit 1:1", Context::Top) == "bgp community-list s permit 1:1");
  CHECK(canonical("bgp community-list stan L permit 1:1", Context::Top) ==
        "bgp community-list standard L permit 1:1");
  CHECK(canonical("route-map permit permit 10", Context::Top) == "route-map permit permit 10");
}

TEST_CASE("a command is looked for in the block and then around it") {
  Line line;
  const auto where = [&](std::string_view text, Context context) {
    const MatchResult result = match_text(text, context, line);
    REQUIRE(std::holds_alternative<Match>(result));
    return std::get<Match>(result).context;
  };
  CHECK(where("neighbor 10.0.0.1 activate", Context::AddressFamily) == Context::AddressFamily);
  CHECK(where("neighbor 10.0.0.1 activate", Context::Router) == Context::Router);
  CHECK(where("neighbor 10.0.0.1 remote-as 1", Context::AddressFamily) == Context::Router);
  CHECK(where("hostname a", Context::AddressFamily) == Context::Top);
  CHECK(where("hostname a", Context::VipPool) == Context::Top);
}

TEST_CASE("arguments come back as values") {
  Line line;
  const MatchResult result =
      match_text("ip prefix-list L seq 20 permit 10.1.2.3/24 ge 25", Context::Top, line);
  REQUIRE(std::holds_alternative<Match>(result));
  const Args& args = std::get<Match>(result).args;
  CHECK(args.number("seq") == 20);
  CHECK(args.text("action") == "permit");
  CHECK(lbgp::wire::to_string(args.prefix("prefix")) == "10.1.2.0/24");
  CHECK(args.has("ge"));
  CHECK(args.number("ge") == 25);
  CHECK_FALSE(args.has("le"));
  CHECK(args.position("seq") == Position{1, 22});
  CHECK(args.position("prefix") == Position{1, 32});
}

TEST_CASE("numbers at the edges of their ranges") {
  CHECK(canonical("neighbor 10.0.0.1 port 65535", Context::Router) == "neighbor 10.0.0.1 port 65535");
  CHECK(canonical("neighbor 10.0.0.1 port 65536", Context::Router) ==
        "invalid value \"65536\"; expected (1-65535)");
  CHECK(canonical("neighbor 10.0.0.1 port 0", Context::Router) == "invalid value \"0\"; expected (1-65535)");
  CHECK(canonical("neighbor 10.0.0.1 port 99999999999999999999", Context::Router) ==
        "invalid value \"99999999999999999999\"; expected (1-65535)");
  CHECK(canonical("neighbor 10.0.0.1 port -1", Context::Router) ==
        "invalid value \"-1\"; expected (1-65535)");
  CHECK(canonical("neighbor 10.0.0.1 port +1", Context::Router) ==
        "invalid value \"+1\"; expected (1-65535)");
  CHECK(canonical("bgp default local-preference 4294967295", Context::Router) ==
        "bgp default local-preference 4294967295");
}

TEST_CASE("TAB and ? know what may follow") {
  CHECK(offered(Context::Router, {"neighbor", "10.0.0.1"}, "ti") == Words{"timers"});
  CHECK(offered(Context::Router, {"neighbor", "10.0.0.1", "timers"}, "") ==
        Words{"(0-65535)", "connect", "delayopen"});
  CHECK(offered(Context::Router, {"neighbor", "10.0.0.1", "ebgp-multihop"}, "") == Words{"(1-255)", "<cr>"});
  CHECK(offered(Context::AddressFamily, {"nei", "10.0.0.1", "route-map", "M"}, "") == Words{"in", "out"});
  CHECK(offered(Context::Top, {"router"}, "") == Words{"bgp"});  // ospf is known and not offered
  CHECK(offered(Context::Top, {"no", "hostname"}, "") == Words{"<cr>", "WORD"});
  CHECK(offered(Context::Top, {"hostname"}, "") == Words{"WORD"});
  CHECK(offered(Context::Top, {"nonsense"}, "").empty());
  CHECK(offered(Context::Top, {}, "rou") == Words{"route-map", "router"});
  CHECK(offered(Context::Top, {}, "n") == Words{"no"});
}

TEST_CASE("every word that is offered is explained") {
  for (const Row* row : commands()) {
    if (row->refused) continue;
    for (std::size_t at = 0; at < row->pattern.size(); ++at) {
      const Instruction& token = row->pattern[at];
      if (token.op != Instruction::Op::Token) continue;
      INFO(row->pattern.text() << ": " << help_key(row->pattern, token));
      CHECK_FALSE(help(*row, token).empty());
    }
  }
}

TEST_CASE("a word is explained as it is meant where it stands") {
  struct Case {
    Context context;
    std::vector<std::string_view> words;
    std::string_view word;
    std::string_view says;
  };
  for (const Case& c : std::vector<Case>{
           {Context::Router, {"bgp"}, "shutdown", "Take all neighbors down"},
           {Context::Router, {"neighbor", "1.1.1.1"}, "shutdown", "Take the neighbor down"},
           {Context::BfdPeer, {}, "shutdown", "Do not watch the peer"},
           {Context::Top, {}, "password", "Password of terminals (no effect)"},
           {Context::Router, {"neighbor", "1.1.1.1"}, "password", "TCP-MD5 password (RFC 2385)"},
           {Context::Top,
            {"ip", "as-path"},
            "access-list",
            "A named list of regular expressions for AS paths"},
           {Context::Top, {"access-list", "A", "permit"}, "any", "Any address"},
           {Context::Top, {"ip", "prefix-list", "A", "permit"}, "any", "Any prefix"},
           {Context::RouteMap, {"match", "community", "C"}, "any", "Any one of them is enough"},
           {Context::RouteMap, {"match"}, "interface", "The interface of the route's neighbor"},
           {Context::RouteMap, {"match"}, "peer", "The neighbor that a route came from"},
           {Context::RouteMap, {"match", "peer"}, "local", "Our own routes"},
           {Context::RouteMap, {"set", "ipv6", "next-hop"}, "local", "A link-local address"},
           {Context::Router,
            {"neighbor", "1.1.1.1", "local-role"},
            "peer",
            "We exchange our own routes and our customers'"},
           {Context::Bfd, {}, "peer", "A peer, and values for it alone"},
           {Context::Bfd, {"peer", "1.1.1.1"}, "interface", "The interface that the peer is on"},
           {Context::AddressFamily,
            {"neighbor", "1.1.1.1", "next-hop-self"},
            "force",
            "Also for routes from iBGP"},
           {Context::AddressFamily,
            {"neighbor", "1.1.1.1", "maximum-prefix", "1"},
            "force",
            "Count what the policy denies as well"},
           {Context::AddressFamily,
            {"neighbor", "1.1.1.1", "allowas-in"},
            "origin",
            "In any path that our AS has originated"},
           {Context::AddressFamily, {"neighbor", "1.1.1.1", "attribute-unchanged"}, "next-hop", "Next hop"},
           {Context::AddressFamily,
            {"neighbor", "1.1.1.1", "send-community"},
            "both",
            "Standard and extended communities"},
           {Context::AddressFamily,
            {"neighbor", "1.1.1.1", "remove-private-AS"},
            "all",
            "Also where other AS numbers stand in the path"},
           {Context::Router, {"bgp", "listen"}, "range", "Whoever connects from a prefix"},
           {Context::VipPool, {}, "range", "A range of addresses"},
           {Context::VipPool, {}, "metric", "MED of the pool's routes"},
           {Context::VipPool, {"selector", "app"}, "in", "The label has one of these values"},
           {Context::AddressFamily,
            {"neighbor", "1.1.1.1", "route-map", "M"},
            "in",
            "For routes from the neighbor"},
           {Context::RouteMap, {"match", "metric"}, "(0-4294967295)", "The value"},
           {Context::RouteMap, {"set", "metric"}, "WORD", "The value, or +value or -value"},
       }) {
    std::string_view said = "(not offered)";
    for (const Completion& found : completions(c.context, c.words, ""))
      if (found.word == c.word) said = found.help;
    CAPTURE(c.word, c.words);
    CHECK(said == c.says);
  }
}

TEST_CASE("what may be said of communities is told at once") {
  const auto says = [](Context context, std::vector<std::string_view> words, std::string_view word) {
    for (const Completion& found : completions(context, words, ""))
      if (found.word == word) return std::string(found.help);
    return std::string();
  };
  CHECK(says(Context::RouteMap, {"set", "community"}, "AA:NN").find("additive") != std::string::npos);
  CHECK(says(Context::RouteMap, {"set", "large-community"}, "AA:BB:CC").find("additive") !=
        std::string::npos);
  CHECK_FALSE(says(Context::RouteMap, {"set", "community", "1:1"}, "additive").empty());
  CHECK_FALSE(says(Context::RouteMap, {"set", "large-community", "1:1:1"}, "additive").empty());
  CHECK(says(Context::RouteMap, {"set", "extcommunity", "rt"}, "WORD").find("ASN:NN") != std::string::npos);
  const std::string list =
      says(Context::Top, {"bgp", "extcommunity-list", "standard", "E", "permit"}, "WORD");
  CHECK(list.find("rt or soo") != std::string::npos);
  CHECK(says(Context::Top, {"bgp", "community-list", "C", "permit"}, "AA:NN").find("additive") ==
        std::string::npos);
}

TEST_CASE("a pattern is shown as FRR shows it") {
  CHECK(usage("neighbor PEER timers {(0-65535)$keepalive (0-65535)$hold}") ==
        "neighbor PEER timers (0-65535) (0-65535)");
  CHECK(usage("set community {<none|AA:NN...>$communities [additive]}") ==
        "set community <none|AA:NN...> [additive]");
  for (const Row* row : commands())
    CHECK(usage(row->pattern.text()).find_first_of("{}$") == std::string::npos);
}

TEST_CASE("a pattern says what it stands for") {
  constexpr Pattern pattern("a <b|(1-9)$n>$x [c D] {LINE$rest}");
  STATIC_REQUIRE(pattern[0].kind == TokenKind::Keyword);
  STATIC_REQUIRE(pattern.may_begin_with('a'));
  STATIC_REQUIRE_FALSE(pattern.may_begin_with('b'));
  std::vector<std::string> names;
  for (std::size_t at = 0; at < pattern.size(); ++at)
    if (pattern[at].op == Instruction::Op::Token) names.emplace_back(pattern.name(pattern[at]));
  // Names of a group go to those inside that have none.
  CHECK(names == Words{"", "x", "n", "", "", "rest"});
}

TEST_CASE("the nearest word is near") {
  const std::vector<std::string_view> known{"neighbor", "network", "no", "timers"};
  CHECK(nearest("neighbour", known) == "neighbor");
  CHECK(nearest("nieghbor", known) == "neighbor");
  CHECK(nearest("netwrk", known) == "network");
  CHECK(nearest("timer", known) == "timers");
  CHECK(nearest("tmr", known).empty());
  CHECK(nearest("xx", known).empty());
  CHECK(nearest(std::string(10'000, 'n'), known).empty());
}
