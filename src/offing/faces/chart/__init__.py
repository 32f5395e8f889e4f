"""Drawing waters as a nautical chart: SVG, one offline HTML page, PNG."""
