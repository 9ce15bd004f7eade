// SPDX-License-Identifier: Apache-2.0
// The clauses of a route map's entry: what they ask, and what they do.
#pragma once

#include <cstddef>

#include "rib/policy_eval.hpp"

namespace lbgp::rib {

// `used`: the lists that clauses name. `effort` grows by what it costs.
[[nodiscard]] bool holds(const Policies& used, const Match& match, const PolicyContext& route,
                         const RouteAttributes& attributes, std::size_t& effort);
// Whether a clause asks for more than attributes: what an outcome that is shared by routes has to know.
[[nodiscard]] bool asks_for_route(const Match& match);

void apply_set(const Policies& used, const Set& set, const PolicyContext& route, RouteAttributes& attributes,
               PolicyEffects& effects, std::size_t& effort);
// RFC 4271 §5: an attribute that the originator did not attach is partial. Told by what there was before
// clauses were applied and what there is now.
void mark_attached(const wire::PathAttributes& before, wire::PathAttributes& now);

}  // namespace lbgp::rib
