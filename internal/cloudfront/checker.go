package cloudfront

import "github.com/websocket-distribution/websocket-distribution/internal/trace"

// checker looks at a template without playing handshakes.
type checker struct {
	edge  *Edge
	found *trace.Findings
}

// add makes a finding of what would refuse a handshake.
func (c *checker) add(refusal *trace.Refusal) {
	c.found.AddFixed(refusal.Rule, refusal.Place, refusal.Fix, "%s", refusal.Reason)
}
