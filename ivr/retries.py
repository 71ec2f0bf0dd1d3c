"""How often and how long the carrier is to ask one of our addresses.

A killed worker is then a request that comes again, instead of an apology. The fragment is neither sent nor signed.
Source: the carrier's connection overrides for webhooks.
"""

from __future__ import annotations

# twice more on any failure; milliseconds to connect, to the first byte, and in all
RETRIES = "#rc=2&rp=all&ct=1500&rt=4000&tt=14000"
