// SPDX-License-Identifier: Apache-2.0
// The real lbgpsh against a server of plain data.
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

struct Ran {
  std::string output;  // both streams
  int status = -1;
};

Ran shell(const std::string& command) {
  Ran ran;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    ran.output.append(buffer.data(), size);
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lbgpsh-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// lbgpsh with `arguments`, while the server runs.
Ran lbgpsh(const std::string& arguments, const std::string& before = "") {
  const Directory directory;
  return shell(before + FAKE_VTY " " + directory.path() + " " LBGPSH " --vty-socket " + directory.path() +
               ' ' + arguments);
}

}  // namespace

TEST_CASE("-c prints the answer and ends well", "[lbgpsh]") {
  const Ran ran = lbgpsh("-c 'show version'");
  CHECK(ran.output == "lbgpd 0.1.0 (router) on Linux(6.1.0).\n");
  CHECK(ran.status == 0);
}

TEST_CASE("several -c run in order", "[lbgpsh]") {
  const Ran ran = lbgpsh("-c 'show version' -c 'show ip prefix-list SIMPLE'");
  CHECK(ran.output ==
        "lbgpd 0.1.0 (router) on Linux(6.1.0).\nBGP: ip prefix-list SIMPLE: 1 entries\n   seq 5 permit "
        "10.0.0.0/8\n");
  CHECK(ran.status == 0);
}

TEST_CASE("the exit status is that of FRR's vtysh", "[lbgpsh]") {
  CHECK(lbgpsh("-c 'show bgp ipv4 9.9.9.9'").status == 0);  // a warning is an answer
  const Ran unknown = lbgpsh("-c 'show bgp foo' -c 'show version'");
  CHECK(unknown.output == "% Unknown command: show bgp foo\n");
  CHECK(unknown.status == 1);
  CHECK(lbgpsh("-c 'show bgp ipv sum'").status == 1);
  CHECK(lbgpsh("-c show").status == 1);
}

TEST_CASE("the spelling of FRR's option is taken too", "[lbgpsh]") {
  const Directory directory;
  const Ran ran = shell(FAKE_VTY " " + directory.path() + " " LBGPSH " --vty_socket=" + directory.path() +
                        " -c 'show version'");
  CHECK(ran.status == 0);
  CHECK(ran.output.find("lbgpd 0.1.0") == 0);
}

TEST_CASE("a daemon that is not there is named", "[lbgpsh]") {
  const Ran ran = shell(LBGPSH " --vty-socket /nowhere -c 'show version'");
  CHECK(ran.output == "cannot reach lbgpd at /nowhere/bgpd.vty: No such file or directory\n");
  CHECK(ran.status == 1);
}

TEST_CASE("a daemon that dies under a question", "[lbgpsh]") {
  const Ran ran = lbgpsh("-c crash");
  CHECK(ran.output.find("cannot reach lbgpd at ") == 0);
  CHECK(ran.output.find(": it has closed the connection\n") != std::string::npos);
  CHECK(ran.status == 1);
}

TEST_CASE("bad usage", "[lbgpsh]") {
  CHECK(shell(LBGPSH " --nonsense").status == 2);
  CHECK(shell(LBGPSH " --help").status == 0);
}

TEST_CASE("lines from a pipe, with the server gone in between, exit ends it", "[lbgpsh]") {
  const Ran ran = lbgpsh("", "printf 'show version\\nexit\\nshow version\\n' | ");
  CHECK(ran.output == "lbgpd 0.1.0 (router) on Linux(6.1.0).\n");
  CHECK(ran.status == 0);
}
