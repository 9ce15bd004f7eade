// SPDX-License-Identifier: Apache-2.0
// A file that is replaced as a whole.
#include "bgpd/save.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <iterator>

#include "temp_dir.hpp"

using namespace lbgp::test;
using lbgp::daemon::replace_file;
namespace fs = std::filesystem;

namespace {

mode_t mode(const fs::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}
std::size_t count(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("the new text is there, the old one beside it", "[shell][save]") {
  const TempDir folder;
  const fs::path file = folder.path("a.conf");
  write_file(file, "old");
  fs::permissions(file, fs::perms(0604));
  CHECK(replace_file(file, "new") == "");
  CHECK(read_file(file) == "new");
  CHECK(mode(file) == 0604);
  CHECK(read_file(file.string() + ".sav") == "old");
  // The next one takes the place of the old one.
  CHECK(replace_file(file, "newer") == "");
  CHECK(read_file(file.string() + ".sav") == "new");
  CHECK(count(folder.path()) == 2);
}

TEST_CASE("a file that was not there is readable for its group", "[shell][save]") {
  const TempDir folder;
  const fs::path file = folder.path("a.conf");
  CHECK(replace_file(file, "new") == "");
  CHECK(read_file(file) == "new");
  CHECK(mode(file) == 0640);
  CHECK(count(folder.path()) == 1);
}

TEST_CASE("a link leads to the new text", "[shell][save]") {
  const TempDir folder;
  const fs::path target = folder.path("target.conf"), link = folder.path("link.conf");
  write_file(target, "old");
  fs::create_symlink(target, link);
  CHECK(replace_file(link, "new") == "");
  CHECK(fs::is_symlink(link));
  CHECK(read_file(target) == "new");
  CHECK(read_file(target.string() + ".sav") == "old");
}

TEST_CASE("where nothing can be written nothing is lost", "[shell][save]") {
  const TempDir folder;
  const fs::path file = folder.path("none/a.conf");
  CHECK(replace_file(file, "new") ==
        "cannot write in " + file.parent_path().string() + "/: No such file or directory");
  // The old text has no second name that could be given to it.
  const fs::path kept = folder.path("b.conf");
  write_file(kept, "old");
  fs::create_directory(kept.string() + ".sav");
  CHECK(replace_file(kept, "new") != "");
  CHECK(read_file(kept) == "old");
  CHECK(count(folder.path()) == 2);
}
