package handshake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Outcome is how a handshake ends.
type Outcome string

// The outcomes of a handshake.
const (
	// Accepted is a 101 that the client takes.
	Accepted Outcome = "accepted"
	// Refused is any other status, or a 101 that the client has to give up.
	Refused Outcome = "refused"
	// Unknown says that the way depends on something that the template leaves open
	// until the deploy; the refusal names it.
	Unknown Outcome = "unknown"
)

// Report is the way of one handshake.
type Report struct {
	// Request is the handshake as the client sent it: "GET wss://host/path?query".
	Request string `json:"request"`

	// Outcome is how it ended.
	Outcome Outcome `json:"outcome"`

	// Status is the HTTP status that the viewer gets; 0 when it is unknown.
	Status int `json:"status"`

	// Header and Body are the rest of the response that the viewer gets, as far as it
	// is known: with 101 the subprotocol, and no body.
	Header http.Header `json:"-"`
	Body   []byte      `json:"-"`

	// Steps are the layers that the handshake came to, in order.
	Steps []Step `json:"steps"`

	// Refusal says why it did not get through; nil when it did.
	Refusal *Refusal `json:"refusal,omitempty"`

	// Notes are what was assumed or left out, each with its rule.
	Notes []Note `json:"notes,omitempty"`

	// Event is what a Lambda function on $connect would see; nil when the handshake
	// did not come that far. In JSON the values of the origin's custom headers are
	// left out, because they are secrets more often than not.
	Event *events.APIGatewayWebsocketProxyRequest `json:"event,omitempty"`

	// masked are the names of the origin's custom headers, in lower case.
	masked map[string]bool
}

// Step is one layer of the way.
type Step struct {
	// Layer is viewer, behavior, function, policy, origin, stage, route or, for custom
	// error responses, errors.
	Layer string `json:"layer"`
	// Subject is the resource or setting that acted.
	Subject string `json:"subject"`
	// Passed, Dropped and Changed name what the layer let through, took away or
	// altered.
	Passed  []string `json:"passed,omitempty"`
	Dropped []string `json:"dropped,omitempty"`
	Changed []string `json:"changed,omitempty"`
	// Rules are the ones that applied.
	Rules []Rule `json:"rules,omitempty"`
}

// Note is an assumption, or something that was not played.
type Note struct {
	Rule Rule   `json:"rule"`
	Text string `json:"text"`
}

// Refusal says why a handshake did not get through. It is an error.
type Refusal struct {
	// Rule is the one that refused.
	Rule Rule `json:"rule"`
	// Status is what the viewer gets; 0 when the outcome is unknown.
	Status int `json:"status"`
	// Layer is the step that refused, or "deploy" when CloudFormation would.
	Layer string `json:"layer"`
	// Place is the property in the template that decided; "" when it is none.
	Place string `json:"place,omitempty"`
	// Reason says what happened.
	Reason string `json:"reason"`
	// Fix says what to do, at Place where there is one.
	Fix string `json:"fix"`
	// OriginStatus is what the origin answered when a custom error response put
	// another status over it; 0 otherwise.
	OriginStatus int `json:"originStatus,omitempty"`
}

// Error gives status, layer, reason and fix in one line, printable on a terminal.
func (r *Refusal) Error() string {
	status := fmt.Sprint(r.Status)
	if r.Status == 0 {
		status = "unknown"
	}
	fix := r.Fix
	if r.Place != "" {
		fix += " (" + r.Place + ")"
	}
	return trace.Printable(fmt.Sprintf("handshake: %s at %s: %s; fix: %s [%s]", status, r.Layer, r.Reason, fix, r.Rule))
}

// Err is the refusal as an error, nil when the handshake got through.
func (r *Report) Err() error {
	if r.Refusal == nil {
		return nil
	}
	return r.Refusal
}

// MarshalJSON leaves the values of the origin's custom headers out.
func (r *Report) MarshalJSON() ([]byte, error) {
	type plain Report
	out := plain(*r)
	if r.Event != nil {
		e := *r.Event
		e.Headers, e.MultiValueHeaders = maps.Clone(e.Headers), maps.Clone(e.MultiValueHeaders)
		for name := range r.Event.Headers {
			if r.masked[strings.ToLower(name)] {
				e.Headers[name] = "(set by the origin)"
				e.MultiValueHeaders[name] = []string{"(set by the origin)"}
			}
		}
		out.Event = &e
	}
	return json.Marshal(&out)
}

// Inferred returns the rules on this way that AWS does not document, each once.
func (r *Report) Inferred() []Rule {
	var inferred []Rule
	add := func(rule Rule) {
		if !rule.Documented && !slices.Contains(inferred, rule) {
			inferred = append(inferred, rule)
		}
	}
	for _, s := range r.Steps {
		for _, rule := range s.Rules {
			add(rule)
		}
	}
	if r.Refusal != nil {
		add(r.Refusal.Rule)
	}
	for _, n := range r.Notes {
		add(n.Rule)
	}
	return inferred
}
