package handshake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/route53"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/template"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/waf"
)

// Finding is one thing that is wrong with a template, found without a handshake.
type Finding struct {
	// Rule is the one that is broken.
	Rule Rule `json:"rule"`
	// Severity is that of the rule.
	Severity Severity `json:"severity"`
	// Deploy says that CloudFormation fails, so that there is nothing to connect to.
	Deploy bool `json:"deploy,omitempty"`
	// Place is the property in the template.
	Place string `json:"place"`
	// Reason says what is wrong.
	Reason string `json:"reason"`
	// Fix says what to do.
	Fix string `json:"fix"`
}

// String gives the finding in one line, printable on a terminal.
func (f Finding) String() string {
	return trace.Printable(fmt.Sprintf("%s: %s: %s; fix: %s [%s]", f.Severity, f.Place, f.Reason, f.Fix, f.Rule))
}

// Check finds what can be wrong without playing a handshake: quotas, values that AWS
// refuses, locks that do not lock. Behaviors that do not lead to a WebSocket API are
// checked only for what makes the deploy fail. The findings come in the order of their
// places; a good template has none.
func (m *Model) Check() []Finding {
	var found trace.Findings
	m.edge.Check(&found)
	m.apis.Check(m.edge.SendsKey, &found)
	waf.Check(m.template, &found)
	route53.Check(m.template, m.edge, &found)
	m.checkUnresolved(&found)
	template.Check(m.template, &found)
	var findings []Finding
	for _, f := range found.Sorted() {
		findings = append(findings, Finding{Rule: publicRule(f.Rule), Severity: Severity(f.Rule.Severity),
			Deploy: f.Rule.Layer == rules.LayerDeploy, Place: f.Place, Reason: f.Reason, Fix: f.Fix})
	}
	return findings
}

// checkUnresolved reports what a WebSocket handshake may come to and is not known.
func (m *Model) checkUnresolved(found *trace.Findings) {
	elsewhere := m.edge.Elsewhere()
	for _, u := range m.template.Unresolved() {
		if !slices.ContainsFunc(elsewhere, func(place string) bool { return strings.HasPrefix(u.Place, place) }) {
			found.Add(trace.Unresolved, u.Place, "%s", u.Reason)
		}
	}
}
