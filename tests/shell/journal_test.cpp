// SPDX-License-Identifier: Apache-2.0
// The journal loses nothing that was written, whatever happened to its end.
#include "bgpd/journal.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "tests/shell/temp_dir.hpp"

using lbgp::daemon::Journal;
using lbgp::test::read_file;
using lbgp::test::TempDir;
using lbgp::test::write_file;

namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

Records restored(const std::string& directory) {
  Journal journal(directory);
  REQUIRE(journal.lock().empty());
  Records records;
  journal.restore(
      [&](std::string_view owner, std::string_view request) { records.emplace_back(owner, request); });
  return records;
}

// In one slice.
void rewrite(Journal& journal, const std::function<void(const Journal::Replay&)>& snapshot) {
  journal.begin_rewrite();
  journal.continue_rewrite([&](const Journal::Replay& keep) {
    snapshot(keep);
    return false;
  });
}

void write(const std::string& directory, const Records& snapshot, const Records& appended) {
  Journal journal(directory);
  REQUIRE(journal.lock().empty());
  rewrite(journal, [&](const Journal::Replay& keep) {
    for (const auto& [owner, request] : snapshot) keep(owner, request);
  });
  for (const auto& [owner, request] : appended) journal.append(owner, request, 1);
}

const Records kThree{{"uid 0", R"({"a":1})"}, {"uid 1000", "with\ttab"}, {"uid 0", ""}};

}  // namespace

TEST_CASE("a journal gives back what was written, in order", "[journal]") {
  const TempDir directory;
  write(directory.path(), {{"uid 7", "first"}}, kThree);
  const Records expected{{"uid 7", "first"}, kThree[0], kThree[1], kThree[2]};
  CHECK(restored(directory.path()) == expected);
}

TEST_CASE("cut off anywhere, a journal keeps every whole record and invents none", "[journal]") {
  const TempDir directory;
  write(directory.path(), {}, kThree);
  const std::string path = directory.path("routes.journal");
  const std::string whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    const Records records = restored(directory.path());
    std::size_t complete = 0;
    for (const char c : whole.substr(0, size)) complete += c == '\n' ? 1 : 0;
    REQUIRE(records == Records(kThree.begin(), kThree.begin() + static_cast<std::ptrdiff_t>(complete)));
  }
}

TEST_CASE("what cannot be read as a journal is none, and no reason not to start", "[journal]") {
  const TempDir directory;
  std::filesystem::create_directory(directory.path("routes.journal"));
  CHECK(restored(directory.path()).empty());
  std::filesystem::remove(directory.path("routes.journal"));
  REQUIRE(::mkfifo(directory.path("routes.journal").c_str(), 0600) == 0);
  CHECK(restored(directory.path()).empty());
}

TEST_CASE("a flipped bit costs one record, and the file is kept aside", "[journal]") {
  const TempDir directory;
  write(directory.path(), {}, kThree);
  const std::string path = directory.path("routes.journal");
  std::string damaged = read_file(path);
  damaged[12] ^= 0x10;
  write_file(path, damaged);
  CHECK(restored(directory.path()) == Records{kThree[1], kThree[2]});
  CHECK(read_file(path + ".bad") == damaged);
}

TEST_CASE("what a full disk did not take is written once there is room", "[journal]") {
  const TempDir directory;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
  {
    Journal journal(directory.path());
    REQUIRE(journal.lock().empty());
    rewrite(journal, [](const Journal::Replay&) {});
    journal.append("uid 0", "first", 1);
    CHECK_FALSE(journal.wants_rewrite(0));
    // No file may grow any more: the next write() ends in the middle of its record.
    const rlimit full{read_file(directory.path("routes.journal")).size() + 5, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    journal.append("uid 0", "second", 1);
    CHECK_FALSE(journal.wants_rewrite(0));  // there is no room for it
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    journal.append("uid 0", "third", 1);
    REQUIRE(journal.wants_rewrite(0));
    const auto everything = [](const Journal::Replay& keep) {
      for (const char* request : {"first", "second", "third"}) keep("uid 0", request);
    };
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    rewrite(journal, everything);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    journal.append("uid 0", "third", 1);
    CHECK_FALSE(journal.wants_rewrite(0));  // not at once again: an attempt costs the whole table
    journal.append("uid 0", "third", 1);
    REQUIRE(journal.wants_rewrite(0));
    rewrite(journal, everything);
    CHECK_FALSE(journal.wants_rewrite(0));
  }
  std::signal(SIGXFSZ, old_action);
  CHECK(restored(directory.path()) == Records{{"uid 0", "first"}, {"uid 0", "second"}, {"uid 0", "third"}});
}

TEST_CASE("what is written while a journal is rewritten is in the old file and in the new one", "[journal]") {
  const TempDir directory;
  Journal journal(directory.path());
  REQUIRE(journal.lock().empty());
  rewrite(journal, [](const Journal::Replay& keep) { keep("uid 0", "old"); });
  journal.begin_rewrite();
  const auto slice = [&](const char* record, bool more) {
    journal.continue_rewrite([&](const Journal::Replay& keep) {
      keep("uid 0", record);
      return more;
    });
  };
  const auto requests = [&] {
    std::string text = read_file(directory.path("routes.journal"));
    std::vector<std::string> found;
    for (std::size_t at = 0; (at = text.find("uid 0\t", at)) != std::string::npos; ++at)
      found.push_back(text.substr(at + 6, text.find('\n', at) - at - 6));
    return found;
  };
  slice("one", true);
  journal.append("uid 0", "meanwhile", 1);
  CHECK(journal.rewriting());
  CHECK(requests() == std::vector<std::string>{"old", "meanwhile"});
  slice("two", false);
  CHECK_FALSE(journal.rewriting());
  CHECK(requests() == std::vector<std::string>{"one", "meanwhile", "two"});
  journal.append("uid 0", "later", 1);
  CHECK(requests() == std::vector<std::string>{"one", "meanwhile", "two", "later"});
}

TEST_CASE("a journal that cannot be rewritten at a start goes on behind its last whole record", "[journal]") {
  const TempDir directory;
  write(directory.path(), {}, kThree);
  const std::string path = directory.path("routes.journal");
  write_file(path, read_file(path) + "half a reco");
  const std::string obstacle = directory.path("routes.journal.new");
  std::filesystem::create_directory(obstacle);
  {
    Journal journal(directory.path());
    REQUIRE(journal.lock().empty());
    REQUIRE(journal.restore([](std::string_view, std::string_view) {}));
    journal.begin_rewrite();
    CHECK_FALSE(journal.rewriting());
    journal.append("uid 0", "later", 1);
    journal.append("uid 0", "last", 1);
    CHECK(journal.wants_rewrite(1000));  // all the same: it is tried again, not at each append
  }
  std::filesystem::remove(obstacle);
  CHECK(restored(directory.path()) ==
        Records{kThree[0], kThree[1], kThree[2], {"uid 0", "later"}, {"uid 0", "last"}});
}

TEST_CASE("a journal that only grows with the routes is left alone", "[journal]") {
  const TempDir directory;
  Journal journal(directory.path());
  REQUIRE(journal.lock().empty());
  rewrite(journal, [](const Journal::Replay&) {});
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 20; ++i) journal.append("uid 0", megabyte, 1000);
  CHECK_FALSE(journal.wants_rewrite(20'000));
  CHECK_FALSE(journal.wants_rewrite(5'000));
  CHECK(journal.wants_rewrite(4'999));
}

TEST_CASE("a second daemon on the same directory is told so", "[journal]") {
  const TempDir directory;
  Journal first(directory.path());
  REQUIRE(first.lock().empty());
  Journal second(directory.path());
  CHECK(second.lock() == "another lbgpd is using " + directory.path());
}

TEST_CASE("only a clean stop is taken for one", "[journal]") {
  const TempDir directory;
  {
    Journal journal(directory.path());
    REQUIRE(journal.lock().empty());
    CHECK_FALSE(journal.was_cut_off());
  }
  {
    Journal journal(directory.path());
    REQUIRE(journal.lock().empty());
    CHECK(journal.was_cut_off());
    journal.mark_clean_stop();
  }
  Journal journal(directory.path());
  REQUIRE(journal.lock().empty());
  CHECK_FALSE(journal.was_cut_off());
}

TEST_CASE("a directory that cannot be made leaves a journal that does nothing", "[journal]") {
  Journal journal("/proc/lbgpd-cannot-be-here");
  CHECK(journal.lock().empty());
  CHECK_FALSE(journal.restore([](std::string_view, std::string_view) {}));
  rewrite(journal, [](const Journal::Replay&) {});
  journal.append("uid 0", "x", 1);
  CHECK_FALSE(journal.usable());
}
