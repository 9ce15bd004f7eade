// SPDX-License-Identifier: Apache-2.0
// Text of durations, dates and sizes.
#include "bgpd/cli/units.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace lbgp::daemon::cli {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWeek = 7 * kDay;
constexpr std::int64_t kYear = 365 * kDay;

constexpr std::array<std::string_view, 7> kDayNames{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonthNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string uptime_text(std::optional<milliseconds> uptime) {
  if (!uptime) return "never";
  const std::int64_t s = std::max<std::int64_t>(0, std::chrono::floor<seconds>(*uptime).count());
  if (s < kDay) return fmt::format("{:02}:{:02}:{:02}", s / kHour, s % kHour / kMinute, s % kMinute);
  if (s < kWeek) return fmt::format("{}d{:02}h{:02}m", s / kDay, s % kDay / kHour, s % kHour / kMinute);
  if (s < kYear) return fmt::format("{:02}w{}d{:02}h", s / kWeek, s % kWeek / kDay, s % kDay / kHour);
  return fmt::format("{:02}y{:02}w{}d", s / kYear, s % kYear / kWeek, s % kYear % kWeek / kDay);
}

std::string date_text(Epoch when, seconds utc_offset) {
  using namespace std::chrono;
  const sys_seconds local{seconds(when) + utc_offset};
  const sys_days day = floor<days>(local);
  const year_month_day date{day};
  const hh_mm_ss time{local - day};
  return fmt::format("{} {} {:2} {:02}:{:02}:{:02} {}", kDayNames[weekday{day}.c_encoding()],
                     kMonthNames[unsigned{date.month()} - 1], unsigned{date.day()}, time.hours().count(),
                     time.minutes().count(), time.seconds().count(), int{date.year()});
}

std::string memory_text(std::size_t octets) {
  struct Unit {
    std::size_t size;
    std::string_view name;
  };
  constexpr std::array<Unit, 3> kUnits{
      {{std::size_t{1} << 30, "GiB"}, {std::size_t{1} << 20, "MiB"}, {std::size_t{1} << 10, "KiB"}}};
  for (const Unit& unit : kUnits)
    if (octets / unit.size > 10) return fmt::format("{} {}", octets / unit.size, unit.name);
  return fmt::format("{} bytes", octets);
}

std::int64_t whole_msec(milliseconds duration) {
  return std::chrono::floor<seconds>(duration).count() * 1000;
}

}  // namespace lbgp::daemon::cli
