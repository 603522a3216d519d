package cloudfront

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// checkSignature refuses a request without a signature, and leaves one with a signature
// undecided: it is not verified here.
func (b *Behavior) checkSignature(v *ViewerRequest) *trace.Refusal {
	given := map[string]bool{}
	for _, p := range wire.ParseQuery(v.Query) {
		given[strings.TrimPrefix(p.Name, "CloudFront-")] = true
	}
	for _, p := range wire.Cookies(v.Header) {
		if name, ok := strings.CutPrefix(p.Name, "CloudFront-"); ok {
			given[name] = true
		}
	}
	if given["Signature"] && given["Key-Pair-Id"] {
		refusal := trace.Refuse(trace.Unresolved, b.place, "cannot decide: the %s takes signed URLs and cookies, whose signatures are not verified here", b.Name()).
			Fixed("connect to the deployed distribution")
		refusal.Layer = rules.LayerBehavior
		return refusal
	}
	return trace.Refuse(Signed, b.place, "the %s takes only signed URLs or cookies, and the handshake has no signature", b.Name())
}
