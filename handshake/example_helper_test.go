package handshake_test

import (
	"encoding/json"
	"os"
)

// synthesized stands for a stack that was synthesized in a test.
func synthesized() *map[string]any {
	raw, err := os.ReadFile("testdata/owned.json")
	check(err)
	var template map[string]any
	check(json.Unmarshal(raw, &template))
	return &template
}
