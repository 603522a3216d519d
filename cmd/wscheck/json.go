package main

import (
	"encoding/json"
	"io"
)

// writeJSON writes a result for programs.
func writeJSON(w io.Writer, r *result) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}
