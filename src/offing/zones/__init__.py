"""Areas as sourced claims: how they are built from baselines, read from packs and files, and written."""
