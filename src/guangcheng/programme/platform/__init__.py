"""Who acts, what they may do, and the ledger of everything done. Every other part of the programme stands on it."""
