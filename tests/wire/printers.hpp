// SPDX-License-Identifier: Apache-2.0
// Lets Catch2 print the values of the wire layer as an operator would read them.
#pragma once

#include <catch2/catch.hpp>
#include <concepts>
#include <string>

#include "wire/format.hpp"

namespace Catch {

template <lbgp::wire::Printable T>
struct StringMaker<T> {
  static std::string convert(const T& value) { return std::string(lbgp::wire::to_string(value)); }
};

}  // namespace Catch
