"""What leaves and enters a node: signed streams, their carriers, receipts."""
