package rules

import "strings"

// exactly compares names whose case counts, as a fold of a list.
func exactly(s string) string { return s }

// equalTo compares names as header names are compared: in any case.
func equalTo(name string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(name, other) }
}
