"""One price from what several exchanges say, by the methods of published indices. Pure."""

from spotprice.consensus.finding import find_consensus
from spotprice.consensus.words import RULES, Consensus, Rules, Tether

__all__ = ["RULES", "Consensus", "Rules", "Tether", "find_consensus"]
