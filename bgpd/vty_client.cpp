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

// One command a turn, or one piece of an answer that has several.
ClientHandler::Next VtyClient::run(std::string& out) {
  if (reply_.rest == nullptr) {
    const auto line = lines_.next();
    if (!line) return lines_.overflowed() ? Next::Close : Next::NeedInput;
    reply_ = session_.start(*line, source_);
  } else {
    reply_.text.clear();
    if (!reply_.rest->next(source_, reply_.text)) reply_.rest.reset();
  }
  cli::append_text(out, reply_.text);
  if (reply_.rest != nullptr) return Next::MoreWork;
  cli::append_status(out, reply_.code);
  reply_.text = {};
  return reply_.close ? Next::Close : Next::MoreWork;
}

}  // namespace lbgp::daemon
