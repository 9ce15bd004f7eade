// SPDX-License-Identifier: Apache-2.0
// Commands of `router bgp` and its address families.
#include <fmt/format.h>

#include "conf/fields.hpp"
#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

// RFC 4271 §4.2: a hold time is zero or at least three seconds; keepalives must fit into it.
bool timers_make_sense(Editor& editor, const Args& args) {
  const std::uint32_t keepalive = args.number("keepalive");
  const std::uint32_t hold = args.number("hold");
  if (hold == 1 || hold == 2)
    editor.error(args.position("hold"), "the hold time must be 0 or at least 3 seconds (RFC 4271)");
  if (hold != 0 && hold > 2 && keepalive >= hold)
    editor.warn(
        args.position("keepalive"),
        fmt::format("keepalive {} is not below the hold time {}: a third of that is used", keepalive, hold));
  return hold == 0 || hold > 2;
}

std::string_view afi_name(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "ipv4" : "ipv6";
}

void emit_peer(Writer& writer, std::string name, const PeerConfig& peer, bool is_group) {
  writer.name = std::move(name);
  writer.peer = &peer;
  writer.is_group = is_group;
  writer.emit(Scope::Peer);
}

void emit_peer_family(Writer& writer, std::string name, const PeerConfig& peer) {
  writer.name = std::move(name);
  writer.peer = &peer;
  writer.emit(Scope::PeerFamily);
}

// Nothing, when the file says nothing about that family.
void emit_family(Writer& writer, wire::Family family) {
  const RouterConfig& router = *writer.config.router;
  const std::size_t start = writer.text.size();
  writer.family = family;
  writer.indent = 1;
  writer.line("!");
  writer.line("address-family {} unicast", afi_name(family));
  const std::size_t content = writer.text.size();
  writer.indent = 2;
  for (const auto& [name, peer] : router.groups) emit_peer_family(writer, name, peer);
  for (const auto& [key, peer] : router.neighbors) emit_peer_family(writer, to_string(key), peer);
  writer.emit(Scope::RouterFamily);
  writer.indent = 1;
  if (writer.text.size() == content)
    writer.text.resize(start);
  else
    writer.line("exit-address-family");
}

void set_as_notation(Editor& editor, const Args& args) {
  const std::string_view notation = args.text("notation");
  editor.router().as_notation = {std::string(notation), args.position("notation")};
  if (notation != "plain")
    editor.warn(args.position("notation"),
                "AS numbers are shown, and matched by expressions, as plain numbers here");
}

}  // namespace

void enter_router(Editor& editor, const Args& args) {
  const wire::AsNumber as = args.as_number("as");
  if (args.has("instance")) {
    editor.error(args.position("instance"), "one router without views and VRFs is all there is");
    if (editor.mode() == EditMode::File) editor.pass_over_block(args);
    return;
  }
  std::optional<RouterConfig>& router = editor.config().router;
  if (router && router->as != as) {
    editor.error(args.position("as"), fmt::format("there is a router already: AS {}{}",
                                                  wire::to_string(router->as), at_line(router->place)));
    if (editor.mode() == EditMode::Interactive) return;
  }
  if (!router) {
    router.emplace();
    router->as = as;
    router->place = args.position("as");
  }
  if (args.has("notation")) set_as_notation(editor, args);
  editor.enter(Context::Router);
}

void remove_router(Editor& editor, const Args& args) {
  std::optional<RouterConfig>& router = editor.config().router;
  if (router && args.has("as") && router->as != args.as_number("as"))
    editor.error(args.position("as"), fmt::format("the router's AS is {}", wire::to_string(router->as)));
  else
    router.reset();
}

void emit_router(Writer& writer) {
  if (!writer.config.router) return;
  const RouterConfig& router = *writer.config.router;
  writer.separator();
  const auto& notation = router.as_notation;
  writer.line("router bgp {}{}{}", wire::to_string(router.as), notation ? " as-notation " : "",
              notation ? notation->value : "");
  writer.indent = 1;
  writer.emit(Scope::Router);
  for (const auto& [name, group] : router.groups) emit_peer(writer, name, group, true);
  for (const auto& [key, peer] : router.neighbors) emit_peer(writer, to_string(key), peer, false);
  // Behind the groups: at the prompt of FRR a group must be there.
  for (const auto& [range, group] : router.listen_ranges)
    writer.line("bgp listen range {} peer-group {}", wire::to_string(range), group.value);
  for (wire::Family family : wire::kFamilies) emit_family(writer, family);
  if (writer.options.foreign != nullptr) writer.text += writer.options.foreign->text(true);
  writer.indent = 0;
  writer.line("exit");
}

void enter_address_family(Editor& editor, const Args& args) {
  const std::string_view safi = args.text("safi");
  if (!safi.empty() && safi != "unicast") return enter_foreign_family(editor, args);
  editor.enter_family(args.text("afi") == "ipv4" ? wire::Family::Ipv4Unicast : wire::Family::Ipv6Unicast);
}

void set_router_timers(Editor& editor, const Args& args) {
  if (timers_make_sense(editor, args)) set_value<&RouterConfig::timers>(editor, args);
}
void set_peer_timers(Editor& editor, const Args& args) {
  if (timers_make_sense(editor, args)) set_value<&PeerConfig::timers>(editor, args);
}

// RFC 4456 §7. As in FRR a plain number is one way to write the four octets.
void set_cluster_id(Editor& editor, const Args& args) {
  const auto address = wire::parse_address(args.text("cluster-id"));
  const wire::IpAddress id = address ? *address : wire::IpAddress::v4(args.number("cluster-id"));
  editor.router().cluster_id = {id, args.position("cluster-id")};
}

void set_restart(Editor& editor, const Args& args) {
  editor.router().graceful_restart = {RestartMode::Restarter, args.position()};
}
// As in FRR, what remains without it is the helper.
void unset_restart(Editor& editor, const Args& args) {
  editor.router().graceful_restart = {RestartMode::Helper, args.position()};
}
void set_restart_disable(Editor& editor, const Args& args) {
  editor.router().graceful_restart = {RestartMode::Disabled, args.position()};
}
void unset_restart_disable(Editor& editor, const Args& /*args*/) {
  editor.router().graceful_restart.reset();
}
void emit_restart(Writer& writer) {
  const auto& mode = writer.config.router->graceful_restart;
  if (!mode) return;
  switch (mode->value) {
    case RestartMode::Restarter:
      writer.line("bgp graceful-restart");
      return;
    case RestartMode::Helper:
      writer.line("no bgp graceful-restart");
      return;
    case RestartMode::Disabled:
      writer.line("bgp graceful-restart-disable");
      return;
  }
}

void set_listen_range(Editor& editor, const Args& args) {
  const std::string group(args.text("group"));
  if (editor.mode() == EditMode::Interactive && !editor.router().groups.contains(group)) {
    editor.error(args.position("group"), fmt::format("no peer-group {}", group));
    return;
  }
  auto& ranges = editor.router().listen_ranges;
  const wire::Prefix range = args.prefix("prefix");
  const auto known = ranges.find(range);
  if (editor.mode() == EditMode::File && known != ranges.end() && known->second.value != group)
    editor.error(args.position("prefix"),
                 fmt::format("range {} belongs to peer-group {} already (line {})", wire::to_string(range),
                             known->second.value, known->second.place.line));
  else
    ranges[range] = {group, args.position("group")};
}
void unset_listen_range(Editor& editor, const Args& args) {
  editor.router().listen_ranges.erase(args.prefix("prefix"));
}

void set_multipath_relax_as_set(Editor& editor, const Args& args) {
  set_flag<&RouterConfig::multipath_relax, true>(editor, args);
  editor.warn(args.position("as-set"), "no AS_SET is announced any more (RFC 9774): as-set has no effect");
}

// FRR writes both on one line.
void set_med_confed_missing(Editor& editor, const Args& args) {
  set_flag<&RouterConfig::med_confed, true>(editor, args);
  set_flag<&RouterConfig::med_missing_as_worst, true>(editor, args);
}
void unset_med_confed_missing(Editor& editor, const Args& args) {
  reset<&RouterConfig::med_confed>(editor, args);
  reset<&RouterConfig::med_missing_as_worst>(editor, args);
}

void set_maximum_paths_ibgp(Editor& editor, const Args& args) {
  editor.router_family().maximum_paths_ibgp = {{args.number("paths"), args.has("equal")},
                                               args.position("paths")};
}

namespace {

// The bits of a mask; nothing: there are holes in it.
std::optional<unsigned> length_of(const wire::IpAddress& mask) {
  for (unsigned length = 0; length <= 32; ++length)
    if (wire::Prefix(wire::IpAddress::v4(0xffffffff), length).address() == mask) return length;
  return std::nullopt;
}
// What classes A, B and C (RFC 791 §3.2) had.
unsigned length_of_class(const wire::IpAddress& address) {
  return address < wire::IpAddress::v4(0x80000000) ? 8 : address < wire::IpAddress::v4(0xc0000000) ? 16 : 24;
}
// As "A.B.C.D/M", or as an address and a mask. Nothing: that is no mask.
std::optional<wire::Prefix> prefix_of(const Args& args) {
  if (!args.has("address")) return args.prefix("prefix");
  const wire::IpAddress address = args.address("address");
  const auto length = args.has("netmask") ? length_of(args.address("netmask")) : length_of_class(address);
  return length ? std::optional(wire::Prefix(address, *length)) : std::nullopt;
}
Position place_of_prefix(const Args& args) {
  return args.position(args.has("address") ? "address" : "prefix");
}

// The prefix of a route that we announce; nothing, and an error: it is of the other family.
std::optional<wire::Prefix> own_prefix(Editor& editor, const Args& args) {
  const auto found = prefix_of(args);
  if (!found) {
    editor.error(args.position("netmask"), "a mask is ones and then zeros");
    return std::nullopt;
  }
  const wire::Prefix& prefix = *found;
  if (prefix.family() == editor.family()) return prefix;
  editor.error(place_of_prefix(args), fmt::format("{} does not belong to address-family {} unicast",
                                                  wire::to_string(prefix), afi_name(editor.family())));
  return std::nullopt;
}

std::string_view origin_word(wire::Origin origin) {
  return origin == wire::Origin::Igp ? "igp" : origin == wire::Origin::Egp ? "egp" : "incomplete";
}

}  // namespace

void set_aggregate(Editor& editor, const Args& args) {
  const auto prefix = own_prefix(editor, args);
  if (!prefix) return;
  AggregateConfig aggregate{
      place_of_prefix(args), args.has("summary-only"), std::string(args.text("map")), {}};
  for (const wire::Origin origin : {wire::Origin::Igp, wire::Origin::Egp, wire::Origin::Incomplete})
    if (args.text("origin") == origin_word(origin)) aggregate.origin = origin;
  aggregate.matching_med_only = args.has("matching-MED-only");
  aggregate.suppress_map = args.text("suppress-map");
  editor.router_family().aggregates[*prefix] = aggregate;
}
void unset_aggregate(Editor& editor, const Args& args) {
  if (const auto prefix = prefix_of(args)) editor.router_family().aggregates.erase(*prefix);
}
void emit_aggregates(Writer& writer) {
  for (const auto& [prefix, aggregate] : writer.config.router->families[writer.family].aggregates) {
    std::string words = aggregate.summary_only ? " summary-only" : "";
    if (!aggregate.route_map.empty()) words += " route-map " + aggregate.route_map;
    if (aggregate.origin) words += fmt::format(" origin {}", origin_word(*aggregate.origin));
    if (aggregate.matching_med_only) words += " matching-MED-only";
    if (!aggregate.suppress_map.empty()) words += " suppress-map " + aggregate.suppress_map;
    writer.line("aggregate-address {}{}", wire::to_string(prefix), words);
  }
}
void refuse_as_set(Editor& editor, const Args& args) {
  editor.error(args.position("as-set"), "an AS_SET must not be announced any more (RFC 9774)");
}

void set_network(Editor& editor, const Args& args) {
  const auto prefix = own_prefix(editor, args);
  if (!prefix) return;
  editor.router_family().networks[*prefix] = {place_of_prefix(args), std::string(args.text("map"))};
}
void unset_network(Editor& editor, const Args& args) {
  if (const auto prefix = prefix_of(args)) editor.router_family().networks.erase(*prefix);
}
void emit_networks(Writer& writer) {
  for (const auto& [prefix, network] : writer.config.router->families[writer.family].networks) {
    const std::string map = network.route_map.empty() ? "" : " route-map " + network.route_map;
    writer.line("network {}{}", wire::to_string(prefix), map);
  }
}

}  // namespace lbgp::conf
