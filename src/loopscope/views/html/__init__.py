"""A recording as one HTML file: what is drawn is prepared here, the page's scripts only draw it."""
