// SPDX-License-Identifier: Apache-2.0
// Faults and announcements of an UPDATE while it is being read.
#include "wire/update_draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/nlri.hpp"

namespace lbgp::wire {

namespace {

// A hostile UPDATE may hold thousands of faults; this many tell the story.
constexpr std::size_t kMaxFaults = 16;

}  // namespace

void UpdateDraft::fault(Grade grade, std::uint8_t attribute, AttributeError error, ByteView data) {
  if (grade == Grade::TreatAsWithdraw && !withdraw_error)
    withdraw_error =
        make_error(ErrorCode::UpdateMessage, error.subcode, error.reason, {data.begin(), data.end()});
  note({grade, attribute, std::move(error.reason)});
}

void UpdateDraft::note(UpdateFault fault) {
  const bool first_withdraw = fault.grade == Grade::TreatAsWithdraw && !update.treat_as_withdraw;
  update.treat_as_withdraw = update.treat_as_withdraw || first_withdraw;
  if (update.faults.size() == kMaxFaults) {
    // Full. What takes the routes away is worth more than the last of the small ones.
    if (!first_withdraw) return;
    update.faults.pop_back();
  }
  update.faults.push_back(std::move(fault));
}

void UpdateDraft::announce(Family family, const NextHop& via, std::vector<Nlri> nlri,
                           std::uint8_t attribute) {
  has_reachable = has_reachable || !nlri.empty();
  const auto senseless = [](const Nlri& each) { return !is_unicast(each.prefix); };
  if (const auto first = std::find_if(nlri.begin(), nlri.end(), senseless); first != nlri.end()) {
    const std::string example = to_string(first->prefix);
    const std::size_t count = std::erase_if(nlri, senseless);
    fault(Grade::AttributeDiscard, attribute,
          {subcode::kInvalidNetworkField,
           fmt::format("{} is no unicast prefix: ignored ({} such in all)", example, count)});
  }
  if (!nlri.empty()) update.reach.push_back({family, via, std::move(nlri)});
}

}  // namespace lbgp::wire
