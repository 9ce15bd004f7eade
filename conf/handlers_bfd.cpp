// SPDX-License-Identifier: Apache-2.0
// Commands of `bfd`.
#include <fmt/format.h>

#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

BfdConfig& bfd(Editor& editor) {
  auto& config = editor.config().bfd;
  return config ? *config : config.emplace();
}

fsm::BfdKey key_of(const Args& args) {
  fsm::BfdKey key{
      .peer = args.address("peer"), .multihop = args.has("multihop"), .local = {}, .interface = ""};
  if (args.has("local")) key.local = args.address("local");
  if (args.has("interface")) key.interface = args.text("interface");
  return key;
}

bool makes_sense(Editor& editor, const Args& args, const fsm::BfdKey& key) {
  if (args.has("vrf") && args.text("vrf") != "default")
    editor.error(args.position("vrf"), "the default VRF is all there is");
  else if (key.local && key.local->is_v4() != key.peer.is_v4())
    editor.error(args.position("local"), "both addresses must be of one address family");
  else if (key.multihop && !key.local)
    editor.error(args.position("peer"), "a multihop peer needs a local-address");
  else if (key.multihop && !key.interface.empty())
    editor.error(args.position("interface"), "a multihop peer is not bound to an interface");
  else
    return true;
  return false;
}

// `peer …` as FRR writes it.
std::string words_of(const fsm::BfdKey& key) {
  std::string words = wire::to_string(key.peer);
  if (key.multihop) words += " multihop";
  if (key.local) words += " local-address " + wire::to_string(*key.local);
  if (!key.interface.empty()) words += " interface " + key.interface;
  return words;
}

void emit_block(Writer& writer, std::string_view kind, std::string_view name, const BfdBlockConfig& block) {
  writer.indent = 1;
  writer.line("{} {}", kind, name);
  writer.indent = 2;
  writer.bfd_block = &block;
  writer.emit(Scope::BfdBlock);
  writer.indent = 1;
  writer.line("exit");
}

void keep(Editor& editor, const Args& args, std::string_view no) {
  const std::string words = args.canonical();
  KeptLines& kept = editor.bfd_block().kept;
  if (kept.erase(no.empty() ? "no " + words : words) == 0) kept.insert(std::string(no) + words);
  if (no.empty())
    editor.warn(args.position(),
                fmt::format("\"{}\" has no effect: BFD's echo function is not there", words));
}

}  // namespace

void enter_bfd(Editor& editor, const Args& /*args*/) {
  bfd(editor);
  editor.enter(Context::Bfd);
}
void remove_bfd(Editor& editor, const Args& /*args*/) {
  editor.config().bfd.reset();
}

void emit_bfd(Writer& writer) {
  if (!writer.config.bfd) return;
  writer.separator();
  writer.line("bfd");
  for (const auto& [name, profile] : writer.config.bfd->profiles)
    emit_block(writer, "profile", name, profile);
  for (const auto& [key, peer] : writer.config.bfd->peers) emit_block(writer, "peer", words_of(key), peer);
  writer.indent = 0;
  writer.line("exit");
}

void enter_bfd_profile(Editor& editor, const Args& args) {
  const std::string name(args.text("name"));
  const auto [profile, is_new] = bfd(editor).profiles.try_emplace(name);
  if (is_new) profile->second.place = args.position("name");
  editor.enter_bfd_profile(name);
}
void remove_bfd_profile(Editor& editor, const Args& args) {
  bfd(editor).profiles.erase(std::string(args.text("name")));
}

void enter_bfd_peer(Editor& editor, const Args& args) {
  const fsm::BfdKey key = key_of(args);
  if (!makes_sense(editor, args, key) && editor.mode() == EditMode::Interactive) return;
  const auto [peer, is_new] = bfd(editor).peers.try_emplace(key);
  if (is_new) peer->second.place = args.position("peer");
  editor.enter_bfd_peer(key);
}
void remove_bfd_peer(Editor& editor, const Args& args) {
  bfd(editor).peers.erase(key_of(args));
}

void keep_bfd(Editor& editor, const Args& args) {
  keep(editor, args, "");
}
void keep_bfd_no(Editor& editor, const Args& args) {
  keep(editor, args, "no ");
}
void emit_kept_bfd(Writer& writer) {
  for (const std::string& line : writer.bfd_block->kept) writer.line("{}", line);
}

}  // namespace lbgp::conf
