package handshake

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"text/tabwriter"
)

// Outcome is how a handshake ends.
type Outcome string

// The outcomes of a handshake.
const (
	// Accepted is a 101 that the client takes.
	Accepted Outcome = "accepted"
	// Refused is any other status, or a 101 that the client has to give up.
	Refused Outcome = "refused"
	// Unknown says that the way depends on something that the template does not
	// tell; the refusal names it.
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

	// Steps are the layers that the handshake came to, in order.
	Steps []Step `json:"steps"`

	// Refusal says why it did not get through; nil when it did.
	Refusal *Refusal `json:"refusal,omitempty"`

	// Notes are what was taken for granted or left out, each with its rule.
	Notes []Note `json:"notes,omitempty"`

	// Event is what a Lambda function on $connect would see; nil when the
	// handshake did not come that far. In JSON the values of the origin's custom
	// headers are left out, because they are secrets more often than not.
	Event *ConnectEvent `json:"event,omitempty"`

	// masked are the names of the origin's custom headers, in lower case.
	masked map[string]bool
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

// Step is one layer of the way.
type Step struct {
	// Layer is viewer, behavior, function, policy, origin, stage, route or, for
	// custom error responses, errors.
	Layer string `json:"layer"`
	// Subject is the resource or setting that acted.
	Subject string `json:"subject"`
	// Passed, Dropped and Changed name what the layer let through, took away
	// or altered.
	Passed  []string `json:"passed,omitempty"`
	Dropped []string `json:"dropped,omitempty"`
	Changed []string `json:"changed,omitempty"`
	// Rules are the ids of the rules that applied.
	Rules []string `json:"rules,omitempty"`
}

// Note is an assumption, or something that was not played.
type Note struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Refusal says why a handshake did not get through. It is an error.
type Refusal struct {
	// Status is what the viewer gets; 0 when the outcome is unknown.
	Status int `json:"status"`
	// Layer is the step that refused, or "deploy" when CloudFormation would.
	Layer string `json:"layer"`
	// Reason says what happened.
	Reason string `json:"reason"`
	// Fix says what to set: the CloudFormation property and, where there is one,
	// the prop of constructs/edge.
	Fix string `json:"fix"`
	// Rule is the id of the rule; see [Rules].
	Rule string `json:"rule"`
	// OriginStatus is what the origin answered when a custom error response
	// put another status over it; 0 otherwise.
	OriginStatus int `json:"originStatus,omitempty"`
}

// Error gives status, layer, reason and fix in one line.
func (r *Refusal) Error() string {
	status := fmt.Sprint(r.Status)
	if r.Status == 0 {
		status = "unknown"
	}
	return fmt.Sprintf("handshake: %s at %s: %s; fix: %s [%s]", status, r.Layer, r.Reason, r.Fix, r.Rule)
}

// Err is the refusal as an error, nil when the handshake got through.
func (r *Report) Err() error {
	if r.Refusal == nil {
		return nil
	}
	return r.Refusal
}

// Text is the report for people: one aligned line per step, then the refusal
// and the notes.
func (r *Report) Text() string {
	var b strings.Builder
	verdict := "handshake ok"
	switch r.Outcome {
	case Refused:
		verdict = "handshake refused"
	case Unknown:
		verdict = "handshake unknown"
	}
	fmt.Fprintf(&b, "%s  %s", verdict, r.Request)
	if r.Status != 0 {
		fmt.Fprintf(&b, "  %d", r.Status)
	}
	b.WriteByte('\n')
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range r.Steps {
		first := true
		line := func(mark string, items []string) {
			if len(items) == 0 {
				return
			}
			layer, subject := s.Layer, s.Subject
			if !first {
				layer, subject = "", ""
			}
			first = false
			fmt.Fprintf(w, "  %s\t%s\t%s %s\n", layer, subject, mark, strings.Join(items, ", "))
		}
		line("passes", s.Passed)
		line("changes", s.Changed)
		line("drops", s.Dropped)
		if first {
			fmt.Fprintf(w, "  %s\t%s\t\n", s.Layer, s.Subject)
		}
	}
	_ = w.Flush() // a strings.Builder does not fail
	if r.Refusal != nil {
		fmt.Fprintf(&b, "  refused at %s: %s\n  fix: %s\n", r.Refusal.Layer, r.Refusal.Reason, r.Refusal.Fix)
		if rule, ok := ruleByID(r.Refusal.Rule); ok {
			fmt.Fprintf(&b, "  rule: %s (%s) %s\n", rule.ID, certainty(rule), rule.Source)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  note: %s\n", n.Text)
	}
	return trimLines(b.String())
}

// JSON is the report for programs.
func (r *Report) JSON() []byte {
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		// Only texts, numbers and maps of texts: there is nothing to fail.
		panic(err)
	}
	return out
}

// Inferred are the ids of the rules on this way that AWS does not document.
func (r *Report) Inferred() []string {
	var ids []string
	add := func(id string) {
		rule, ok := ruleByID(id)
		if !ok || rule.Documented {
			return
		}
		for _, seen := range ids {
			if seen == id {
				return
			}
		}
		ids = append(ids, id)
	}
	for _, s := range r.Steps {
		for _, id := range s.Rules {
			add(id)
		}
	}
	if r.Refusal != nil {
		add(r.Refusal.Rule)
	}
	for _, n := range r.Notes {
		add(n.Rule)
	}
	return ids
}

func certainty(r Rule) string {
	if r.Documented {
		return "documented"
	}
	return "inferred"
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// note adds a note once.
func (r *Report) note(rule, text string) {
	for _, n := range r.Notes {
		if n.Text == text {
			return
		}
	}
	r.Notes = append(r.Notes, Note{Rule: rule, Text: text})
}

// take appends the rest of the way, which was reported apart.
func (r *Report) take(rest *Report) {
	r.Steps = append(r.Steps, rest.Steps...)
	for _, n := range rest.Notes {
		r.note(n.Rule, n.Text)
	}
	r.Outcome, r.Status, r.Refusal, r.Event, r.masked = rest.Outcome, rest.Status, rest.Refusal, rest.Event, rest.masked
}

// step adds a step and returns it to be filled in.
func (r *Report) step(layer, subject string, rules ...string) *Step {
	r.Steps = append(r.Steps, Step{Layer: layer, Subject: subject, Rules: rules})
	return &r.Steps[len(r.Steps)-1]
}

// refuse ends the way.
func (r *Report) refuse(refusal *Refusal) {
	r.Refusal = refusal
	r.Status = refusal.Status
	r.Outcome = Refused
	if refusal.Status == 0 {
		r.Outcome = Unknown
	}
}
