// SPDX-License-Identifier: Apache-2.0
// What a file says to other daemons: not understood, and put back where it stood when the file is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conf/lexer.hpp"

namespace lbgp::conf {

class Foreign {
 public:
  // A command without a block, or the first line of a block; `in_router`: of one inside `router bgp`.
  void add_line(const Line& line);
  void begin_block(const Line& line, bool in_router);
  // A line of the block that was begun last.
  void add_to_block(const Line& line);

  [[nodiscard]] bool empty() const { return parts_.empty(); }
  // Lines with their ends, as they came but for comments: those of the whole file, or of `router bgp`, where
  // they stand in by one more. A block that had no end of its own gets one: what comes behind is none of it.
  [[nodiscard]] std::string text(bool in_router) const;

 private:
  struct Part {
    std::vector<std::string> lines;
    std::uint32_t column = 1;  // of the first line
    bool in_router = false;
    bool open = false;  // a block whose end has not come
  };
  static Part part_of(const Line& line, bool in_router, bool open);

  std::vector<Part> parts_;
};

}  // namespace lbgp::conf
