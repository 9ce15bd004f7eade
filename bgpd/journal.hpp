// SPDX-License-Identifier: Apache-2.0
// What local clients have announced, kept over a restart: the API requests that changed something, in a file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lbgp::daemon {

// One record a line: CRC-32 of the rest, owner, an API request that does what was done. Records are appended
// with one write() each, so that a kill at any instant tears at most the last one, which was not
// acknowledged. They are not synced to the disk one by one: a power cut takes the clients with it, who
// announce again. Without a usable directory the daemon works all the same and says so.
class Journal {
 public:
  using Replay = std::function<void(std::string_view owner, std::string_view request)>;
  // Calls its argument for the next records that a fresh journal is to have; false: those were the last.
  using Slice = std::function<bool(const Replay&)>;

  explicit Journal(std::string directory);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // What keeps us from starting (another instance has it), or nothing.
  [[nodiscard]] std::string lock();
  // The last daemon on this directory did not say goodbye with mark_clean_stop(): it crashed or was
  // restarted.
  [[nodiscard]] bool was_cut_off() const { return was_cut_off_; }
  void mark_clean_stop();
  // Replays what is there. Records that are damaged are passed over and the file is kept aside for a look.
  // Returns whether a journal existed.
  bool restore(const Replay& replay);
  // `routes`: how many the request names, changed or not.
  void append(std::string_view owner, std::string_view request, std::size_t routes);
  // The file has grown to several times what it would be if it only held the `standing` routes; or records
  // are missing from it, because the disk was full, and now it takes some again.
  [[nodiscard]] bool wants_rewrite(std::size_t standing) const {
    if (rewriting()) return false;
    return (incomplete_ && appends_ >= retry_) ||
           (size_ > kRewriteMinimum && size_ > 4 * fresh_size_ && named_ > 4 * standing);
  }
  // Starts the file anew with what is true, slice by slice, so that no turn is long. What is appended
  // meanwhile goes into both files, which is right whether a slice has passed the route already or will:
  // replaying ends in what was true last. The new file replaces the old one when it is complete and on the
  // disk.
  void begin_rewrite();
  void continue_rewrite(const Slice& slice);
  [[nodiscard]] bool rewriting() const { return fresh_ >= 0; }

  [[nodiscard]] bool usable() const { return descriptor_ >= 0; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  static constexpr std::uint64_t kRewriteMinimum = std::uint64_t{16} << 20;
  static constexpr unsigned kMaxRetry = 1024;
  void problem(std::string_view what);
  [[nodiscard]] std::string fresh_path() const { return path_ + ".new"; }
  void write_fresh(std::string_view records);
  void finish_rewrite();
  void abandon_rewrite();
  void go_on_with_old_file();
  void open_for_append();

  std::string directory_;
  std::string path_;
  int lock_ = -1;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t fresh_size_ = 0;
  std::uint64_t named_ = 0;  // routes in what was appended since it was begun
  int fresh_ = -1;           // the file that is to replace it
  std::string record_;       // kept for its capacity
  bool was_cut_off_ = false;
  bool failing_ = false;     // the last write failed: say so once
  bool incomplete_ = false;  // what was acknowledged is not all in the file
  unsigned appends_ = 0;     // that went well, since the last rewrite or attempt at one
  unsigned retry_ = 1;       // appends until the next attempt; doubles with each that fails
};

}  // namespace lbgp::daemon
