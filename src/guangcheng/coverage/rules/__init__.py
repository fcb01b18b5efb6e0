"""The rules of a standard, executed: plain facts and the numbers of the standard in, a finding with its clause out."""
