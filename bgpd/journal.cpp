// SPDX-License-Identifier: Apache-2.0
// What local clients have announced, kept over a restart.
#include "bgpd/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "bgpd/log/events.hpp"
#include "bgpd/read_file.hpp"

namespace lbgp::daemon {

namespace {

constexpr char kSeparator = '\t';
constexpr std::size_t kChecksumDigits = 8;

std::uint32_t checksum(std::string_view text) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(text.data()),
                                              text.size()));  // zlib counts in bytes of its own
}

void append_record(std::string_view owner, std::string_view request, std::string& out) {
  const std::size_t start = out.size();
  out.append(kChecksumDigits, '0');
  out += kSeparator;
  const std::size_t body = out.size();
  out.append(owner).append(1, kSeparator).append(request);
  fmt::format_to(out.data() + start, "{:08x}", checksum(std::string_view(out).substr(body)));
  out += '\n';
}

struct Record {
  std::string_view owner;
  std::string_view request;
};

std::optional<Record> parse_record(std::string_view line) {
  if (line.size() <= kChecksumDigits || line[kChecksumDigits] != kSeparator) return std::nullopt;
  std::uint32_t expected = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + kChecksumDigits, expected, 16);
  const std::string_view body = line.substr(kChecksumDigits + 1);
  if (parsed.ptr != line.data() + kChecksumDigits || checksum(body) != expected) return std::nullopt;
  const std::size_t end_of_owner = body.find(kSeparator);
  if (end_of_owner == std::string_view::npos) return std::nullopt;
  return Record{body.substr(0, end_of_owner), body.substr(end_of_owner + 1)};
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Journal::Journal(std::string directory)
    : directory_(std::move(directory)), path_(directory_ + "/routes.journal") {}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (fresh_ >= 0) ::close(fresh_);
  if (lock_ >= 0) ::close(lock_);
}

void Journal::problem(std::string_view what) {
  log::journal_problem(fmt::format("{}: {}; routes that clients announce are not kept over a restart", what,
                                   std::strerror(errno)));
}

std::string Journal::lock() {
  if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) {
    problem("cannot create " + directory_);
    return "";
  }
  const std::string path = directory_ + "/lock";
  lock_ = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  // What is there can be read on a file system that takes nothing new, and is not to be lost by a restart.
  if (lock_ < 0 && errno == EROFS) lock_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock_ < 0) {
    problem("cannot open " + path);
    return "";
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) return fmt::format("another lbgpd is using {}", directory_);
  // A running daemon's lock file holds its pid; a clean stop empties it.
  struct stat found {};
  was_cut_off_ = ::fstat(lock_, &found) == 0 && found.st_size > 0;
  if (::ftruncate(lock_, 0) != 0 || !write_all(lock_, fmt::format("{}\n", ::getpid())))
    problem("cannot write " + path);
  return "";
}

void Journal::mark_clean_stop() {
  if (lock_ >= 0 && ::ftruncate(lock_, 0) != 0) problem("cannot write the lock file");
}

bool Journal::restore(const Replay& replay) {
  if (lock_ < 0) return false;
  std::string text;
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0 || !read_all(file.number, text, std::string::npos)) {
    if (errno != ENOENT) problem("cannot read " + path_);
    return false;
  }
  std::size_t damaged = 0;
  std::string_view rest = text;
  // Without its line end the last record is torn: it was being written when we died, and nobody was told yes.
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto record = parse_record(rest.substr(0, end));
    if (record)
      replay(record->owner, record->request);
    else
      ++damaged;
    rest.remove_prefix(end + 1);
  }
  size_ = text.size() - rest.size();
  if (damaged > 0) {
    const std::string aside = path_ + ".bad";
    std::ofstream(aside, std::ios::binary) << text;
    log::journal_problem(fmt::format("{} has {} damaged records; they are left out, the file is kept as {}",
                                     path_, damaged, aside));
  }
  return true;
}

void Journal::begin_rewrite() {
  if (lock_ < 0) return;
  incomplete_ = true;  // until it is done
  appends_ = 0;
  retry_ = std::min(2 * retry_, kMaxRetry);
  named_ = 0;
  fresh_size_ = 0;
  fresh_ = ::open(fresh_path().c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fresh_ >= 0) return;
  problem("cannot write " + fresh_path());
  go_on_with_old_file();
}

void Journal::continue_rewrite(const Slice& slice) {
  if (!rewriting()) return;
  std::string buffer;
  const bool more = slice([&](std::string_view owner, std::string_view request) {
    append_record(owner, request, buffer);
    if (buffer.size() > 256 * 1024) write_fresh(std::exchange(buffer, {}));
  });
  write_fresh(buffer);
  if (!more && rewriting()) finish_rewrite();
}

void Journal::write_fresh(std::string_view records) {
  if (!rewriting()) return;
  if (!write_all(fresh_, records)) return abandon_rewrite();
  fresh_size_ += records.size();
}

void Journal::finish_rewrite() {
  if (::fdatasync(fresh_) != 0 || ::rename(fresh_path().c_str(), path_.c_str()) != 0)
    return abandon_rewrite();
  ::close(std::exchange(fresh_, -1));
  size_ = fresh_size_;
  incomplete_ = false;
  retry_ = 1;
  open_for_append();
}

void Journal::abandon_rewrite() {
  problem("cannot write " + fresh_path());
  ::close(std::exchange(fresh_, -1));
  ::unlink(fresh_path().c_str());
  go_on_with_old_file();
}

// At start nothing is open yet. The old file is good as far as its records are whole.
void Journal::go_on_with_old_file() {
  if (descriptor_ >= 0) return;
  open_for_append();
  if (descriptor_ < 0 || ::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0) return;
  problem("cannot cut off the end of " + path_);
  ::close(std::exchange(descriptor_, -1));
}

void Journal::open_for_append() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = ::open(path_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) problem("cannot open " + path_);
}

void Journal::append(std::string_view owner, std::string_view request, std::size_t routes) {
  if (lock_ < 0) return;
  named_ += routes;
  record_.clear();
  append_record(owner, request, record_);
  write_fresh(record_);
  if (descriptor_ < 0) {
    incomplete_ = true;
    ++appends_;
    return;
  }
  if (write_all(descriptor_, record_)) {
    size_ += record_.size();
    ++appends_;
    failing_ = false;
    return;
  }
  incomplete_ = true;
  appends_ = 0;
  if (!std::exchange(failing_, true)) problem("cannot write " + path_);
  // Half a record would spoil the next one.
  if (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) open_for_append();
}

}  // namespace lbgp::daemon
