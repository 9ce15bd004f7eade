# SPDX-License-Identifier: Apache-2.0
"""The matrix of makes against scenarios: `scenarios` is the table, `plays` what is done, `cell` how one is set up."""
