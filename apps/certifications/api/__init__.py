"""The public register for programs: read only, published fields only, the same selectors as the pages."""
