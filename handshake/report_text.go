package handshake

import (
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Verdict says how the handshake ended: "opens", "refused: 403 by API Gateway, because
// …" or "not decided: …". It is one line, printable on a terminal.
func (r *Report) Verdict() string {
	switch {
	case r.Refusal == nil:
		return "opens"
	case r.Outcome == Unknown:
		return "not decided: " + trace.Printable(strings.TrimPrefix(r.Refusal.Reason, "cannot decide: "))
	case r.Status == http.StatusSwitchingProtocols:
		return "refused: the client closes the connection, because " + trace.Printable(r.Refusal.Reason)
	}
	// A custom error response covers the status; the reason says what the viewer sees.
	status := r.Status
	if r.Refusal.OriginStatus != 0 {
		status = r.Refusal.OriginStatus
	}
	return trace.Printable(fmt.Sprintf("refused: %d by %s, because %s", status, r.Refusal.by(), r.Refusal.Reason))
}

// by is who refuses at the refusal's layer.
func (r *Refusal) by() string {
	switch rules.Layer(r.Layer) {
	case rules.LayerStage, rules.LayerRoute:
		return "API Gateway"
	case rules.LayerFunction:
		return "the edge function"
	}
	return "CloudFront"
}

// Text is the report for people: the verdict, for a refusal what to do, then the way
// with one aligned line per step, and the notes. It is printable on a terminal.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", trace.Printable(strings.TrimPrefix(r.Request, http.MethodGet+" ")), r.Verdict())
	if refusal := r.Refusal; refusal != nil {
		fmt.Fprintf(&b, "  fix: %s\n", trace.Printable(refusal.Fix))
		if refusal.Place != "" {
			fmt.Fprintf(&b, "  at: %s\n", trace.Printable(refusal.Place))
		}
		fmt.Fprintf(&b, "  rule: %s (%s) %s\n", refusal.Rule.ID, certainty(refusal.Rule), refusal.Rule.Source)
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range r.Steps {
		first := true
		line := func(mark string, items []string) {
			if len(items) == 0 {
				return
			}
			layer, subject := s.Layer, trace.Printable(s.Subject)
			if !first {
				layer, subject = "", ""
			}
			first = false
			fmt.Fprintf(w, "  %s\t%s\t%s %s\n", layer, subject, mark, trace.Printable(strings.Join(items, ", ")))
		}
		line("passes", s.Passed)
		line("changes", s.Changed)
		line("drops", s.Dropped)
		if first {
			fmt.Fprintf(w, "  %s\t%s\t\n", s.Layer, trace.Printable(s.Subject))
		}
	}
	_ = w.Flush() // a strings.Builder does not fail
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  note: %s\n", trace.Printable(n.Text))
	}
	return trimLines(b.String())
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
