// SPDX-License-Identifier: Apache-2.0
// Writes lbgpd-commands(5) from the table that reads the configuration: what is described is what there is.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "conf/grammar.hpp"

using namespace lbgp::conf;

namespace {

struct Section {
  Context context;
  std::string_view title;
};
// A command that may stand in several blocks is described in the first of these.
constexpr std::array kSections{
    Section{Context::Top, "THE FILE"},
    Section{Context::AddressFamily, "ADDRESS\\-FAMILY"},
    Section{Context::Router, "ROUTER BGP"},
    Section{Context::RouteMap, "ROUTE\\-MAP"},
    Section{Context::VipPool, "VIP\\-POOL"},
    Section{Context::Bfd, "BFD"},
    Section{Context::BfdPeer, "PEERS OF BFD"},
    Section{Context::BfdProfile, "PROFILES OF BFD"},
    Section{Context::LineVty, "LINE VTY"},
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// One line for each word, but for those that stand in every other command.
std::string words(const Row& row) {
  const Pattern& pattern = row.pattern;
  const std::set<std::string, std::less<>> known_to_all{"neighbor", "bgp", "match", "set", "ip", "ipv6"};
  std::set<std::string> told;
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const Instruction& token = pattern[at];
    if (token.op != Instruction::Op::Token) continue;
    const std::string key = help_key(pattern, token);
    const std::string_view text = help(row, token);
    if (text.empty() || known_to_all.contains(key) || !told.insert(key).second) continue;
    const std::string_view word = token.kind == TokenKind::Keyword ? std::string_view(key) : pattern.word(token);
    out += fmt::format(".br\n{}: {}\n", escaped(word), escaped(text));
  }
  return out.empty() ? out : out.substr(std::string_view(".br\n").size());
}

std::string describe(const Row& row) {
  const std::string no = row.unset == nullptr ? "" : row.set == nullptr ? "no " : "[no] ";
  return fmt::format(".TP\n.B {}\n{}", escaped(no + usage(row.pattern.text())), words(row));
}

}  // namespace

int main() {
  std::string page =
      ".TH LBGPD\\-COMMANDS 5 \"\" lbgpd \"File formats\"\n.SH NAME\nlbgpd\\-commands \\- every command of "
      "lbgpd.conf\n.SH DESCRIPTION\nMade from the table that reads the configuration. Words may be shortened as "
      "long as they stay unambiguous; [x] may be left out; <x|y> is a choice. What the commands mean together is "
      "told by\n.BR lbgpd.conf (5).\n";
  std::set<const Row*> told;
  for (const Section& section : kSections) {
    page += fmt::format(".SH {}\n", section.title);
    for (const Row* row : commands())
      if (!row->refused && row->contexts.contains(section.context) && told.insert(row).second)
        page += describe(*row);
  }
  page += ".SH SEE ALSO\n.BR lbgpd.conf (5),\n.BR lbgpsh (1)\n";
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
