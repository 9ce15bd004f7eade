// SPDX-License-Identifier: Apache-2.0
// Names of ORIGIN values.
#include "wire/path_attributes.hpp"

namespace lbgp::wire {

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::Igp:
      return "IGP";
    case Origin::Egp:
      return "EGP";
    case Origin::Incomplete:
      return "incomplete";
  }
  return "unknown";
}

char origin_code(Origin origin) {
  switch (origin) {
    case Origin::Igp:
      return 'i';
    case Origin::Egp:
      return 'e';
    case Origin::Incomplete:
      return '?';
  }
  return '?';
}

}  // namespace lbgp::wire
