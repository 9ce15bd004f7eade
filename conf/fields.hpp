// SPDX-License-Identifier: Apache-2.0
// Commands that set one member of the model: their three handlers, made from a pointer to that member.
#pragma once

#include <fmt/format.h>

#include <string>
#include <type_traits>

#include "conf/editor.hpp"
#include "conf/profile.hpp"
#include "conf/writer.hpp"

namespace lbgp::conf {

template <typename T>
struct FieldOf;
template <typename Owner_, typename Value_>
struct FieldOf<Maybe<Value_> Owner_::*> {
  using Owner = Owner_;
  using Value = Value_;
};

// What a command changes, by the type that owns the member.
template <typename Owner>
Owner& target(Editor& editor, const Args& args) {
  if constexpr (std::is_same_v<Owner, Config>) return editor.config();
  if constexpr (std::is_same_v<Owner, RouterConfig>) return editor.router();
  if constexpr (std::is_same_v<Owner, RouterFamilyConfig>) return editor.router_family();
  if constexpr (std::is_same_v<Owner, PeerConfig>) return editor.peer(args);
  if constexpr (std::is_same_v<Owner, PeerFamilyConfig>) return editor.peer_family(args);
  if constexpr (std::is_same_v<Owner, BfdBlockConfig>) return editor.bfd_block();
  if constexpr (std::is_same_v<Owner, VipPoolConfig>) return editor.pool();
}

// The same for writing.
template <typename Owner>
const Owner& subject(const Writer& writer) {
  if constexpr (std::is_same_v<Owner, Config>) return writer.config;
  if constexpr (std::is_same_v<Owner, RouterConfig>) return *writer.config.router;
  if constexpr (std::is_same_v<Owner, RouterFamilyConfig>)
    return writer.config.router->families[writer.family];
  if constexpr (std::is_same_v<Owner, PeerConfig>) return *writer.peer;
  if constexpr (std::is_same_v<Owner, PeerFamilyConfig>) return writer.peer->families[writer.family];
  if constexpr (std::is_same_v<Owner, BfdBlockConfig>) return *writer.bfd_block;
  if constexpr (std::is_same_v<Owner, VipPoolConfig>) return *writer.pool;
}

template <typename Owner>
constexpr Scope scope_of() {
  if constexpr (std::is_same_v<Owner, Config>) return Scope::File;
  if constexpr (std::is_same_v<Owner, RouterConfig>) return Scope::Router;
  if constexpr (std::is_same_v<Owner, RouterFamilyConfig>) return Scope::RouterFamily;
  if constexpr (std::is_same_v<Owner, PeerConfig>) return Scope::Peer;
  if constexpr (std::is_same_v<Owner, PeerFamilyConfig>) return Scope::PeerFamily;
  if constexpr (std::is_same_v<Owner, BfdBlockConfig>) return Scope::BfdBlock;
  if constexpr (std::is_same_v<Owner, VipPoolConfig>) return Scope::VipPool;
}

// From words to a value, and back to what stands in the command's {…}.
template <typename T>
T read_value(const Args& args) {
  const std::string_view name = args.value_name();
  if constexpr (std::is_same_v<T, std::uint32_t>) return args.number(name);
  if constexpr (std::is_same_v<T, seconds>) return seconds(args.number(name));
  if constexpr (std::is_same_v<T, std::string>) return std::string(args.value());
  if constexpr (std::is_same_v<T, wire::IpAddress>) return args.address(name);
  if constexpr (std::is_same_v<T, Timers>)
    return {seconds(args.number("keepalive")), seconds(args.number("hold"))};
  if constexpr (std::is_same_v<T, fsm::TcpKeepalive>)
    return {seconds(args.number("idle")), seconds(args.number("interval")),
            static_cast<std::uint8_t>(args.number("probes"))};
}

inline std::string show_value(std::uint32_t value) {
  return fmt::format("{}", value);
}
inline std::string show_value(seconds value) {
  return fmt::format("{}", value.count());
}
inline std::string show_value(const std::string& value) {
  return value;
}
inline std::string show_value(const wire::IpAddress& value) {
  return wire::to_string(value);
}
inline std::string show_value(const wire::AttributeCodes& value) {
  std::string text;
  for (std::size_t code = 0; code < value.size(); ++code)
    if (value[code]) text += fmt::format("{}{}", text.empty() ? "" : " ", code);
  return text;
}
inline std::string show_value(const MaximumPathsIbgp& value) {
  return fmt::format("{}{}", value.paths, value.equal_cluster_length ? " equal-cluster-length" : "");
}
inline std::string show_value(const Timers& value) {
  return fmt::format("{} {}", value.keepalive.count(), value.hold.count());
}
inline std::string show_value(const fsm::TcpKeepalive& value) {
  return fmt::format("{} {} {}", value.idle.count(), value.interval.count(), value.probes);
}

template <auto Member>
void set_value(Editor& editor, const Args& args) {
  using Field = FieldOf<decltype(Member)>;
  target<typename Field::Owner>(editor, args).*
      Member = {read_value<typename Field::Value>(args), args.position(args.value_name())};
}
template <auto Member>
void reset(Editor& editor, const Args& args) {
  (target<typename FieldOf<decltype(Member)>::Owner>(editor, args).*Member).reset();
}
template <auto Member>
void emit_value(Writer& writer) {
  const auto& value = subject<typename FieldOf<decltype(Member)>::Owner>(writer).*Member;
  if (value) writer.line("{}", writer.command(show_value(value->value)));
}
template <auto Member, bool Value>
void set_flag(Editor& editor, const Args& args) {
  target<typename FieldOf<decltype(Member)>::Owner>(editor, args).*Member = {Value, args.position()};
}
template <auto Member>
void emit_flag(Writer& writer) {
  const auto& flag = subject<typename FieldOf<decltype(Member)>::Owner>(writer).*Member;
  if (flag) writer.line("{}{}", flag->value ? "" : "no ", writer.command(""));
}

// `shutdown [message TEXT]`, of a neighbor or of the router.
template <auto Member>
void set_shutdown(Editor& editor, const Args& args) {
  constexpr std::size_t kLongestMessage = 255;  // RFC 9003 §2, in octets
  const std::string_view message = args.has("text") ? args.value() : std::string_view{};
  if (message.size() > kLongestMessage)
    editor.error(args.position("text"), fmt::format("the message has {} octets; {} are allowed (RFC 9003)",
                                                    message.size(), kLongestMessage));
  else
    target<typename FieldOf<decltype(Member)>::Owner>(editor, args).*
        Member = {Shutdown{std::string(message)}, args.position()};
}
template <auto Member>
void emit_shutdown(Writer& writer) {
  const auto& shutdown = subject<typename FieldOf<decltype(Member)>::Owner>(writer).*Member;
  if (!shutdown) return;
  const std::string& message = shutdown->value.message;
  writer.line("{}", writer.command(message.empty() ? "" : "message " + message));
}

// A command with a value; `no` takes the value back.
template <auto Member>
constexpr Row value(ContextSet contexts, std::string_view pattern) {
  return {contexts,         scope_of<typename FieldOf<decltype(Member)>::Owner>(),
          Pattern(pattern), set_value<Member>,
          reset<Member>,    emit_value<Member>};
}
// A switch; `no` says that it is off, whatever the default.
template <auto Member>
constexpr Row flag(ContextSet contexts, std::string_view pattern) {
  return {contexts,
          scope_of<typename FieldOf<decltype(Member)>::Owner>(),
          Pattern(pattern),
          set_flag<Member, true>,
          set_flag<Member, false>,
          emit_flag<Member>};
}
template <auto Member, auto Default, bool Value>
void set_profiled(Editor& editor, const Args& args) {
  const bool usual = defaults_of(editor.config().profile()).*Default == Value;
  if (usual && editor.mode() == EditMode::Interactive)
    reset<Member>(editor, args);
  else
    set_flag<Member, Value>(editor, args);
}
// A switch that is on or off by the profile: at the prompt, what the profile says anyway leaves nothing to be
// shown, as with the next two.
template <auto Member, auto Default>
constexpr Row profiled(ContextSet contexts, std::string_view pattern) {
  return {contexts,
          scope_of<typename FieldOf<decltype(Member)>::Owner>(),
          Pattern(pattern),
          set_profiled<Member, Default, true>,
          set_profiled<Member, Default, false>,
          emit_flag<Member>};
}
template <auto Member>
void set_usual(Editor& editor, const Args& args) {
  if (editor.mode() == EditMode::Interactive)
    reset<Member>(editor, args);
  else
    set_flag<Member, true>(editor, args);
}
// A switch that is on whatever the profile: at the prompt, switching it on takes back that it was off, so
// that nothing remains to be shown (frr-reload.py removes a line `no X` by saying `X`).
template <auto Member>
constexpr Row usual(ContextSet contexts, std::string_view pattern) {
  return {contexts,
          scope_of<typename FieldOf<decltype(Member)>::Owner>(),
          Pattern(pattern),
          set_usual<Member>,
          set_flag<Member, false>,
          emit_flag<Member>};
}
// A switch that is off by default; `no` takes it back, so that a group's value shows through.
template <auto Member>
constexpr Row option(ContextSet contexts, std::string_view pattern) {
  return {contexts,         scope_of<typename FieldOf<decltype(Member)>::Owner>(),
          Pattern(pattern), set_flag<Member, true>,
          reset<Member>,    emit_flag<Member>};
}

}  // namespace lbgp::conf
