package cloudfront

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Answer is the response of CloudFront's own to a handshake that it refuses.
func Answer(refusal *trace.Refusal) *wire.Response {
	status := refusal.Status
	if status == 0 {
		status = apigateway.Unplayable
	}
	h := http.Header{}
	h.Set("Server", "CloudFront")
	h.Set("X-Cache", "Error from cloudfront")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	return &wire.Response{Status: status, Header: h, Body: []byte(trace.Printable(refusal.Reason) + "\n")}
}

// Accept is the response to a handshake that the origin accepts.
func (d *Distribution) Accept() *wire.Response {
	h := http.Header{}
	h.Set("Via", "1.1 "+d.domainName()+" (CloudFront)")
	h.Set("X-Cache", "Miss from cloudfront")
	return &wire.Response{Status: http.StatusSwitchingProtocols, Header: h}
}

// redirect is the answer of viewer protocol policy redirect-to-https.
func redirect(refusal *trace.Refusal, v *ViewerRequest) *wire.Response {
	a := Answer(refusal)
	a.Header.Set("Location", "https"+strings.TrimPrefix(v.URL(), "ws"))
	return a
}

// Mask puts a custom error response over an origin's refusal. It returns nil when
// none applies.
func (d *Distribution) Mask(refusal *trace.Refusal, t *trace.Trace) (*trace.Refusal, *wire.Response) {
	for _, e := range d.errors {
		if e.status != refusal.Status || e.answer == 0 && e.page == "" {
			continue
		}
		status := e.answer
		if status == 0 {
			status = e.status
		}
		masked := *refusal
		masked.OriginStatus, masked.Status = refusal.Status, status
		masked.Reason += fmt.Sprintf("; the viewer sees %d %s instead of %d, because of a custom error response", status, e.page, refusal.Status)
		masked.Fix += fmt.Sprintf("; and remove the entry for %d from CustomErrorResponses", refusal.Status)
		t.Step(rules.LayerErrors, d.ID, ErrorResponses).Change("status %d → %d %s", refusal.Status, status, e.page)
		h := http.Header{}
		h.Set("X-Cache", "Error from cloudfront")
		h.Set("Content-Type", "text/html")
		return &masked, &wire.Response{Status: status, Header: h, Body: []byte("<!-- " + trace.Printable(e.page) + " -->\n")}
	}
	return nil, nil
}
