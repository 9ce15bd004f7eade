# SPDX-License-Identifier: Apache-2.0
"""The numbers of every cell.

    node 172.29.51.11, fd47:25e1:2f96:51::11 ──┬── router 172.29.51.1, fd47:25e1:2f96:51::1
    third 172.29.51.21, 172.29.51.22 ───────────┘
"""

NODE_AS, ROUTER_AS = 64512, 64513
NODE = {4: "172.29.51.11", 6: "fd47:25e1:2f96:51::11"}
ROUTER = {4: "172.29.51.1", 6: "fd47:25e1:2f96:51::1"}
VIP = {4: "172.29.52.100/32", 6: "fd47:25e1:2f96:52:100::64/128"}
OTHER_VIP = "172.29.52.101/32"
# What the router announces.
ORIGIN, OTHER_ORIGIN = "172.29.53.1/32", "172.29.53.2/32"
ORIGIN6 = "fd47:25e1:2f96:53::1/128"
# Further speakers on the same network.
THIRDS = {"172.29.51.21": 64601, "172.29.51.22": 64602}
