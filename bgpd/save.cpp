// SPDX-License-Identifier: Apache-2.0
// Temporary file, fsync, rename.
#include "bgpd/save.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace lbgp::daemon {

namespace {

constexpr mode_t kUsualMode = 0640;  // passwords may stand in it

std::string problem(std::string_view what, const std::string& path) {
  return fmt::format("cannot {} {}: {}", what, path, std::strerror(errno));
}

// What the path leads to; itself while nothing is there.
std::string resolved(const std::string& path) {
  char* target = ::realpath(path.c_str(), nullptr);
  if (target == nullptr) return path;
  std::string result(target);
  std::free(target);
  return result;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

bool is_no_file(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode);
}

// A new file beside the old one. Removed again unless it has been renamed.
class Temporary {
 public:
  explicit Temporary(const std::string& path) : name_(path + ".XXXXXX"), file_(::mkstemp(name_.data())) {}
  ~Temporary() {
    if (file_ < 0) return;
    ::close(file_);
    if (!renamed_) ::unlink(name_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // As the old file is, or as a configuration should be.
  bool take_after(const std::string& old) {
    struct stat found {};
    if (::stat(old.c_str(), &found) != 0) return ::fchmod(file_, kUsualMode) == 0;
    // Somebody else's file is ours to replace, but not to give back: then the group is what matters to
    // readers.
    const bool owned = ::fchown(file_, found.st_uid, found.st_gid) == 0 ||
                       ::fchown(file_, static_cast<uid_t>(-1), found.st_gid) == 0;
    // With another group, what was for the old one alone is for nobody.
    const mode_t mode = found.st_mode & (owned ? 07777U : 0700U);
    return ::fchmod(file_, mode) == 0;
  }

  bool write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t size = ::write(file_, text.data(), text.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(size));
    }
    return ::fsync(file_) == 0;
  }

  bool rename_to(const std::string& path) {
    renamed_ = ::rename(name_.c_str(), path.c_str()) == 0;
    return renamed_;
  }

 private:
  std::string name_;
  int file_;
  bool renamed_ = false;
};

// A second name for the old file: there is no moment without it.
bool keep_old(const std::string& path) {
  const std::string kept = path + ".sav";
  if (::unlink(kept.c_str()) != 0 && errno != ENOENT) return false;
  return ::link(path.c_str(), kept.c_str()) == 0 || errno == ENOENT;
}

void sync_folder(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

std::string replace_file(const std::string& path, std::string_view text) {
  const std::string target = resolved(path);
  if (is_no_file(target)) return fmt::format("cannot write {}: this is not a file", target);
  Temporary file(target);
  if (!file.is_open()) return problem("write in", folder_of(target));
  if (!file.take_after(target)) return problem("set the mode of", file.name());
  if (!file.write(text)) return problem("write", file.name());
  if (!keep_old(target)) return problem("keep the old file as", target + ".sav");
  if (!file.rename_to(target)) return problem("replace", target);
  sync_folder(folder_of(target));
  return "";
}

}  // namespace lbgp::daemon
