// SPDX-License-Identifier: Apache-2.0
// Commands that begin with `neighbor`.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "conf/fields.hpp"
#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

constexpr std::uint32_t kMostHops = 255;        // `ebgp-multihop` without a number
constexpr std::uint32_t kUsualOccurrences = 3;  // `allowas-in` without a number

// Whether PEER is a neighbor: an address always is, another word once `neighbor IFNAME interface` made it
// one.
bool is_neighbor(const Editor& editor, const Args& args) {
  const fsm::PeerKey key = fsm::peer_key(args.text("PEER"));
  return key.address() != nullptr || editor.router().neighbors.contains(key);
}

std::string show_remote_as(const fsm::RemoteAs& remote_as) {
  switch (remote_as.kind) {
    case fsm::RemoteAs::Kind::Internal:
      return "internal";
    case fsm::RemoteAs::Kind::External:
      return "external";
    case fsm::RemoteAs::Kind::Auto:
      return "auto";
    case fsm::RemoteAs::Kind::Number:
      break;
  }
  return wire::to_string(remote_as.number);
}

// `… peer-group GROUP` of a neighbor.
void join_group(Editor& editor, const Args& args) {
  const std::string group(args.text("group"));
  if (editor.mode() == EditMode::Interactive && !editor.router().groups.contains(group)) {
    editor.error(args.position("group"), fmt::format("no peer-group {}", group));
    return;
  }
  PeerConfig& peer = editor.peer(args, true);
  if (editor.mode() == EditMode::File && peer.peer_group && peer.peer_group->value != group)
    editor.error(args.position("PEER"),
                 fmt::format("neighbor {} is in peer-group {} already (line {})", args.text("PEER"),
                             peer.peer_group->value, peer.peer_group->place.line));
  else
    peer.peer_group = {group, args.position("group")};
}

// From now on the word is an interface's; what a file said about it before, thinking of it as of a neighbor,
// goes along.
PeerConfig* make_interface(Editor& editor, const Args& args) {
  constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ - 1
  const std::string name(args.text("PEER"));
  const Position place = args.position("PEER");
  RouterConfig& router = editor.router();
  const auto group = router.groups.find(name);
  if (wire::parse_address(name))
    editor.error(place, fmt::format("{} is an address, not the name of an interface", name));
  else if (name.size() > kLongestInterface)
    editor.error(place, "the name of an interface has 15 octets at most");
  else if (group != router.groups.end() && group->second.defined)
    editor.error(place, fmt::format("{} is a peer-group already{}", name, at_line(group->second.place)));
  if (editor.failed()) return nullptr;
  const auto [entry, fresh] = router.neighbors.try_emplace(fsm::PeerKey::interface(name));
  if (!fresh) return &entry->second;
  entry->second.place = place;
  if (group == router.groups.end()) return &entry->second;
  entry->second = std::move(group->second);
  router.groups.erase(group);
  return &entry->second;
}

}  // namespace

void set_interface(Editor& editor, const Args& args) {
  PeerConfig* peer = make_interface(editor, args);
  if (peer == nullptr) return;
  peer->interface = {args.has("v6only") ? InterfaceMode::V6Only : InterfaceMode::Any, args.position("PEER")};
  if (args.has("group")) join_group(editor, args);
  if (args.has("peer-as")) set_remote_as(editor, args);
}
// Without its interface such a neighbor is nothing.
void unset_interface(Editor& editor, const Args& args) {
  editor.router().neighbors.erase(fsm::PeerKey::interface(std::string(args.text("PEER"))));
}
// With what it belongs to on the same line, as FRR writes it: frr-reload.py would else take it for another
// one.
void emit_interface(Writer& writer) {
  const PeerConfig& peer = *writer.peer;
  if (!peer.interface) return;
  std::string rest = peer.interface->value == InterfaceMode::V6Only ? " v6only" : "";
  if (peer.peer_group)
    rest += " peer-group " + peer.peer_group->value;
  else if (peer.remote_as)
    rest += " remote-as " + show_remote_as(peer.remote_as->value);
  writer.line("neighbor {} interface{}", writer.name, rest);
}

void set_peer_group(Editor& editor, const Args& args) {
  const bool membership = args.has("group");
  const Position place = args.position("PEER");
  if (membership && !is_neighbor(editor, args)) {
    editor.error(place, fmt::format("{} is not an address: only a neighbor can be in a peer-group",
                                    args.text("PEER")));
    return;
  }
  if (!membership && is_neighbor(editor, args)) {
    editor.error(place, fmt::format("{} is {}: a peer-group needs a name of its own", args.text("PEER"),
                                    wire::parse_address(args.text("PEER")) ? "an address" : "a neighbor"));
    return;
  }
  if (membership)
    join_group(editor, args);
  else
    editor.peer(args, true).defined = true;
}

namespace {
// At the prompt its members and ranges go with a group, as in FRR; in a file they are told that it is not
// there.
void remove_group(Editor& editor, const std::string& name) {
  RouterConfig& router = editor.router();
  router.groups.erase(name);
  if (editor.mode() == EditMode::File) return;
  std::erase_if(router.neighbors, [&](const auto& neighbor) {
    return neighbor.second.peer_group && neighbor.second.peer_group->value == name;
  });
  std::erase_if(router.listen_ranges, [&](const auto& range) { return range.second.value == name; });
}
}  // namespace

void unset_peer_group(Editor& editor, const Args& args) {
  if (is_neighbor(editor, args))
    editor.peer(args).peer_group.reset();
  else
    remove_group(editor, std::string(args.text("PEER")));
}
void emit_group_definition(Writer& writer) {
  if (writer.peer->defined) writer.line("neighbor {} peer-group", writer.name);
}

void set_remote_as(Editor& editor, const Args& args) {
  fsm::RemoteAs remote_as;
  const std::string_view value = args.text("peer-as");
  if (value == "internal")
    remote_as.kind = fsm::RemoteAs::Kind::Internal;
  else if (value == "external")
    remote_as.kind = fsm::RemoteAs::Kind::External;
  else if (value == "auto")
    remote_as.kind = fsm::RemoteAs::Kind::Auto;
  else
    remote_as.number = args.as_number("peer-as");
  PeerConfig& peer = editor.peer(args, is_neighbor(editor, args));
  if (editor.mode() == EditMode::File && peer.remote_as && peer.remote_as->value != remote_as) {
    editor.error(args.position("PEER"),
                 fmt::format("duplicate neighbor {}: its remote-as is {} at line {}", args.text("PEER"),
                             show_remote_as(peer.remote_as->value), peer.remote_as->place.line));
    return;
  }
  peer.remote_as = {remote_as, args.position("peer-as")};
}

// Without its AS a neighbor is nothing; FRR deletes it too. A member lives on with its group's.
void unset_remote_as(Editor& editor, const Args& args) {
  PeerConfig& peer = editor.peer(args);
  peer.remote_as.reset();
  if (is_neighbor(editor, args) && !peer.peer_group && !peer.interface)
    editor.router().neighbors.erase(fsm::peer_key(args.text("PEER")));
}

void emit_remote_as(Writer& writer) {
  const bool said = writer.peer->interface && !writer.peer->peer_group;
  if (writer.peer->remote_as && !said)
    writer.line("{}", writer.command(show_remote_as(writer.peer->remote_as->value)));
}

void remove_peer(Editor& editor, const Args& args) {
  if (is_neighbor(editor, args))
    editor.router().neighbors.erase(fsm::peer_key(args.text("PEER")));
  else
    remove_group(editor, std::string(args.text("PEER")));
}

// Written by the row of `no neighbor X`, which stands behind remote-as as FRR wants it.
void emit_membership(Writer& writer) {
  if (writer.peer->peer_group && !writer.peer->interface)
    writer.line("neighbor {} peer-group {}", writer.name, writer.peer->peer_group->value);
}

namespace {

bool is_on_a_link(const Args& args) {
  return wire::parse_address(args.text("PEER")).value_or(wire::IpAddress{}).is_link_local();
}

}  // namespace

void set_password(Editor& editor, const Args& args) {
  if (args.value() == kMaskedPassword)
    return editor.error(args.position("password"),
                        "this is how passwords are shown: put the password itself in its place");
  set_value<&PeerConfig::password>(editor, args);
}
void emit_password(Writer& writer) {
  if (!writer.peer->password) return;
  writer.line("{}",
              writer.command(writer.options.mask_passwords ? kMaskedPassword : writer.peer->password->value));
}

// It says where a link-local address is; all others are found by routing.
void set_over_interface(Editor& editor, const Args& args) {
  is_on_a_link(args) ? set_value<&PeerConfig::over_interface>(editor, args) : keep_peer(editor, args);
}
void unset_over_interface(Editor& editor, const Args& args) {
  is_on_a_link(args) ? reset<&PeerConfig::over_interface>(editor, args) : keep_peer_no(editor, args);
}

void set_update_source(Editor& editor, const Args& args) {
  constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ - 1
  const std::string_view source = args.text("source");
  UpdateSource value = std::string(source);
  if (const auto address = wire::parse_address(source))
    value = *address;
  else if (source.size() > kLongestInterface) {
    editor.error(args.position("source"), "neither an address nor an interface's name (15 octets at most)");
    return;
  }
  editor.peer(args).update_source = {std::move(value), args.position("source")};
}
void emit_update_source(Writer& writer) {
  const auto& source = writer.peer->update_source;
  if (!source) return;
  const wire::IpAddress* address = std::get_if<wire::IpAddress>(&source->value);
  writer.line("{}",
              writer.command(address ? wire::to_string(*address) : std::get<std::string>(source->value)));
}

void set_ebgp_multihop(Editor& editor, const Args& args) {
  const std::uint32_t hops = args.has("hops") ? args.number("hops") : kMostHops;
  editor.peer(args).ebgp_multihop = {hops, args.position(args.value_name())};
}
void emit_ebgp_multihop(Writer& writer) {
  const auto& hops = writer.peer->ebgp_multihop;
  if (hops) writer.line("{}", writer.command(hops->value == kMostHops ? "" : show_value(hops->value)));
}

void emit_disable_connected_check(Writer& writer) {
  if (writer.peer->disable_connected_check) writer.line("neighbor {} disable-connected-check", writer.name);
}

void set_peer_restart(Editor& editor, const Args& args) {
  const std::string_view mode = args.text("mode");
  const RestartMode value = mode == "graceful-restart"          ? RestartMode::Restarter
                            : mode == "graceful-restart-helper" ? RestartMode::Helper
                                                                : RestartMode::Disabled;
  editor.peer(args).graceful_restart = {value, args.position("mode")};
}
void unset_peer_restart(Editor& editor, const Args& args) {
  editor.peer(args).graceful_restart.reset();
}
void emit_peer_restart(Writer& writer) {
  const auto& mode = writer.peer->graceful_restart;
  if (!mode) return;
  const std::string_view suffix = mode->value == RestartMode::Restarter ? ""
                                  : mode->value == RestartMode::Helper  ? "-helper"
                                                                        : "-disable";
  writer.line("neighbor {} graceful-restart{}", writer.name, suffix);
}

void set_peer_bfd_timers(Editor& editor, const Args& args) {
  editor.peer(args).bfd_timers = {
      BfdTimers{args.number("multiplier"), args.number("receive"), args.number("transmit")},
      args.position("multiplier")};
}
void unset_peer_bfd(Editor& editor, const Args& args) {
  PeerConfig& peer = editor.peer(args);
  peer.bfd.reset();
  peer.bfd_timers.reset();
  peer.bfd_profile.reset();
  peer.bfd_check_control_plane.reset();
}
// One line, as in FRR: with timers of its own, or without.
void emit_peer_bfd(Writer& writer) {
  if (const auto& timers = writer.peer->bfd_timers)
    writer.line("neighbor {} bfd {} {} {}", writer.name, timers->value.multiplier, timers->value.receive,
                timers->value.transmit);
  else if (writer.peer->bfd)
    writer.line("neighbor {} bfd", writer.name);
}

void set_local_role(Editor& editor, const Args& args) {
  const std::string_view name = args.text("role");
  std::uint8_t role = 0;  // the values are those of the wire
  while (wire::role_name(role) != name) ++role;
  editor.peer(args).local_role = {{static_cast<wire::Role>(role), args.has("strict-mode")},
                                  args.position("role")};
}
void emit_local_role(Writer& writer) {
  const auto& said = writer.peer->local_role;
  if (!said) return;
  const std::string_view role = wire::role_name(static_cast<std::uint8_t>(said->value.role));
  writer.line("{}", writer.command(fmt::format("{}{}", role, said->value.strict_mode ? " strict-mode" : "")));
}

wire::AttributeCodes read_attributes(Editor& editor, const Args& args) {
  // ORIGIN, AS_PATH, NEXT_HOP, MP_REACH_NLRI, MP_UNREACH_NLRI: without them an UPDATE says nothing.
  constexpr std::array<std::uint32_t, 5> kIndispensable{1, 2, 3, 14, 15};
  wire::AttributeCodes attributes;
  for (const Word& word : args.all("attributes")) {
    std::uint32_t code = 0;  // the pattern lets numbers from 1 to 255 through
    std::from_chars(word.text.data(), word.text.data() + word.text.size(), code);
    if (std::find(kIndispensable.begin(), kIndispensable.end(), code) != kIndispensable.end()) {
      editor.error({args.position().line, word.column},
                   fmt::format("no route can be read without attribute {}", code));
      return {};
    }
    attributes.set(code);
  }
  return attributes;
}

void set_next_hop_self(Editor& editor, const Args& args) {
  const NextHopSelf value = args.has("force") || args.has("all") ? NextHopSelf::Force : NextHopSelf::Plain;
  editor.peer_family(args).next_hop_self = {value, args.position()};
}
void emit_next_hop_self(Writer& writer) {
  const auto& value = writer.peer->families[writer.family].next_hop_self;
  if (value) writer.line("{}", writer.command(value->value == NextHopSelf::Force ? "force" : ""));
}

namespace {
// At the prompt, what the group says, or what is so anyway, leaves nothing to be shown.
void set_family_switch(Editor& editor, const Args& args, Maybe<bool> PeerFamilyConfig::*member, bool value,
                       bool usual) {
  Maybe<bool>& said = editor.peer_family(args).*member;
  said = {value, args.position()};
  if (editor.mode() == EditMode::File) return;
  const PeerConfig* group = group_of(editor.router(), editor.peer(args));
  if (group != nullptr) usual = value_or(group->families[editor.block().family].*member, usual);
  if (value == usual) said.reset();
}

void change_send_community(Editor& editor, const Args& args, bool value) {
  const std::string_view kind = args.has("kind") ? args.text("kind") : "standard";
  const auto set = [&](Maybe<bool> PeerFamilyConfig::*member) {
    set_family_switch(editor, args, member, value, true);
  };
  if (kind == "standard" || kind == "both" || kind == "all") set(&PeerFamilyConfig::send_community);
  if (kind == "extended" || kind == "both" || kind == "all") set(&PeerFamilyConfig::send_extended_community);
  if (kind == "large" || kind == "all") set(&PeerFamilyConfig::send_large_community);
}
}  // namespace

void set_send_community(Editor& editor, const Args& args) {
  change_send_community(editor, args, true);
}
void unset_send_community(Editor& editor, const Args& args) {
  change_send_community(editor, args, false);
}
void emit_send_community(Writer& writer) {
  const PeerFamilyConfig& family = writer.peer->families[writer.family];
  const auto emit = [&](const Maybe<bool>& said, std::string_view kind) {
    if (said) writer.line("{}neighbor {} send-community {}", said->value ? "" : "no ", writer.name, kind);
  };
  emit(family.send_community, "standard");
  emit(family.send_extended_community, "extended");
  emit(family.send_large_community, "large");
}

void set_maximum_prefix(Editor& editor, const Args& args) {
  MaximumPrefix maximum{.limit = args.number("limit"),
                        .warning_only = args.has("warning-only"),
                        .restart = std::nullopt,
                        .force = args.has("force")};
  if (args.has("threshold")) maximum.threshold = args.number("threshold");
  if (args.has("minutes")) maximum.restart = std::chrono::minutes(args.number("minutes"));
  editor.peer_family(args).maximum_prefix = {maximum, args.position("limit")};
}
void emit_maximum_prefix(Writer& writer) {
  const auto& maximum = writer.peer->families[writer.family].maximum_prefix;
  if (!maximum) return;
  const MaximumPrefix& value = maximum->value;
  std::string text = show_value(value.limit);
  if (value.threshold != MaximumPrefix{}.threshold) text += fmt::format(" {}", value.threshold);
  if (value.warning_only) text += " warning-only";
  if (value.restart) text += fmt::format(" restart {}", value.restart->count());
  if (value.force) text += " force";
  writer.line("{}", writer.command(text));
}

template <bool Value>
void set_activate(Editor& editor, const Args& args) {
  const bool usual = active_by_default(editor.router(), editor.block().family);
  set_family_switch(editor, args, &PeerFamilyConfig::activate, Value, usual);
}
template void set_activate<true>(Editor&, const Args&);
template void set_activate<false>(Editor&, const Args&);

void set_allowas_in(Editor& editor, const Args& args) {
  AllowAsIn allowed;
  allowed.origin = args.has("origin");
  if (!allowed.origin) allowed.count = args.has("count") ? args.number("count") : kUsualOccurrences;
  editor.peer_family(args).allowas_in = {allowed, args.position(args.value_name())};
}
// Nothing named: all three.
void set_attribute_unchanged(Editor& editor, const Args& args) {
  const bool all = !args.has("first") && !args.has("second") && !args.has("third");
  const auto named = [&](std::string_view word) {
    return all || args.text("first") == word || args.text("second") == word || args.text("third") == word;
  };
  editor.peer_family(args).attribute_unchanged = {{named("as-path"), named("next-hop"), named("med")},
                                                  args.position()};
}
void emit_attribute_unchanged(Writer& writer) {
  const auto& said = writer.peer->families[writer.family].attribute_unchanged;
  if (!said) return;
  std::string words;
  if (said->value.as_path) words += " as-path";
  if (said->value.next_hop) words += " next-hop";
  if (said->value.med) words += " med";
  writer.line("neighbor {} attribute-unchanged{}", writer.name, words);
}

void set_default_originate(Editor& editor, const Args& args) {
  editor.peer_family(args).default_originate = {std::string(args.text("map")), args.position()};
}
void emit_default_originate(Writer& writer) {
  const auto& map = writer.peer->families[writer.family].default_originate;
  if (map) writer.line("{}", writer.command(map->value.empty() ? "" : "route-map " + map->value));
}

void emit_allowas_in(Writer& writer) {
  const auto& said = writer.peer->families[writer.family].allowas_in;
  if (!said) return;
  const std::string count = said->value.count == kUsualOccurrences ? "" : show_value(said->value.count);
  writer.line("{}", writer.command(said->value.origin ? "origin" : count));
}

void set_local_as(Editor& editor, const Args& args) {
  const LocalAs local{args.as_number("local-as-number"), args.has("no-prepend"), args.has("replace-as")};
  if (local.as == editor.router().as)
    editor.error(args.position("local-as-number"),
                 fmt::format("{} is the router's own AS already", wire::to_string(local.as)));
  else
    editor.peer(args).local_as = {local, args.position("local-as-number")};
}
void emit_local_as(Writer& writer) {
  const auto& said = writer.peer->local_as;
  if (!said) return;
  const LocalAs& local = said->value;
  writer.line("{}", writer.command(fmt::format("{}{}{}", wire::to_string(local.as),
                                               local.no_prepend ? " no-prepend" : "",
                                               local.replace_as ? " replace-as" : "")));
}

void set_remove_private_as(Editor& editor, const Args& args) {
  editor.peer_family(args).remove_private_as = {rib::PrivateAs{args.has("all"), args.has("replace-AS")},
                                                args.position()};
}
void emit_remove_private_as(Writer& writer) {
  const auto& said = writer.peer->families[writer.family].remove_private_as;
  if (said)
    writer.line("neighbor {} remove-private-AS{}{}", writer.name, said->value.all ? " all" : "",
                said->value.replace ? " replace-AS" : "");
}

void set_site_of_origin(Editor& editor, const Args& args) {
  const auto site = wire::parse_ext_community(fmt::format("soo:{}", args.text("site")));
  if (site)
    editor.peer_family(args).site_of_origin = {*site, args.position("site")};
  else
    editor.error(args.position("site"), "expected ASN:NN or A.B.C.D:NN");
}
void emit_site_of_origin(Writer& writer) {
  const auto& said = writer.peer->families[writer.family].site_of_origin;
  if (!said) return;
  const std::string text = wire::to_string(said->value);
  writer.line("{}", writer.command(text.substr(text.find(':') + 1)));
}

namespace {
rib::PathSelection path_selection(const Args& args) {
  using Kind = rib::PathSelection::Kind;
  if (args.has("paths")) return {Kind::BestSelected, static_cast<std::uint8_t>(args.number("paths"))};
  return {args.text("kind") == "addpath-tx-all-paths" ? Kind::All : Kind::BestPerAs, 0};
}
}  // namespace

// The three exclude each other: the last one said holds.
void set_add_path(Editor& editor, const Args& args) {
  editor.peer_family(args).add_path = {path_selection(args), args.position()};
}
// Takes back its own kind only.
void unset_add_path(Editor& editor, const Args& args) {
  Maybe<rib::PathSelection>& said = editor.peer_family(args).add_path;
  using Kind = rib::PathSelection::Kind;
  const Kind kind = args.has("kind") ? path_selection(args).kind : Kind::BestSelected;
  if (said && said->value.kind == kind) said.reset();
}
void emit_add_path(Writer& writer) {
  const auto& said = writer.peer->families[writer.family].add_path;
  if (!said) return;
  switch (said->value.kind) {
    case rib::PathSelection::Kind::Best:
      return;
    case rib::PathSelection::Kind::All:
      writer.line("neighbor {} addpath-tx-all-paths", writer.name);
      return;
    case rib::PathSelection::Kind::BestPerAs:
      writer.line("neighbor {} addpath-tx-bestpath-per-AS", writer.name);
      return;
    case rib::PathSelection::Kind::BestSelected:
      writer.line("neighbor {} addpath-tx-best-selected {}", writer.name, said->value.count);
      return;
  }
}

}  // namespace lbgp::conf
