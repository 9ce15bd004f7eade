// SPDX-License-Identifier: Apache-2.0
// Where log lines go and what they look like.
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cstdlib>
#include <memory>

#include "bgpd/log/events.hpp"

namespace lbgp::daemon::log {

namespace {

// syslog(3) priorities, which journald reads from "<N>" at the start of a line (sd-daemon(3)).
char priority(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
      return '2';
    case spdlog::level::err:
      return '3';
    case spdlog::level::warn:
      return '4';
    case spdlog::level::info:
      return '6';
    default:
      return '7';
  }
}

class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    for (char c : {'<', priority(message.level), '>'}) out.push_back(c);
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

class JsonText final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string text =
        boost::json::serialize(boost::json::string_view(message.payload.data(), message.payload.size()));
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonText>();
  }
};

// journald names the stream it gave us (systemd.exec(5)) and adds the time itself.
bool under_journald() {
  return std::getenv("JOURNAL_STREAM") != nullptr;
}

const char* pattern(std::string_view format) {
  if (format == "json") return R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":%J})";
  return under_journald() ? "%Q%v" : "%Y-%m-%d %H:%M:%S.%e %-7l %v";
}

}  // namespace

void set_up(std::string_view level, std::string_view format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PriorityFlag>('Q').add_flag<JsonText>('J').set_pattern(pattern(format));
  auto logger = std::make_shared<spdlog::logger>("lbgpd", std::make_shared<spdlog::sinks::stderr_sink_st>());
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(std::string(level)));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace lbgp::daemon::log
