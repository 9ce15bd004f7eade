// SPDX-License-Identifier: Apache-2.0
// A Unix stream socket with many clients.
#include "bgpd/net/unix_server.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "bgpd/log/events.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

namespace {

constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::chrono::seconds kAcceptPause{1};  // when the process is out of descriptors

// Whether the path is free for us; a socket that nobody listens on is removed.
std::string clear_path(asio::io_context& io, const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return errno == ENOENT ? "" : fmt::format("cannot look at {}: {}", path, std::strerror(errno));
  if (!S_ISSOCK(found.st_mode)) return fmt::format("{} exists and is not a socket", path);
  Protocol::socket probe(io);
  error_code error;
  probe.connect(Protocol::endpoint(path), error);
  if (!error) return fmt::format("another lbgpd is already listening on {}", path);
  if (error != asio::error::connection_refused) return fmt::format("{}: {}", path, error.message());
  if (::unlink(path.c_str()) != 0)
    return fmt::format("cannot remove the old {}: {}", path, std::strerror(errno));
  return "";
}

void give_to_group(const std::string& path, const std::string& group) {
  if (group.empty()) return;
  if (const ::group* entry = ::getgrnam(group.c_str()))
    if (::chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0)
      return;  // not ours to give: mode decides
}

Credentials credentials_of(Protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return {static_cast<uid_t>(-1), static_cast<gid_t>(-1), 0};
  return {peer.uid, peer.gid, peer.pid};
}

}  // namespace

// One client. advance() looks at what there is to do and waits for what is missing; everything ends up there.
class UnixServer::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(Protocol::socket socket, std::shared_ptr<Shared> shared, std::unique_ptr<ClientHandler> handler)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        shared_(std::move(shared)),
        handler_(std::move(handler)) {
    ++shared_->clients;
  }
  ~Client() { --shared_->clients; }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void advance() {
    write();
    if (!socket_.is_open()) return;
    if (unsent() > 0) wait_writable();
    if (unsent() > shared_->settings.output_limit) return;  // not served until it has read
    if (next_ == ClientHandler::Next::MoreWork) return serve_soon();
    if (next_ == ClientHandler::Next::NeedInput && !end_of_input_) return wait_readable();
    if (unsent() == 0) close();
  }

 private:
  [[nodiscard]] std::size_t unsent() const { return out_.size() - sent_; }

  void read() {
    const std::span<char> area = handler_->read_area(kReadSize);
    error_code error;
    handler_->received(socket_.read_some(asio::buffer(area.data(), area.size()), error));
    if (error && error != asio::error::would_block)
      end_of_input_ = true;  // what came before is still answered
    next_ = ClientHandler::Next::MoreWork;
    serve_soon();
  }

  // Both ways: who has only said all waits for the answer.
  [[nodiscard]] bool has_gone() {
    pollfd look{socket_.native_handle(), 0, 0};
    return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLHUP | POLLERR)) != 0;
  }

  void serve() {
    if (handler_->mid_answer() && has_gone()) return close();
    next_ = handler_->run(out_);
    if (handler_->mid_request() || unsent() > 0) be_patient();
    advance();
  }

  // Other clients have their turn before this one, and the peers before each of them: however many clients
  // have work, a keepalive waits for one of their turns at most.
  void serve_soon() {
    if (std::exchange(serving_, true)) return;
    shared_->waiting.push_back(shared_from_this());
    if (shared_->waiting.size() == 1) serve_next(socket_.get_executor(), shared_);
  }

  static void serve_next(const Protocol::socket::executor_type& executor, std::shared_ptr<Shared> shared) {
    asio::post(executor, [executor, shared] {
      if (shared->waiting.empty()) return;  // the server is gone
      const std::shared_ptr<Client> first = shared->waiting.front();
      first->serving_ = false;
      if (first->socket_.is_open()) first->serve();
      // Only now: with the queue empty in between, serve_soon() would start a second round.
      shared->waiting.pop_front();
      if (!shared->waiting.empty()) serve_next(executor, shared);
    });
  }

  void write() {
    if (unsent() == 0) return;
    error_code error;
    sent_ += socket_.write_some(asio::buffer(out_.data() + sent_, unsent()), error);
    if (error && error != asio::error::would_block) return close();
    if (unsent() > 0) return forget_sent();
    out_.clear();
    if (out_.capacity() > shared_->settings.output_limit) out_.shrink_to_fit();
    sent_ = 0;
    // Half a request that came behind a whole one still has to be finished in time.
    if (!handler_->mid_request()) timer_.cancel();
  }

  // Of an answer in pieces there may always be something unsent.
  void forget_sent() {
    if (sent_ < shared_->settings.output_limit) return;
    out_.erase(0, sent_);
    sent_ = 0;
  }

  void wait_readable() {
    if (std::exchange(reading_, true)) return;
    socket_.async_wait(Protocol::socket::wait_read, [self = shared_from_this()](const error_code& error) {
      self->reading_ = false;
      if (!error && self->socket_.is_open()) self->read();
    });
  }

  void wait_writable() {
    if (std::exchange(writing_, true)) return;
    socket_.async_wait(Protocol::socket::wait_write, [self = shared_from_this()](const error_code& error) {
      self->writing_ = false;
      if (error || !self->socket_.is_open()) return;
      self->be_patient();
      self->advance();
    });
  }

  // From now on the client has some time to finish its request or to read our reply.
  void be_patient() {
    timer_.expires_after(shared_->settings.patience);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error || !self->socket_.is_open()) return;
      if (self->unsent() == 0 && !self->handler_->mid_request()) return;
      if (self->unsent() == 0) self->handler_->timed_out(self->out_);
      self->write();
      if (self->socket_.is_open()) self->close();
    });
  }

  void close() {
    error_code ignored;
    timer_.cancel();
    socket_.shutdown(Protocol::socket::shutdown_send, ignored);
    socket_.close(ignored);
  }

  Protocol::socket socket_;
  asio::steady_timer timer_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<ClientHandler> handler_;
  std::string out_;
  std::size_t sent_ = 0;  // of out_
  ClientHandler::Next next_ = ClientHandler::Next::NeedInput;
  bool end_of_input_ = false;
  bool serving_ = false;
  bool reading_ = false;
  bool writing_ = false;
};

UnixServer::UnixServer(asio::io_context& io, UnixServerSettings settings, MakeHandler make_handler)
    : io_(io),
      shared_(std::make_shared<Shared>(Shared{std::move(settings), 0, {}})),
      make_handler_(std::move(make_handler)),
      acceptor_(io),
      retry_(io) {}

UnixServer::~UnixServer() {
  close();
  shared_->waiting.clear();  // each of them holds what holds the list
}

std::string UnixServer::listen() {
  const std::string& path = shared_->settings.path;
  if (std::string problem = clear_path(io_, path); !problem.empty()) return problem;
  error_code error;
  acceptor_.open(Protocol(), error);
  if (error) return fmt::format("{}: {}", path, error.message());
  // The mode holds from the first moment: nobody can connect between bind and chmod.
  const mode_t old_mask = ::umask(~shared_->settings.mode & 0777U);
  acceptor_.bind(Protocol::endpoint(path), error);
  ::umask(old_mask);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) return fmt::format("cannot listen on {}: {}", path, error.message());
  give_to_group(path, shared_->settings.group);
  accept();
  return "";
}

void UnixServer::close() {
  if (!acceptor_.is_open()) return;
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  ::unlink(shared_->settings.path.c_str());
}

void UnixServer::accept() {
  acceptor_.async_accept([this](const error_code& error, Protocol::socket socket) {
    if (!acceptor_.is_open()) return;
    if (!error) {
      admit(std::move(socket));
      return accept();
    }
    if (error == asio::error::connection_aborted) return accept();
    // Out of descriptors or memory: pause instead of spinning.
    retry_.expires_after(kAcceptPause);
    retry_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept();
    });
  });
}

void UnixServer::admit(Protocol::socket socket) {
  error_code error;
  socket.non_blocking(true, error);
  if (shared_->clients >= shared_->settings.max_clients) {
    if (!std::exchange(warned_full_, true))
      log::clients_full(shared_->settings.path, shared_->settings.max_clients);
    socket.write_some(asio::buffer(shared_->settings.too_many_clients), error);
    return;
  }
  warned_full_ = false;
  auto handler = make_handler_(credentials_of(socket));
  std::make_shared<Client>(std::move(socket), shared_, std::move(handler))->advance();
}

}  // namespace lbgp::daemon::net
