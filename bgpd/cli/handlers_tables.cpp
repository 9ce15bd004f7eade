// SPDX-License-Identifier: Apache-2.0
// Commands whose answer is as long as a table: it is given section by section.
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <utility>

#include "bgpd/cli/handler_parts.hpp"
#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/route_filter.hpp"
#include "bgpd/cli/show_adj_rib.hpp"
#include "rib/policy_eval.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

using wire::Family;

constexpr std::size_t kSection = 1024;  // prefixes; half a MiB of JSON, more in detail

// --- the table
// ------------------------------------------------------------------------------------------------

bool is_detailed(const Request& request) {
  return request.id == CommandId::ShowTableDetail || request.detail;
}

struct TablePart {
  Family family;
  RouteFilter filter;
};

class TableAnswer final : public Answer {
 public:
  TableAnswer(Request request, std::vector<TablePart> parts)
      : request_(std::move(request)), parts_(std::move(parts)) {}

  bool next(Source& source, std::string& out) override {
    if (!std::exchange(begun_, true)) begin(out);
    if (part_ < parts_.size() && !next_section(source, out)) ++part_;
    if (part_ < parts_.size()) return true;
    end(out);
    return false;
  }

 private:
  [[nodiscard]] bool of_all_vrfs() const { return request_.vrf == "all"; }

  void begin(std::string& out) {
    if (!request_.json) {
      if (of_all_vrfs()) out += "\nInstance default:\n";
      return;
    }
    json_.open(out);
    if (of_all_vrfs()) json_.open(out, "default");
  }

  void end(std::string& out) {
    if (!request_.json) return;
    if (of_all_vrfs()) json_.close(out);
    json_.close(out);
  }

  // False: the family is complete.
  bool next_section(Source& source, std::string& out) {
    const TablePart& part = parts_[part_];
    // The whole instance may be gone meanwhile.
    const bool there = source.has_instance();
    if (!there && !text_ && !table_) return false;
    if (!text_ && !table_) begin_family(source.table_head(part.family), out);
    const bool more = there && add_section(source, part, out);
    if (!more) end_family(out);
    return more;
  }

  bool add_section(Source& source, const TablePart& part, std::string& out) {
    section_.most = kSection;
    const std::uint64_t since = request_.filter == TableFilter::Version ? request_.number : 0;
    const auto add = [&](const RouteData& route) {
      text_ ? text_->add(route, out) : table_->add(route, out);
    };
    return source.for_each_route(part.family, is_detailed(request_), section_, [&](const RouteData& route) {
      if (route.version >= since) visit_wanted(part.filter, route, add);
    });
  }

  void begin_family(const TableHead& head, std::string& out) {
    section_ = {};
    if (!request_.json) {
      if (request_.all_families)
        out += fmt::format("\nFor address family: {}\n", wire::to_string(head.family));
      text_.emplace(head, TableText::Form{.wide = request_.wide,
                                          .detail = is_detailed(request_),
                                          .filtered = request_.filter != TableFilter::None});
      return;
    }
    if (request_.all_families) json_.open(out, wire::json_key(head.family));
    table_.emplace(head, is_detailed(request_), json_);
    table_->begin(out);
  }

  void end_family(std::string& out) {
    if (text_) text_->finish(out);
    if (table_) table_->finish(out);
    if (table_ && request_.all_families) json_.close(out);
    text_.reset();
    table_.reset();
  }

  Request request_;
  std::vector<TablePart> parts_;
  std::size_t part_ = 0;  // which of them is next
  bool begun_ = false;
  rib::Section section_;
  JsonStream json_;
  std::optional<TableText> text_;  // one of the two, while a family is being shown
  std::optional<TableJson> table_;
};

// --- what a neighbor has sent, or been sent
// -------------------------------------------------------------------

// `… PREFIX`, `… route-map NAME`: which of the entries are wanted.
using AdjFilter = std::function<bool(const rib::AdjView&)>;

AdjFilter adjacent_filter(const Request& request, Source& source, Family family) {
  const std::optional<wire::Prefix> wanted = request.prefix;
  if (request.route_map.empty())
    return [wanted](const rib::AdjView& entry) { return !wanted || entry.prefix == *wanted; };
  return [wanted,
          policy = rib::Policy(source.policies(), family, "", request.route_map)](const rib::AdjView& entry) {
    rib::RouteAttributes attributes{*entry.attributes, 0};
    rib::PolicyEffects effects;
    return (!wanted || entry.prefix == *wanted) &&
           policy.apply({entry.prefix, std::nullopt}, attributes, effects);
  };
}

// Writes entries in full, as paths of a route that is shown alone.
class AdjDetails {
 public:
  AdjDetails(TableHead head, const Request& request, JsonStream& json)
      : head_(std::move(head)), request_(request), json_(json) {}

  void begin(std::string& out) {
    if (request_.json) json_.open(out, routes_key(request_.routes));
  }

  void add(const rib::AdjView& entry, std::string& out) {
    PathData path;
    path.path.attributes = entry.attributes;
    path.path.valid = true;
    path.path.best = entry.best;
    path.path.stale = entry.stale;
    path.path.path_id = entry.path_id;
    path.peer = request_.neighbor;
    const RouteData route{entry.prefix, head_.version, {&path, 1}, {}};
    if (!request_.json) {
      out += route_text(head_, route) + '\n';
      return;
    }
    if (last_ != entry.prefix) write_pending(out);
    last_ = entry.prefix;
    pending_ = route_json(head_, route);
  }

  void finish(std::string& out) {
    if (!request_.json) return;
    write_pending(out);
    json_.close(out);
  }

 private:
  // With ADD-PATH a prefix may come several times, and a member only once.
  void write_pending(std::string& out) {
    if (last_) json_.add(out, wire::to_string(*last_), std::move(pending_));
  }

  TableHead head_;
  const Request& request_;
  JsonStream& json_;
  std::optional<wire::Prefix> last_;
  json::object pending_;
};

// The same of all four forms. The writer adds to `out`; JSON is members of one object.
class NeighborAnswer : public Answer {
 public:
  NeighborAnswer(Request request, Family family) : request_(std::move(request)), family_(family) {}

  bool next(Source& source, std::string& out) override {
    if (!std::exchange(begun_, true)) {
      if (request_.json) json_.open(out);
      begin(out);
    }
    section_.most = kSection;
    if (source.has_instance() && add_section(source, out)) return true;
    finish(out);
    if (request_.json) json_.close(out);
    return false;
  }

 protected:
  virtual void begin(std::string& out) = 0;
  virtual bool add_section(Source& source, std::string& out) = 0;
  virtual void finish(std::string& out) = 0;

  Request request_;
  Family family_;
  rib::Section section_;
  JsonStream json_;

 private:
  bool begun_ = false;
};

// `routes`: what of the table has come from the neighbor.
class AcceptedAnswer final : public NeighborAnswer {
 public:
  AcceptedAnswer(Request request, const TableHead& head)
      : NeighborAnswer(std::move(request), head.family),
        text_(head, {.wide = request_.wide, .detail = false, .filtered = true}),  // FRR says nothing
        table_(head, false, json_) {}

 private:
  void begin(std::string& out) override {
    if (request_.json) table_.begin(out);
  }
  bool add_section(Source& source, std::string& out) override {
    return source.for_each_route(family_, false, section_, [&](const RouteData& route) {
      std::vector<PathData> paths;
      for (const PathData& path : route.paths)
        if (path.peer == request_.neighbor && request_.routes == RouteSelection::Accepted)
          paths.push_back(path);
      if (paths.empty()) return;
      const RouteData theirs{route.prefix, route.version, paths, {}};
      request_.json ? table_.add(theirs, out) : text_.add(theirs, out);
    });
  }
  void finish(std::string& out) override { request_.json ? table_.finish(out) : text_.finish(out); }

  TableText text_;
  TableJson table_;
};

// The others: entries of an Adj-RIB, or shown as if they were.
class AdjacentAnswer final : public NeighborAnswer {
 public:
  AdjacentAnswer(Request request, const TableHead& head, AdjFilter wanted, bool originates_default)
      : NeighborAnswer(std::move(request), head.family),
        wanted_(std::move(wanted)),
        in_full_(request_.detail || request_.prefix),
        details_(head, request_, json_),
        text_(head, {request_.routes, request_.wide, originates_default}),
        table_(head, {request_.routes, request_.wide, originates_default}, json_) {}

 private:
  void begin(std::string& out) override {
    if (in_full_)
      details_.begin(out);
    else if (request_.json)
      table_.begin(out);
  }

  bool add_section(Source& source, std::string& out) override {
    if (request_.routes == RouteSelection::BestPath)
      return source.for_each_route(family_, false, section_,
                                   [&](const RouteData& route) { add_best(route, out); });
    const RouteSelection stored =
        request_.routes == RouteSelection::Filtered ? RouteSelection::Received : request_.routes;
    return source.for_each_adjacent(
        request_.neighbor, family_, stored, section_, [&](const rib::AdjView& entry) {
          const bool denied_only = request_.routes == RouteSelection::Filtered && request_.detail;
          if (wanted_(entry) && (entry.filtered || !denied_only)) add(entry, out);
        });
  }

  void add_best(const RouteData& route, std::string& out) {
    for (const PathData& path : route.paths)
      if (path.path.best && path.peer == request_.neighbor)
        add({route.prefix, path.path.path_id, path.path.attributes, false, true, path.path.stale}, out);
  }

  void add(const rib::AdjView& entry, std::string& out) {
    if (in_full_)
      details_.add(entry, out);
    else
      request_.json ? table_.add(entry, out) : text_.add(entry, out);
  }

  void finish(std::string& out) override {
    if (in_full_)
      details_.finish(out);
    else
      request_.json ? table_.finish(out) : text_.finish(out);
  }

  AdjFilter wanted_;
  bool in_full_;
  AdjDetails details_;
  AdjRibText text_;
  AdjRibJson table_;
};

// With no family named FRR takes IPv6; where the neighbor does not speak that, the one that it has.
std::optional<Family> neighbor_family(const Request& request, wire::FamilySet activated) {
  const Family wanted = request.family.value_or(Family::Ipv6Unicast);
  if (activated.contains(wanted)) return wanted;
  if (!request.family && activated.contains(Family::Ipv4Unicast)) return Family::Ipv4Unicast;
  return std::nullopt;
}

}  // namespace

Outcome show_table(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  std::vector<TablePart> parts;
  for (const Family family : table_families(request)) {
    parts.push_back({family, make_filter(request, family, source.policies())});
    if (!parts.back().filter.error.empty()) return {parts.back().filter.error, Code::Warning};
  }
  return {"", Code::Success, std::make_unique<TableAnswer>(request, std::move(parts))};
}

Outcome show_neighbor_routes(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  std::optional<Family> family;
  bool stored = false;
  bool default_sent = false;
  const bool found = source.find_neighbor(request.neighbor, [&](const NeighborData& data) {
    family = neighbor_family(request, data.config->session.families);
    if (!family) return;
    stored = data.config->routes.families[*family].soft_reconfiguration_inbound;
    default_sent = data.families[*family].counters.default_sent;
  });
  if (!found) return neighbor_warning(request, "No such neighbor in this view/vrf");
  if (!family) return neighbor_warning(request, "No such neighbor or address family");
  const bool inbound =
      request.routes == RouteSelection::Received || request.routes == RouteSelection::Filtered;
  if (inbound && !stored) return neighbor_warning(request, "Inbound soft reconfiguration not enabled");
  if (!request.route_map.empty() && !source.policies().route_maps.contains(request.route_map))
    return {fmt::format("% {} route-map not found\n", request.route_map), Code::Warning};
  const TableHead head = source.table_head(*family);
  if (request.routes == RouteSelection::Accepted || request.routes == RouteSelection::Dampened)
    return {"", Code::Success, std::make_unique<AcceptedAnswer>(request, head)};
  return {"", Code::Success,
          std::make_unique<AdjacentAnswer>(request, head, adjacent_filter(request, source, *family),
                                           default_sent && !inbound)};
}

}  // namespace lbgp::daemon::cli
