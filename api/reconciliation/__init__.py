"""The reconciliation service that OpenRefine and its kin speak to.

Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group, final report of 2023-04-10).
"""
