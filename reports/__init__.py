"""Documents: what people print, hang up or hand on."""
