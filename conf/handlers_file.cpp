// SPDX-License-Identifier: Apache-2.0
// Commands of the whole file, and what is accepted without effect or refused by name.
#include <fmt/format.h>

#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

constexpr std::string_view kNo = "no ";

void no_effect(Editor& editor, const Args& args, std::string_view what) {
  editor.warn(args.position(), fmt::format("\"{}\" is accepted and has no effect", what));
}

// A line and its opposite take each other back.
void keep(KeptLines& kept, std::string line) {
  if (kept.erase(line.starts_with(kNo) ? line.substr(kNo.size()) : std::string(kNo) + line) == 0)
    kept.insert(std::move(line));
}

// What stands behind "neighbor X ".
std::string behind_peer(const Args& args) {
  std::string line = args.canonical();
  const std::size_t skip = std::string_view("neighbor ").size() + args.text("PEER").size() + 1;
  return line.substr(std::min(skip, line.size()));
}

void emit_kept(Writer& writer, const KeptLines& kept) {
  for (std::string_view line : kept) {
    const bool no = line.starts_with(kNo);
    writer.line("{}neighbor {} {}", no ? kNo : "", writer.name, line.substr(no ? kNo.size() : 0));
  }
}

}  // namespace

void keep_file(Editor& editor, const Args& args) {
  keep(editor.config().kept, args.canonical());
  no_effect(editor, args, args.canonical());
}
void keep_file_no(Editor& editor, const Args& args) {
  keep(editor.config().kept, std::string(kNo) + args.canonical());
  no_effect(editor, args, std::string(kNo) + args.canonical());
}
void emit_kept_file(Writer& writer) {
  for (const std::string& line : writer.config.kept) writer.line("{}", line);
}

void keep_router(Editor& editor, const Args& args) {
  keep(editor.router().kept, args.canonical());
  no_effect(editor, args, args.canonical());
}
void keep_router_no(Editor& editor, const Args& args) {
  keep(editor.router().kept, std::string(kNo) + args.canonical());
  no_effect(editor, args, std::string(kNo) + args.canonical());
}
void emit_kept_router(Writer& writer) {
  for (const std::string& line : writer.config.router->kept) writer.line("{}", line);
}

void keep_peer(Editor& editor, const Args& args) {
  keep(editor.peer(args).kept, behind_peer(args));
  no_effect(editor, args, args.canonical());
}
void keep_peer_no(Editor& editor, const Args& args) {
  keep(editor.peer(args).kept, std::string(kNo) + behind_peer(args));
  no_effect(editor, args, std::string(kNo) + args.canonical());
}
void emit_kept_peer(Writer& writer) {
  emit_kept(writer, writer.peer->kept);
}

void keep_family(Editor& editor, const Args& args) {
  keep(editor.router_family().kept, args.canonical());
  no_effect(editor, args, args.canonical());
}
void keep_family_no(Editor& editor, const Args& args) {
  keep(editor.router_family().kept, std::string(kNo) + args.canonical());
  no_effect(editor, args, std::string(kNo) + args.canonical());
}
void emit_kept_family(Writer& writer) {
  for (const std::string& line : writer.config.router->families[writer.family].kept) writer.line("{}", line);
}
// The line that most who come from FRR wonder about.
void keep_redistribution(Editor& editor, const Args& args) {
  keep(editor.router_family().kept, args.canonical());
  editor.warn(args.position(),
              fmt::format("\"{}\" announces nothing: there are no routes here but those of clients, of "
                          "\"network\" and of neighbors",
                          args.canonical()));
}

void keep_peer_family(Editor& editor, const Args& args) {
  keep(editor.peer_family(args).kept, behind_peer(args));
  no_effect(editor, args, args.canonical());
}
void keep_peer_family_no(Editor& editor, const Args& args) {
  keep(editor.peer_family(args).kept, std::string(kNo) + behind_peer(args));
  no_effect(editor, args, std::string(kNo) + args.canonical());
}
void emit_kept_peer_family(Writer& writer) {
  emit_kept(writer, writer.peer->families[writer.family].kept);
}

void for_others(Editor& editor, const Args& args) {
  editor.pass_over_line(args);
}
void emit_foreign(Writer& writer) {
  if (writer.options.foreign != nullptr) writer.text += writer.options.foreign->text(false);
}
// FRR says for all of its instances what belongs to one here.
void say_in_router(Editor& editor, const Args& args) {
  editor.error(args.position(),
               fmt::format("\"{}\" is obeyed under \"router bgp\": write it there", args.canonical()));
}
void enter_foreign(Editor& editor, const Args& args) {
  editor.enter_foreign(Context::Foreign, args);
}
void enter_foreign_family(Editor& editor, const Args& args) {
  editor.enter_foreign(Context::ForeignFamily, args);
}
void swallow(Editor& editor, const Args& args) {
  editor.swallow(args.position().line);
}

// Never repeats the line: it may hold a password.
void discard(Editor& editor, const Args& args) {
  editor.warn(args.position(), "terminal logins do not exist here; this line is accepted and forgotten");
}
void unsupported(Editor& editor, const Args& args) {
  editor.error(args.position(), fmt::format("\"{}\" is not supported", args.canonical()));
}
void nothing(Editor& /*editor*/, const Args& /*args*/) {}

void leave(Editor& editor, const Args& /*args*/) {
  editor.enter(parent(editor.context()));
}
void leave_all(Editor& editor, const Args& /*args*/) {
  editor.enter(Context::Top);
}
void enter_line_vty(Editor& editor, const Args& args) {
  editor.enter(Context::LineVty);
  discard(editor, args);
}

void set_defaults(Editor& editor, const Args& args) {
  const Profile profile = args.text("profile") == "traditional" ? Profile::Traditional : Profile::Datacenter;
  editor.config().defaults = {profile, args.position("profile")};
}
void unset_defaults(Editor& editor, const Args& /*args*/) {
  editor.config().defaults.reset();
}
void emit_defaults(Writer& writer) {
  if (!writer.config.defaults) return;
  const bool traditional = writer.config.profile() == Profile::Traditional;
  writer.line("{}", writer.command(traditional ? "traditional" : "datacenter"));
}

}  // namespace lbgp::conf
