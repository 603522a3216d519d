package trace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// Finding is one thing that is wrong with a template, found without a handshake.
type Finding struct {
	Rule rules.Rule
	// Place is the property in the template.
	Place string
	// Reason says what is wrong.
	Reason string
	// Fix says what to do.
	Fix string
}

// Findings collects what is found, each once.
type Findings []Finding

// Add adds a finding with the fix of its rule.
func (f *Findings) Add(rule rules.Rule, place, format string, args ...any) {
	f.AddFixed(rule, place, rule.Fix, format, args...)
}

// AddFixed adds a finding with a fix for its own case.
func (f *Findings) AddFixed(rule rules.Rule, place, fix, format string, args ...any) {
	finding := Finding{rule, place, fmt.Sprintf(format, args...), fix}
	same := func(other Finding) bool {
		return other.Rule.ID == rule.ID && other.Place == place && other.Reason == finding.Reason
	}
	if !slices.ContainsFunc(*f, same) {
		*f = append(*f, finding)
	}
}

// Sorted are the findings in the order of their places.
func (f Findings) Sorted() []Finding {
	slices.SortStableFunc(f, func(a, b Finding) int { return strings.Compare(a.Place, b.Place) })
	return f
}
