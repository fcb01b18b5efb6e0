"""Covering with a certificate: which sites to build, what they cover, and how much better any choice could be."""
