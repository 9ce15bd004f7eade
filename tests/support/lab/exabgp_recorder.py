# SPDX-License-Identifier: Apache-2.0
"""ExaBGP's helper program: appends what ExaBGP reports to a file, and passes on the orders that come by a FIFO."""

import os
import select
import sys

# Read and write, so that the FIFO does not end with its first writer.
orders = os.open(sys.argv[2], os.O_RDWR)
with open(sys.argv[1], "ab", buffering=0) as messages:
    while True:
        readable = select.select([0, orders], [], [])[0]  # the pipe from ExaBGP may be non-blocking
        if orders in readable:
            os.write(1, os.read(orders, 65536))
        if 0 in readable:
            data = os.read(0, 65536)
            if not data:
                break
            messages.write(data)
