// SPDX-License-Identifier: Apache-2.0
// A file replaced as a whole: whoever reads it sees the old text or the new one, also after a power cut.
#pragma once

#include <string>
#include <string_view>

namespace lbgp::daemon {

// The new file gets owner, group and mode of the old one, which stays beside it as FILE.sav, as in FRR.
// A symbolic link keeps pointing where it did. Empty: done. Else what the operating system says against it;
// the old file is then as it was.
[[nodiscard]] std::string replace_file(const std::string& path, std::string_view text);

}  // namespace lbgp::daemon
