# SPDX-License-Identifier: Apache-2.0
"""ExaBGP's helper program: appends what ExaBGP reports to a file. Its pipe may be non-blocking, so cat will not do."""

import os
import select
import sys

with open(sys.argv[1], "ab", buffering=0) as messages:
    while True:
        select.select([0], [], [])
        data = os.read(0, 65536)
        if not data:
            break
        messages.write(data)
