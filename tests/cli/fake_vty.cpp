// SPDX-License-Identifier: Apache-2.0
// fake_vty DIR COMMAND…: serves the laboratory's router on DIR/bgpd.vty while COMMAND runs, and ends as it
// does.
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "bgpd/cli/vty_codec.hpp"
#include "world.hpp"

namespace {

using namespace lbgp::daemon::cli;

struct Client {
  Client(int connection, const Shell& shell) : socket(connection), session(shell) {}
  int socket;
  LineSplitter lines;
  Session session;
};

int listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, path.data(), path.size());
  ::unlink(path.c_str());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  return ::listen(listener, 8) == 0 ? listener : -1;
}

// False: the connection is to be closed. The reply leaves in two parts, to see that clients can wait.
bool serve(Client& client, Source& source) {
  std::array<char, 4096> buffer;
  const ssize_t size = ::read(client.socket, buffer.data(), buffer.size());
  if (size <= 0 || !client.lines.feed({buffer.data(), static_cast<std::size_t>(size)})) return false;
  while (const auto line = client.lines.next()) {
    if (*line == "crash") return false;  // a daemon that dies under a question
    const Reply reply = client.session.run(*line, source);
    const std::string octets = encode_reply(reply.text, reply.code);
    const std::size_t half = octets.size() / 2;
    if (::send(client.socket, octets.data(), half, MSG_NOSIGNAL) < 0 ||
        ::send(client.socket, octets.data() + half, octets.size() - half, MSG_NOSIGNAL) < 0 || reply.close)
      return false;
  }
  return true;
}

void turn(int listener, std::vector<std::unique_ptr<Client>>& clients, const Shell& shell, Source& source) {
  std::vector<pollfd> waiting{{listener, POLLIN, 0}};
  for (const auto& client : clients) waiting.push_back({client->socket, POLLIN, 0});
  if (::poll(waiting.data(), waiting.size(), 50) <= 0) return;
  for (std::size_t i = clients.size(); i-- > 0;) {
    if (waiting[i + 1].revents == 0 || serve(*clients[i], source)) continue;
    ::close(clients[i]->socket);
    clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (waiting[0].revents != 0)
    clients.push_back(
        std::make_unique<Client>(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), shell));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  const int listener = listen_at(std::string(argv[1]) + "/bgpd.vty");
  if (listener < 0) return 65;
  const pid_t child = ::fork();
  if (child == 0) {
    ::execvp(argv[2], argv + 2);
    ::_exit(127);
  }
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C is for the command
  const Shell shell;
  lbgp::daemon::cli::test::World world = lbgp::daemon::cli::test::router();
  std::vector<std::unique_ptr<Client>> clients;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) turn(listener, clients, shell, world);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 66;
}
