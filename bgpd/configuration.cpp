// SPDX-License-Identifier: Apache-2.0
// The configuration file, read and understood.
#include "bgpd/configuration.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "bgpd/read_file.hpp"
#include "conf/parse.hpp"

namespace lbgp::daemon {

namespace {

constexpr std::uint64_t kMaxSize = std::uint64_t{8} << 20;

struct File {
  std::string text;
  std::string problem;
  std::string warning;
};

File read_file(const std::string& path) {
  const auto failed = [&] { return File{"", fmt::format("{}: error: {}", path, std::strerror(errno)), ""}; };
  const Descriptor file_descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat found {};
  if (file_descriptor.number < 0 || ::fstat(file_descriptor.number, &found) != 0) return failed();
  if (!S_ISREG(found.st_mode)) return {"", fmt::format("{}: error: this is not a file", path), ""};
  if (static_cast<std::uint64_t>(found.st_size) > kMaxSize)
    return {"", fmt::format("{}: error: more than {} octets are no configuration", path, kMaxSize), ""};
  File file;
  if (!read_all(file_descriptor.number, file.text, kMaxSize)) return failed();
  const bool has_password = file.text.find("password") != std::string::npos;
  if (has_password && (found.st_mode & S_IROTH) != 0)
    file.warning = fmt::format("{}: warning: it holds a password and everybody may read it", path);
  return file;
}

conf::Position place_of(const conf::Config& config, const conf::Neighbor& neighbor) {
  const auto said = config.router->neighbors.find(fsm::PeerKey::of(neighbor.transport));
  if (said == config.router->neighbors.end()) return {1, 1};
  return said->second.place;
}

}  // namespace

LoadedConfiguration load_configuration(const std::string& path) {
  LoadedConfiguration result;
  const File file = read_file(path);
  if (!file.problem.empty()) {
    result.problems.push_back(file.problem);
    return result;
  }
  if (!file.warning.empty()) result.warnings.push_back(file.warning);
  conf::Loaded loaded = conf::load(file.text);
  for (const conf::Diagnostic& diagnostic : loaded.diagnostics) {
    auto& list = diagnostic.severity == conf::Severity::Error ? result.problems : result.warnings;
    list.push_back(to_string(diagnostic, path));
  }
  // Cut off by a full disk, or not written yet: no reason to end every session.
  if (loaded.config == conf::Config{} && result.problems.empty())
    result.problems.push_back(fmt::format("{}:1:1: error: there is no configuration in this file", path));
  else if (loaded.ok() && !loaded.compiled.has_router)
    result.warnings.push_back(fmt::format("{}: warning: without \"router bgp\" nothing is announced", path));
  for (const conf::Neighbor& neighbor : loaded.compiled.neighbors)
    if (neighbor.session.families.empty())
      result.warnings.push_back(
          to_string(conf::Diagnostic{conf::Severity::Warning, place_of(loaded.config, neighbor),
                                     fmt::format("neighbor {} has no address family activated: there will "
                                                 "be no session",
                                                 neighbor.name)},
                    path));
  result.configuration = {std::move(loaded.config), std::move(loaded.compiled)};
  result.foreign = std::move(loaded.foreign);
  return result;
}

}  // namespace lbgp::daemon
