"""The door over HTTP: every table and figure of a logbook as JSON, CSV, Parquet and GeoJSON, and the page. Reads only."""
