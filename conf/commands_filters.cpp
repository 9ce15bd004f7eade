// SPDX-License-Identifier: Apache-2.0
// Prefix lists and access lists.
#include "conf/rows.hpp"

namespace lbgp::conf {
namespace {

constexpr Row kCommands[] = {
    {kTop,
     Scope::File,
     {"ip prefix-list WORD$name [seq (1-4294967295)$seq] <permit|deny>$action <any|A.B.C.D/M>$prefix "
      "[<ge (0-32)$ge [le (0-32)$le]|le (0-32)$le [ge (0-32)$ge]>]"},
     add_prefix_list_entry,
     remove_prefix_list_entry,
     emit_prefix_lists},
    {kTop,
     Scope::File,
     {"ipv6 prefix-list WORD$name [seq (1-4294967295)$seq] <permit|deny>$action <any|X:X::X:X/M>$prefix "
      "[<ge (0-128)$ge [le (0-128)$le]|le (0-128)$le [ge (0-128)$ge]>]"},
     add_prefix_list_entry,
     remove_prefix_list_entry},
    {kTop,
     Scope::File,
     {"<ip|ipv6> prefix-list WORD$name [seq (1-4294967295)$seq]"},
     nullptr,
     remove_prefix_list},
    {kTop,
     Scope::File,
     {"<ip|ipv6> prefix-list WORD$name description {LINE$description}"},
     describe_prefix_list,
     undescribe_prefix_list},

    {kTop,
     Scope::File,
     {"access-list WORD$name [seq (1-4294967295)$seq] <permit|deny>$action <any|A.B.C.D/M>$prefix "
      "[exact-match]"},
     add_access_list_entry,
     remove_access_list_entry,
     emit_access_lists},
    {kTop,
     Scope::File,
     {"access-list WORD$name [seq (1-4294967295)$seq] <permit|deny>$action <host A.B.C.D$address|"
      "A.B.C.D$address [A.B.C.D$wildcard]>"},
     add_access_list_entry,
     remove_access_list_entry},
    {kTop,
     Scope::File,
     {"access-list WORD$name [seq (1-4294967295)$seq] <permit|deny>$action ip "
      "<any$from|host A.B.C.D$from|A.B.C.D$from A.B.C.D$from-wildcard> "
      "<any$netmask|host A.B.C.D$netmask|A.B.C.D$netmask A.B.C.D$netmask-wildcard>"},
     add_access_list_entry,
     remove_access_list_entry},
    {kTop,
     Scope::File,
     {"ipv6 access-list WORD$name [seq (1-4294967295)$seq] <permit|deny>$action <any|X:X::X:X/M>$prefix "
      "[exact-match]"},
     add_access_list_entry,
     remove_access_list_entry},
    {kTop,
     Scope::File,
     {"<access-list|ipv6 access-list> WORD$name [seq (1-4294967295)$seq]"},
     nullptr,
     remove_access_list},
    {kTop,
     Scope::File,
     {"<access-list|ipv6 access-list> WORD$name remark {LINE$text}"},
     remark_access_list,
     unremark_access_list},
};

}  // namespace

std::span<const Row> filters_commands() {
  return kCommands;
}

}  // namespace lbgp::conf
