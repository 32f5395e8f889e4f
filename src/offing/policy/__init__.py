"""Who may have what: labels, decisions, coarsening, reach. Always with the reason."""
