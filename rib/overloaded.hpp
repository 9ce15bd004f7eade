// SPDX-License-Identifier: Apache-2.0
// std::visit with a lambda per alternative.
#pragma once

namespace lbgp::rib {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace lbgp::rib
