// SPDX-License-Identifier: Apache-2.0
// The Unix socket server: bounded, patient, and unforgiving about its path.
#include "bgpd/net/unix_server.hpp"

#include <sys/stat.h>

#include <array>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <vector>

#include "tests/shell/temp_dir.hpp"

namespace asio = boost::asio;
using lbgp::daemon::ClientHandler;
using lbgp::daemon::Credentials;
using lbgp::daemon::net::UnixServer;
using lbgp::daemon::net::UnixServerSettings;
using lbgp::test::TempDir;
using lbgp::test::write_file;
using Socket = asio::local::stream_protocol::socket;

namespace {

// Answers every octet with ten of the same; 'q' closes.
class Echo final : public ClientHandler {
 public:
  std::span<char> read_area(std::size_t size) override {
    buffer_.resize(used_ + size);
    return std::span(buffer_).subspan(used_);
  }
  void received(std::size_t size) override { used_ += size; }
  Next run(std::string& out) override {
    for (std::size_t i = 0; i < used_; ++i) {
      if (buffer_[i] == 'q') return Next::Close;
      out.append(10, buffer_[i]);
    }
    used_ = 0;
    return Next::NeedInput;
  }
  void timed_out(std::string& out) override { out += "late"; }
  [[nodiscard]] bool mid_request() const override { return false; }

 private:
  std::vector<char> buffer_;
  std::size_t used_ = 0;
};

// Has work without end; 'h' is half a request.
class Busy final : public ClientHandler {
 public:
  explicit Busy(int& turns) : turns_(turns) {}
  std::span<char> read_area(std::size_t size) override {
    buffer_.resize(size);
    return buffer_;
  }
  void received(std::size_t size) override { half_ = size > 0 && buffer_[size - 1] == 'h'; }
  Next run(std::string& out) override {
    ++turns_;
    if (half_) out += "whole\n";
    return half_ ? Next::NeedInput : Next::MoreWork;
  }
  void timed_out(std::string& out) override { out += "late\n"; }
  [[nodiscard]] bool mid_request() const override { return half_; }

 private:
  std::vector<char> buffer_;
  int& turns_;
  bool half_ = false;
};

// Answers the first that it is told, and never comes to an end.
class Asked : public ClientHandler {
 public:
  explicit Asked(int& turns) : turns_(turns) {}
  std::span<char> read_area(std::size_t size) override {
    buffer_.resize(size);
    return buffer_;
  }
  void received(std::size_t size) override { asked_ = asked_ || size > 0; }
  Next run(std::string& out) override {
    if (!asked_) return Next::NeedInput;
    answer(out);
    ++turns_;
    return Next::MoreWork;
  }
  void timed_out(std::string&) override {}
  [[nodiscard]] bool mid_request() const override { return false; }
  [[nodiscard]] bool mid_answer() const override { return asked_; }

 protected:
  virtual void answer(std::string& out) = 0;
  int& turns_;

 private:
  std::vector<char> buffer_;
  bool asked_ = false;
};

// An answer of any length, piece by piece.
class Endless final : public Asked {
 public:
  static constexpr std::size_t kPiece = 10'000;
  using Asked::Asked;
  static std::size_t longest_;

 private:
  void answer(std::string& out) override {
    out.append(kPiece, static_cast<char>('a' + turns_ % 26));
    longest_ = std::max(longest_, out.size());
  }
};
std::size_t Endless::longest_ = 0;

// Looks for something that there is not: `| include nothing`.
class Searching final : public Asked {
 public:
  using Asked::Asked;

 private:
  void answer(std::string&) override {}
};

// One client that has asked.
template <typename Handler>
struct Conversation {
  asio::io_context io;
  TempDir directory;
  int turns = 0;
  UnixServerSettings settings{directory.path("test.sock"), 0660, "", 3, "full\n", 64 * 1024};
  UnixServer server{io, settings, [this](const Credentials&) { return std::make_unique<Handler>(turns); }};
  Socket client{io};

  Conversation() {
    REQUIRE(server.listen().empty());
    client.connect(asio::local::stream_protocol::endpoint(settings.path));
    client.non_blocking(true);
    asio::write(client, asio::buffer("x", 1));
  }
  // What is ready, one by one; how many turns of the handler that were.
  int serve(int steps) {
    const int before = turns;
    for (int i = 0; i < steps; ++i) {
      io.restart();
      io.poll_one();
    }
    return turns - before;
  }
};

struct Fixture {
  asio::io_context io;
  TempDir directory;
  Credentials last;
  UnixServerSettings settings{directory.path("test.sock"), 0660, "", 3, "full\n", 64 * 1024};
  UnixServer server{io, settings, [this](const Credentials& who) {
                      last = who;
                      return std::make_unique<Echo>();
                    }};

  Socket connect() {
    Socket socket(io);
    socket.connect(asio::local::stream_protocol::endpoint(directory.path("test.sock")));
    socket.non_blocking(true);
    turn();
    return socket;
  }
  // Everything that is ready, a bounded number of times.
  void turn() {
    for (int i = 0; i < 50; ++i) {
      io.restart();
      io.poll();
    }
  }
  std::string read_all(Socket& socket, std::size_t wanted) {
    std::string text;
    std::array<char, 65536> buffer{};
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (text.size() < wanted && std::chrono::steady_clock::now() < give_up) {
      turn();
      boost::system::error_code error;
      text.append(buffer.data(), socket.read_some(asio::buffer(buffer), error));
      if (error == asio::error::eof) text += "<eof>";
      if (error && error != asio::error::would_block) break;
    }
    return text;
  }
};

}  // namespace

TEST_CASE("clients are served and known by the kernel's word", "[unix]") {
  Fixture fixture;
  REQUIRE(fixture.server.listen().empty());
  Socket client = fixture.connect();
  CHECK(fixture.last.uid == ::getuid());
  CHECK(fixture.last.pid == ::getpid());
  asio::write(client, asio::buffer("ab", 2));
  CHECK(fixture.read_all(client, 20) == "aaaaaaaaaabbbbbbbbbb");
}

TEST_CASE("who has gone is not searched for any more, who has only said all is", "[unix]") {
  constexpr int kSteps = 50;
  Conversation<Searching> talk;
  CHECK(talk.serve(kSteps) > 0);
  talk.client.shutdown(Socket::shutdown_send);
  CHECK(talk.serve(kSteps) > 0);
  talk.client.close();
  talk.serve(kSteps);
  CHECK(talk.serve(kSteps) == 0);
}

TEST_CASE("an answer of any length takes bounded memory, however slowly it is read", "[unix]") {
  constexpr int kSteps = 100;
  Conversation<Endless> talk;
  Socket& client = talk.client;
  talk.serve(kSteps);
  // Nobody reads: nothing is made any more once the socket and our bound are full.
  talk.serve(kSteps);
  CHECK(talk.serve(kSteps) == 0);
  // Somebody reads, a little at a time, and never all that there is.
  std::size_t read = 0;
  std::array<char, 20'000> buffer{};
  for (int i = 0; i < 500; ++i) {
    boost::system::error_code error;
    const std::size_t size = client.read_some(asio::buffer(buffer), error);
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < size; ++at)
      if (buffer[at] != 'a' + static_cast<int>((read + at) / Endless::kPiece % 26)) ++wrong;
    REQUIRE(wrong == 0);
    read += size;
    talk.serve(kSteps);
  }
  CHECK(read > 4'000'000);
  CHECK(Endless::longest_ <= 2 * talk.settings.output_limit + 2 * Endless::kPiece);
}

TEST_CASE("the socket has its mode from the first moment", "[unix]") {
  Fixture fixture;
  REQUIRE(fixture.server.listen().empty());
  struct stat found {};
  REQUIRE(::stat(fixture.directory.path("test.sock").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0660);
}

TEST_CASE("one client too many is told and turned away, the others stay", "[unix]") {
  Fixture fixture;
  REQUIRE(fixture.server.listen().empty());
  Socket first = fixture.connect();
  Socket second = fixture.connect();
  Socket third = fixture.connect();
  Socket fourth = fixture.connect();
  CHECK(fixture.read_all(fourth, 10) == "full\n<eof>");
  CHECK(fixture.server.clients() == 3);
  asio::write(first, asio::buffer("x", 1));
  CHECK(fixture.read_all(first, 10) == "xxxxxxxxxx");
  second.close();
  fixture.turn();
  CHECK(fixture.server.clients() == 2);
  Socket fifth = fixture.connect();
  asio::write(fifth, asio::buffer("y", 1));
  CHECK(fixture.read_all(fifth, 10) == "yyyyyyyyyy");
}

TEST_CASE("a client that does not read is not served, and gets everything once it does", "[unix]") {
  Fixture fixture;
  REQUIRE(fixture.server.listen().empty());
  Socket client = fixture.connect();
  const std::string request(200'000, 'z');
  std::size_t sent = 0;
  for (int i = 0; i < 200 && sent < request.size(); ++i) {
    boost::system::error_code error;
    sent += client.write_some(asio::buffer(request.data() + sent, request.size() - sent), error);
    fixture.turn();
  }
  std::string answer = fixture.read_all(client, 10 * sent);
  CHECK(answer.size() == 10 * sent);
  CHECK(answer.find_first_not_of('z') == std::string::npos);
}

TEST_CASE("a client that half-closes still gets its answer, then the end", "[unix]") {
  Fixture fixture;
  REQUIRE(fixture.server.listen().empty());
  Socket client = fixture.connect();
  asio::write(client, asio::buffer("a", 1));
  client.shutdown(Socket::shutdown_send);
  CHECK(fixture.read_all(client, 15) == "aaaaaaaaaa<eof>");
  CHECK(fixture.server.clients() == 0);
}

TEST_CASE("what else is ready waits for one turn of one client, however many have work", "[unix]") {
  Fixture fixture;
  int turns = 0;
  UnixServer server(fixture.io, fixture.settings,
                    [&](const Credentials&) { return std::make_unique<Busy>(turns); });
  REQUIRE(server.listen().empty());
  std::vector<Socket> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(fixture.connect());
  for (Socket& client : clients) asio::write(client, asio::buffer("x", 1));
  fixture.io.restart();
  while (turns < 10) fixture.io.run_one();
  for (int round = 0; round < 10; ++round) {
    bool came = false;
    asio::post(fixture.io, [&] { came = true; });
    const int before = turns;
    while (!came) fixture.io.run_one();
    CHECK(turns - before <= 1);
  }
}

TEST_CASE("half a request is timed out even behind a whole one", "[unix]") {
  Fixture fixture;
  int turns = 0;
  fixture.settings.patience = std::chrono::milliseconds(1);
  UnixServer server(fixture.io, fixture.settings,
                    [&](const Credentials&) { return std::make_unique<Busy>(turns); });
  REQUIRE(server.listen().empty());
  Socket client = fixture.connect();
  asio::write(client, asio::buffer("h", 1));
  CHECK(fixture.read_all(client, 16) == "whole\nlate\n<eof>");
}

TEST_CASE("an old socket that nobody answers is replaced, anything else is left alone", "[unix]") {
  Fixture fixture;
  const std::string path = fixture.directory.path("test.sock");
  SECTION("left by a killed daemon") {
    { asio::local::stream_protocol::acceptor dead(fixture.io, asio::local::stream_protocol::endpoint(path)); }
    CHECK(fixture.server.listen().empty());
  }
  SECTION("a living daemon") {
    UnixServer other(fixture.io, fixture.settings,
                     [](const Credentials&) { return std::make_unique<Echo>(); });
    REQUIRE(other.listen().empty());
    CHECK(fixture.server.listen() == "another lbgpd is already listening on " + path);
  }
  SECTION("a regular file") {
    write_file(path, "precious");
    CHECK(fixture.server.listen() == path + " exists and is not a socket");
    CHECK(lbgp::test::read_file(path) == "precious");
  }
  SECTION("a directory that is not there") {
    UnixServerSettings lost = fixture.settings;
    lost.path = fixture.directory.path("missing/test.sock");
    UnixServer server(fixture.io, lost, [](const Credentials&) { return std::make_unique<Echo>(); });
    CHECK(server.listen().find("missing/test.sock") != std::string::npos);
  }
}
