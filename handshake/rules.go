package handshake

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/lambdaedge"
	"github.com/websocket-distribution/websocket-distribution/internal/route53"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/template"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/waf"
)

// Rule is one thing that AWS does with a handshake, or asks of a template. As text and
// in JSON it is its ID.
type Rule struct {
	// ID names the rule, such as "api.stage". It does not change.
	ID string

	// Statement says what AWS does.
	Statement string

	// Source is the AWS page, or for an inferred rule what it is inferred from.
	Source string

	// Documented says that the source states the rule; otherwise it is inferred, and a
	// result that rests on it may be wrong.
	Documented bool

	// Layer is where the rule applies: that of a [Step], or "deploy" when
	// CloudFormation would refuse the template.
	Layer string

	// Status is what the viewer gets for a handshake that the rule refuses; 0 when it
	// refuses none, or when the status depends on the case.
	Status int

	// Severity is that of a [Finding]; "" for a rule that only a handshake meets.
	Severity Severity

	// Fix says what to do in general.
	Fix string
}

// String is the rule's ID.
func (r Rule) String() string { return r.ID }

// MarshalText is the rule's ID.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.ID), nil }

// UnmarshalText finds the rule by its ID; of an unknown one only the ID is known.
func (r *Rule) UnmarshalText(id []byte) error {
	*r = Rule{ID: string(id)}
	for _, known := range Rules() {
		if known.ID == r.ID {
			*r = known
		}
	}
	return nil
}

// Severity says what a finding costs.
type Severity string

// The severities of a finding.
const (
	// SeverityError is a deploy that fails, a handshake that AWS refuses, or a lock
	// that does not lock.
	SeverityError Severity = "error"
	// SeverityWarning is what works now and hurts later.
	SeverityWarning Severity = "warning"
)

// Rules returns every rule that is played or checked, sorted by ID.
func Rules() []Rule {
	all := publicRules(slices.Concat(route53.Rules(), cloudfront.Rules(), function.Rules(), lambdaedge.Rules(), waf.Rules(), apigateway.Rules(), template.Rules(), []rules.Rule{trace.Unresolved}))
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func publicRule(r rules.Rule) Rule {
	return Rule{r.ID, r.Statement, r.Source, r.Documented, string(r.Layer), r.Status, Severity(r.Severity), r.Fix}
}

func publicRules(list []rules.Rule) []Rule {
	var out []Rule
	for _, r := range list {
		out = append(out, publicRule(r))
	}
	return out
}
