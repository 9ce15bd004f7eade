// SPDX-License-Identifier: Apache-2.0
// Lines are kept relative to the first one of their block.
#include "conf/foreign.hpp"

#include <algorithm>

namespace lbgp::conf {
namespace {

std::string shifted(const Line& line, std::uint32_t base) {
  const Word& first = line.words.front();
  const std::uint32_t deeper = first.column - std::min(first.column, base);
  return std::string(deeper, ' ') + std::string(first.text.data(), line.text.data() + line.text.size());
}

}  // namespace

Foreign::Part Foreign::part_of(const Line& line, bool in_router, bool open) {
  const std::uint32_t column = line.words.front().column;
  return {{shifted(line, column)}, column, in_router, open};
}

void Foreign::add_line(const Line& line) {
  parts_.push_back(part_of(line, false, false));
}

void Foreign::begin_block(const Line& line, bool in_router) {
  parts_.push_back(part_of(line, in_router, true));
}

void Foreign::add_to_block(const Line& line) {
  if (parts_.empty()) return;
  Part& part = parts_.back();
  part.lines.push_back(shifted(line, part.column));
  const Word& first = line.words.front();
  part.open = first.column > part.column || !first.text.starts_with("exit");
}

std::string Foreign::text(bool in_router) const {
  std::string all;
  const std::string indent(in_router ? 1 : 0, ' ');
  for (const Part& part : parts_) {
    if (part.in_router != in_router) continue;
    if (part.open || part.lines.size() > 1) all += indent + "!\n";
    for (const std::string& line : part.lines) all += indent + line + '\n';
    if (part.open) all += indent + "exit\n";
  }
  return all;
}

}  // namespace lbgp::conf
