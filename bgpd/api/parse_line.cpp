// SPDX-License-Identifier: Apache-2.0
// The JSON-RPC envelope. A line is read as JSON first, which finds every syntax error and the places of the
// members, and then for what the params mean, so that nothing of a broken line is ever taken for a request.
// Nearly all lines are single requests with sound params behind their method: those are read once, both ways.
#include <algorithm>

#include "bgpd/api/method_params.hpp"
#include "bgpd/api/request.hpp"

namespace lbgp::daemon::api {
namespace {

using Item = std::variant<Request, Rejected>;

RequestId null_id() {
  return {"null"};
}

// The members of a request as they stand in the line; what is wrong with them is kept until the whole text is
// known to be JSON.
struct Envelope {
  const Limits* alone = nullptr;  // the line's, if it has nothing but this request
  std::size_t offset = 0;
  bool has_version = false;
  std::optional<RequestId> id;
  bool has_method = false;
  std::string method;
  std::size_t method_offset = 0;
  std::optional<std::size_t> params;  // where they begin
  std::optional<Call> call;           // … and what they mean, if they were understood on the way
  SeenMembers seen;
  Problem problem;  // the first one
};

Error invalid_request(std::optional<std::size_t> offset, std::string member, std::string reason) {
  return {.code = ErrorCode::InvalidRequest,
          .reason = std::move(reason),
          .prefix = {},
          .member = std::move(member),
          .offset = offset};
}

void note(Envelope& envelope, std::size_t offset, std::string member, std::string reason) {
  if (!envelope.problem) envelope.problem = invalid_request(offset, std::move(member), std::move(reason));
}

// Each reads one member's value and says false only for a syntax error.
bool read_version_member(JsonCursor& cursor, Envelope& envelope) {
  const bool is_string = cursor.peek() == JsonKind::String;
  const std::size_t offset = cursor.offset();
  if (!cursor.skip()) return false;
  envelope.has_version = true;
  if (!is_string || cursor.text().substr(offset, cursor.offset() - offset) != "\"2.0\"")
    note(envelope, offset, "jsonrpc", "must be \"2.0\"");
  return true;
}

bool read_id_member(JsonCursor& cursor, Envelope& envelope) {
  const JsonKind kind = cursor.peek();
  const std::size_t offset = cursor.offset();
  if (!cursor.skip()) return false;
  envelope.id = null_id();
  if (kind != JsonKind::String && kind != JsonKind::Number && kind != JsonKind::Null) {
    note(envelope, offset, "id", "must be a string, a number or null");
  } else if (cursor.offset() - offset > kMaxIdOctets) {
    note(envelope, offset, "id", "longer than 256 octets");
  } else {
    envelope.id->json = cursor.text().substr(offset, cursor.offset() - offset);
  }
  return true;
}

bool read_method_member(JsonCursor& cursor, Envelope& envelope) {
  const JsonKind kind = cursor.peek();
  envelope.method_offset = cursor.offset();
  envelope.has_method = true;
  if (kind != JsonKind::String) {
    note(envelope, envelope.method_offset, "method", "must be a string");
    return cursor.skip();
  }
  JsonString string;
  std::string scratch;
  if (!cursor.read_string(string)) return false;
  envelope.method = unescaped(string, scratch);
  return true;
}

Budget new_budget(const Limits& limits) {
  return {limits.prefixes, limits.route_octets, limits.community_octets};
}

// Takes the params if there is nothing against them. Else nothing has happened: what is wrong comes out
// later, when it is known that there is nothing worse.
bool understand_at_once(JsonCursor& cursor, Envelope& envelope) {
  const Method* method = find_method(envelope.method);
  if (envelope.alone == nullptr || method == nullptr) return false;
  JsonCursor ahead = cursor;
  Budget budget = new_budget(*envelope.alone);
  Result<Call> call = method->read(&ahead, budget);
  if (call.has_error()) return false;
  envelope.call = *std::move(call);
  cursor = ahead;
  return true;
}

bool read_params_member(JsonCursor& cursor, Envelope& envelope) {
  (void)cursor.peek();
  envelope.params = cursor.offset();
  return understand_at_once(cursor, envelope) || cursor.skip();
}

struct EnvelopeRule {
  std::string_view name;
  bool (*read)(JsonCursor&, Envelope&);
};
constexpr std::array<EnvelopeRule, 4> kRules{{{"jsonrpc", read_version_member},
                                              {"id", read_id_member},
                                              {"method", read_method_member},
                                              {"params", read_params_member}}};

// False: not JSON.
bool read_envelope(JsonCursor& cursor, Envelope& envelope) {
  const bool is_object = cursor.peek() == JsonKind::Object;
  envelope.offset = cursor.offset();
  if (!is_object) {
    note(envelope, envelope.offset, "", "a request must be an object");
    return cursor.skip();
  }
  if (!cursor.enter_object()) return false;
  JsonString key;
  std::string scratch;
  for (bool first = true; cursor.next_member(first, key);) {
    const std::string_view name = unescaped(key, scratch);
    std::size_t rule = 0;
    while (rule < kRules.size() && kRules[rule].name != name) ++rule;
    const bool known = rule < kRules.size();
    if (!known) note(envelope, key.offset, shortened(name), "unknown member " + quoted(name));
    if (known && envelope.seen.test(rule))
      note(envelope, key.offset, std::string(name), "the member is there twice");
    if (known) envelope.seen.set(rule);
    if (!(known ? kRules[rule].read(cursor, envelope) : cursor.skip())) return false;
  }
  return cursor.ok();
}

// Whoever sent something that is no request at all cannot have meant a notification.
Item reject_envelope(Envelope& envelope) {
  return Rejected{envelope.id ? std::move(envelope.id) : null_id(), std::move(*envelope.problem)};
}

Error unknown_method(const Envelope& envelope) {
  return {.code = ErrorCode::MethodNotFound,
          .reason = "no method " + quoted(envelope.method) + "; there are " + method_names(),
          .prefix = {},
          .member = "method",
          .offset = envelope.method_offset};
}

Item understand(std::string_view line, Envelope& envelope, Budget& budget) {
  if (!envelope.has_version) note(envelope, envelope.offset, "jsonrpc", "the member is missing");
  if (!envelope.has_method) note(envelope, envelope.offset, "method", "the member is missing");
  if (envelope.problem) return reject_envelope(envelope);
  if (envelope.call) return Request{std::move(envelope.id), *std::move(envelope.call)};
  const Method* method = find_method(envelope.method);
  if (method == nullptr) return Rejected{std::move(envelope.id), unknown_method(envelope)};
  JsonCursor cursor(line, envelope.params.value_or(0));
  Result<Call> call = method->read(envelope.params ? &cursor : nullptr, budget);
  if (call.has_error()) return Rejected{std::move(envelope.id), std::move(call).error()};
  return Request{std::move(envelope.id), *std::move(call)};
}

ParsedLine only(Error error) {
  ParsedLine parsed;
  parsed.items.emplace_back(Rejected{null_id(), std::move(error)});
  return parsed;
}

// All envelopes of a line; an error: the line is answered as a whole.
Result<std::vector<Envelope>> read_envelopes(JsonCursor& cursor, bool batch, const Limits& limits) {
  std::vector<Envelope> envelopes;
  bool too_many = false;
  if (!batch) {
    envelopes.emplace_back().alone = &limits;
    if (!read_envelope(cursor, envelopes.back())) return syntax_error(cursor);
  } else if (cursor.enter_array()) {
    for (bool first = true; cursor.next_element(first);) {
      too_many = too_many || envelopes.size() == limits.requests;
      if (too_many ? !cursor.skip() : !read_envelope(cursor, envelopes.emplace_back())) break;
    }
  }
  if (!cursor.at_end()) return syntax_error(cursor);
  if (envelopes.empty()) return invalid_request(0, "", "an empty batch");
  if (!too_many) return envelopes;
  Error error = invalid_request(std::nullopt, "",
                                "more than " + std::to_string(limits.requests) + " requests in one batch");
  error.code = ErrorCode::RequestTooLarge;
  return error;
}

}  // namespace

ParsedLine parse_line(std::string_view line, const Limits& limits) {
  JsonCursor cursor(line);
  ParsedLine parsed;
  parsed.batch = cursor.peek() == JsonKind::Array;
  auto envelopes = read_envelopes(cursor, parsed.batch, limits);
  if (envelopes.has_error()) return only(std::move(envelopes).error());
  Budget budget = new_budget(limits);
  parsed.items.reserve(envelopes->size());
  for (Envelope& envelope : *envelopes) parsed.items.push_back(understand(line, envelope, budget));
  return parsed;
}

}  // namespace lbgp::daemon::api
