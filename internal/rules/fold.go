package rules

import "strings"

// equalTo compares names as header names are compared: in any case.
func equalTo(name string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(name, other) }
}
