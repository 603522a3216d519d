package handshake

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryRuleHasAStatementAndASource(t *testing.T) {
	t.Parallel()
	rules := Rules()
	if len(rules) < 90 {
		t.Errorf("%d rules, want those of all services", len(rules))
	}
	if !slices.IsSortedFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are not sorted by ID")
	}
	known := map[string]bool{}
	for _, r := range rules {
		if known[r.ID] {
			t.Errorf("rule %s is there twice", r.ID)
		}
		known[r.ID] = true
		if r.Statement == "" || r.Source == "" {
			t.Errorf("rule %s has no statement or no source", r.ID)
		}
		if (r.Severity != "" || r.Status != 0) && r.Fix == "" {
			t.Errorf("rule %s refuses or finds, and has no fix", r.ID)
		}
		if strings.Contains(r.Fix, "--") || strings.Contains(r.Fix, "prop ") {
			t.Errorf("the fix of rule %s names a flag or a prop: %s", r.ID, r.Fix)
		}
	}
}

func TestRulesCanBeChangedByTheirReaderOnly(t *testing.T) {
	t.Parallel()
	rules := Rules()
	rules[0].ID = "changed"
	if Rules()[0].ID == "changed" {
		t.Error("Rules hands out its own slice")
	}
}
