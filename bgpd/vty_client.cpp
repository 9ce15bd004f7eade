// SPDX-License-Identifier: Apache-2.0
// One connection to the vty socket.
#include "bgpd/vty_client.hpp"

#include <unistd.h>

namespace lbgp::daemon {

VtyClient::VtyClient(const cli::Shell& shell, cli::Source& source, const Credentials& who, bool second)
    : session_(shell, {.trusted = who.uid == 0 || who.uid == ::geteuid(), .second = second}),
      source_(source) {}

std::span<char> VtyClient::read_area(std::size_t size) {
  buffer_.resize(size);
  return buffer_;
}

void VtyClient::received(std::size_t size) {
  static_cast<void>(
      lines_.feed(std::string_view(buffer_.data(), size)));  // run() asks whether it was too much
  buffer_ = {};
}

// One command a turn: a `show` of a large table is work enough.
ClientHandler::Next VtyClient::run(std::string& out) {
  const auto line = lines_.next();
  if (!line) return lines_.overflowed() ? Next::Close : Next::NeedInput;
  const cli::Reply reply = session_.run(*line, source_);
  out += cli::encode_reply(reply.text, reply.code);
  return reply.close ? Next::Close : Next::MoreWork;
}

}  // namespace lbgp::daemon
