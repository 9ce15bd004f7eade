// SPDX-License-Identifier: Apache-2.0
// JSON straight into the output, without a tree in between.
#include "bgpd/api/replies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <type_traits>

#include "bgpd/api/method_params.hpp"
#include "wire/utf8.hpp"

namespace lbgp::daemon::api {
namespace {

template <typename... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void append_string_member(std::string_view name, std::string_view value, std::string& out) {
  append(out, ",\"{}\":", name);
  append_json_string(value, out);
}

// Extended communities as they are asked for, in lower case: "rt:65010:7".
template <typename T>
std::string text_of(const T& community) {
  std::string text = to_string(community);
  if constexpr (std::is_same_v<T, wire::ExtCommunity>)
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// ,"name":["…","…"] for a set that is not empty.
template <typename T>
void append_set(std::string_view name, const wire::SortedSet<T>& set, std::string& out) {
  if (set.empty()) return;
  append(out, ",\"{}\":", name);
  char separator = '[';
  for (const T& item : set) {
    out += separator;
    append_json_string(text_of(item), out);
    separator = ',';
  }
  out += ']';
}

void append_path(const wire::AsPath& path, std::string& out) {
  if (path.empty()) return;
  out += ",\"as_path_prepend\":";
  char separator = '[';
  for (const wire::AsSegment& segment : path.segments())
    for (const wire::AsNumber as : segment.as_numbers) {
      append(out, "{}{}", separator, as.value());
      separator = ',';
    }
  out += ']';
}

void append_labels(const rib::Labels& labels, std::string& out) {
  if (labels.empty()) return;
  out += ",\"labels\":";
  char separator = '{';
  for (const auto& [key, value] : labels) {
    out += separator;
    append_json_string(key, out);
    out += ':';
    append_json_string(value, out);
    separator = ',';
  }
  out += '}';
}

std::string_view origin_name(wire::Origin origin) {
  switch (origin) {
    case wire::Origin::Igp:
      return "igp";
    case wire::Origin::Egp:
      return "egp";
    case wire::Origin::Incomplete:
      break;
  }
  return "incomplete";
}

void append_attributes(const wire::PathAttributes& attributes, std::string& out) {
  append(out, ",\"origin\":\"{}\"", origin_name(attributes.origin));
  append_set("communities", attributes.communities, out);
  append_set("large_communities", attributes.large_communities, out);
  append_set("ext_communities", attributes.ext_communities, out);
  if (attributes.med) append(out, ",\"med\":{}", *attributes.med);
  if (attributes.local_pref) append(out, ",\"local_pref\":{}", *attributes.local_pref);
  append_path(attributes.as_path, out);
  if (!attributes.next_hop.address.is_unspecified())
    append_string_member("next_hop", to_string(attributes.next_hop.address), out);
}

void append_prefixes(const std::vector<wire::Prefix>& prefixes, std::string& out) {
  out += "\"prefixes\":[";
  for (const wire::Prefix& prefix : prefixes) {
    out += '"';
    append_to(out, prefix);
    out += "\",";
  }
  if (!prefixes.empty()) out.pop_back();
  out += ']';
}

void append_next_hops(const wire::PerFamily<std::optional<wire::IpAddress>>& next_hop, std::string& out) {
  char separator = '{';
  for (const wire::Family family : wire::kFamilies) {
    if (!next_hop[family]) continue;
    out += separator == '{' ? ",\"next_hop\":{" : ",";
    append(out, "\"{}\":\"{}\"", family == wire::Family::Ipv4Unicast ? "ipv4" : "ipv6",
           to_string(*next_hop[family]));
    separator = ',';
  }
  if (separator == ',') out += '}';
}

void append_group(const RouteGroup& group, std::string& out) {
  out += '{';
  append_prefixes(group.prefixes, out);
  append_attributes(group.attributes, out);
  if (group.as_path_prepend.own_times > 0)
    append(out, ",\"as_path_prepend\":{}", group.as_path_prepend.own_times);
  else if (!group.as_path_prepend.as_numbers.empty())
    append_path(wire::AsPath::sequence(group.as_path_prepend.as_numbers), out);
  append_next_hops(group.next_hop, out);
  append_labels(group.labels, out);
  out += '}';
}

void append_route_request(std::string_view method, const std::vector<RouteGroup>& groups, std::string& out) {
  append(out, R"({{"jsonrpc":"2.0","method":"{}","params":{{"routes":[)", method);
  for (const RouteGroup& group : groups) {
    append_group(group, out);
    out += ',';
  }
  if (!groups.empty()) out.pop_back();
  out += "]}}";
}

void append_error(const Error& error, std::string& out) {
  append(out,
         "{{\"code\":{},\"message\":\"{}\",\"data\":{{\"reason\":", static_cast<std::int32_t>(error.code),
         message(error.code));
  append_json_string(error.reason, out);
  if (!error.prefix.empty()) append_string_member("prefix", error.prefix, out);
  if (!error.member.empty()) append_string_member("member", error.member, out);
  if (error.offset) append(out, ",\"offset\":{}", *error.offset);
  out += "}}";
}

void append_escaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      append(out, "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = wire::utf8_character_size(text.substr(i));
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
    } else if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') {
      append_escaped(text[i++], out);
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
  out += '"';
}

bool Replies::begin(const std::optional<RequestId>& id) {
  if (!id) return false;
  if (!empty_) {
    out_ += ',';
  } else if (batch_) {
    out_ += '[';
  }
  empty_ = false;
  append(out_, R"({{"jsonrpc":"2.0","id":{},)", id->json);
  return true;
}

void Replies::member(std::string_view name, std::uint64_t value, bool first) {
  append(out_, "{}\"{}\":{}", first ? "\"result\":{" : ",", name, value);
}

void Replies::error(const std::optional<RequestId>& id, const Error& error) {
  if (!begin(id)) return;
  out_ += "\"error\":";
  append_error(error, out_);
  out_ += '}';
}

void Replies::announced(const std::optional<RequestId>& id, const AnnounceResult& result) {
  if (!begin(id)) return;
  member("accepted", result.accepted, true);
  member("changed", result.changed);
  member("commit", result.commit);
  out_ += "}}";
}

void Replies::withdrawn(const std::optional<RequestId>& id, const WithdrawResult& result) {
  if (!begin(id)) return;
  member("accepted", result.accepted, true);
  member("changed", result.changed);
  member("not_found", result.not_found);
  member("commit", result.commit);
  out_ += "}}";
}

void Replies::synced(const std::optional<RequestId>& id, const SyncResult& result) {
  if (!begin(id)) return;
  member("announced", result.announced, true);
  member("withdrawn", result.withdrawn);
  member("unchanged", result.unchanged);
  member("commit", result.commit);
  out_ += "}}";
}

void Replies::version(const std::optional<RequestId>& id, std::string_view product_version) {
  if (!begin(id)) return;
  out_ += R"("result":{"name":"lbgpd")";
  append_string_member("version", product_version, out_);
  member("protocol", kProtocolVersion);
  out_ += ",\"methods\":";
  char separator = '[';
  for (const std::string_view name : kMethodNames) {
    append(out_, "{}\"{}\"", separator, name);
    separator = ',';
  }
  out_ += "]}}";
}

void Replies::begin_list(const std::optional<RequestId>& id) {
  listing_ = begin(id);
  listed_ = 0;
  if (listing_) out_ += R"("result":{"routes":[)";
}

void Replies::list_route(std::string_view owner, const rib::LocalRoute& route) {
  if (!listing_) return;
  append(out_, "{}{{\"prefix\":\"{}\"", listed_ == 0 ? "" : ",", to_string(route.prefix));
  append_string_member("owner", owner, out_);
  append_attributes(route.attributes, out_);
  append_labels(route.labels, out_);
  out_ += '}';
  ++listed_;
}

void Replies::end_list() {
  if (!listing_) return;
  append(out_, "],\"count\":{}}}}}", listed_);
  listing_ = false;
}

void Replies::finish() {
  if (empty_) return;
  out_ += batch_ ? "]\n" : "\n";
}

void append_announce_request(const rib::LocalRoutes& routes, std::string& out) {
  out += R"({"jsonrpc":"2.0","method":"announce","params":{)";
  append_prefixes(routes.prefixes, out);
  append_attributes(routes.attributes, out);
  append_labels(routes.labels, out);
  out += "}}";
}

void append_request(const Announce& announce, std::string& out) {
  append_route_request("announce", announce.routes, out);
}

void append_request(const Withdraw& withdraw, std::string& out) {
  out += R"({"jsonrpc":"2.0","method":"withdraw","params":{)";
  append_prefixes(withdraw.prefixes, out);
  out += "}}";
}

void append_request(const Sync& sync, std::string& out) {
  append_route_request("sync", sync.routes, out);
}

std::string error_line(const Error& error) {
  std::string out;
  Replies replies(out, false);
  replies.error(RequestId{"null"}, error);
  replies.finish();
  return out;
}

}  // namespace lbgp::daemon::api
