"""One's own page: picture, e-mail, language, first page, notices (OFF-10)."""
