"""Pages of the back office: views, elements, menu, refusals."""
