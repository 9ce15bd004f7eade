# SPDX-License-Identifier: Apache-2.0
"""All that is measured, in the order of the tables."""

from .bird import Bird
from .exabgp import Exabgp
from .frr import Frr
from .gobgp import Gobgp
from .lbgpd import Lbgpd
from .limit import Limit
from .openbgpd import Openbgpd

SPEAKERS = (Lbgpd, Bird, Frr, Gobgp, Openbgpd, Exabgp, Limit)
