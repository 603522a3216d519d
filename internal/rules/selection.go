package rules

import (
	"slices"
	"strings"
)

// Selection says which headers, query strings or cookies a policy passes.
type Selection struct {
	// Mode is all, whitelist or allExcept; anything else passes nothing.
	Mode string
	// Names are the ones that pass, or with allExcept the ones that do not.
	Names []string
}

// Allows says whether name passes, in the given case.
func (s Selection) Allows(name string) bool {
	return s.allows(func(n string) bool { return n == name })
}

// AllowsHeader says whether the header name passes, in any case.
func (s Selection) AllowsHeader(name string) bool {
	return s.allows(func(n string) bool { return strings.EqualFold(n, name) })
}

func (s Selection) allows(same func(string) bool) bool {
	switch s.Mode {
	case "all":
		return true
	case "whitelist":
		return slices.ContainsFunc(s.Names, same)
	case "allExcept":
		return !slices.ContainsFunc(s.Names, same)
	}
	return false
}

// Some says whether anything passes.
func (s Selection) Some() bool { return s.Mode != "" && s.Mode != "none" }

func (s Selection) String() string {
	switch s.Mode {
	case "all":
		return "all"
	case "whitelist":
		return "only " + strings.Join(s.Names, ", ")
	case "allExcept":
		return "all but " + strings.Join(s.Names, ", ")
	}
	return "none"
}
