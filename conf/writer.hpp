// SPDX-License-Identifier: Apache-2.0
// What the commands' emit functions write with: the text so far, and what is being written about.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "conf/config.hpp"
#include "conf/grammar.hpp"
#include "conf/render.hpp"

namespace lbgp::conf {

// Only render() makes one. The subjects are set as far as the scope goes: peer in Scope::Peer, …
class Writer {
 public:
  Writer(const Config& configuration, const RenderOptions& render_options)
      : config(configuration), options(render_options) {}

  template <typename... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    text.append(indent, ' ');
    fmt::format_to(std::back_inserter(text), format, std::forward<Values>(values)...);
    text += '\n';
  }
  // The row's own command with `value` in place of its {…}, the peer's name in place of PEER.
  [[nodiscard]] std::string command(std::string_view value) const;
  void separator() { text += "!\n"; }
  // Every row of that scope, in the table's order.
  void emit(Scope scope);

  const Config& config;
  const RenderOptions& options;
  std::string text;
  std::size_t indent = 0;
  const Row* row = nullptr;
  const PeerConfig* peer = nullptr;
  bool is_group = false;
  std::string name;  // of the peer
  wire::Family family = wire::Family::Ipv4Unicast;
  const RouteMapEntryConfig* entry = nullptr;
  const VipPoolConfig* pool = nullptr;
  const BfdBlockConfig* bfd_block = nullptr;
};

}  // namespace lbgp::conf
