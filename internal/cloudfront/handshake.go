package cloudfront

import (
	"net/http"
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Handshake takes a handshake through a distribution. The result is a passage to the
// origins, or a response of the edge's own with the refusal behind it. values are what
// functions find in their key value store; nil when that is not known.
func (e *Edge) Handshake(d *Distribution, v *ViewerRequest, values map[string]string, t *trace.Trace) (*Passage, *trace.Refusal, *wire.Response) {
	if v.Country == "" {
		v.Country = d.admitted(v.Host)
	}
	if refusal := d.receive(v, t); refusal != nil {
		return nil, refusal, Answer(refusal)
	}
	if refusal := d.checkCountry(v); refusal != nil {
		return d.refused(refusal, Answer(refusal), t)
	}
	if refusal, response := d.firewall(v, t); refusal != nil {
		return d.refused(refusal, response, t)
	}
	b, refusal := d.choose(v, t)
	if refusal != nil {
		if refusal.Status == http.StatusMovedPermanently {
			return nil, refusal, redirect(refusal, v)
		}
		return d.refused(refusal, Answer(refusal), t)
	}
	h := &handling{behavior: b, viewerPath: v.Path, droppedHeaders: map[string]bool{}, droppedQuery: map[string]bool{}}
	run := &edgeRun{edge: e, distribution: d, behavior: b, values: values, handling: h, trace: t}
	v, choice, refusal, response := run.viewerRequest(v)
	if refusal != nil {
		return nil, refusal, response
	}
	v = d.rootObject(v, h, t)
	passage, refusal, response := run.toOrigins(v, choice)
	if refusal != nil {
		return nil, refusal, response
	}
	return passage, nil, nil
}

// refused is a refusal of the edge's own, with a custom error response over it where
// there is one.
func (d *Distribution) refused(refusal *trace.Refusal, response *wire.Response, t *trace.Trace) (*Passage, *trace.Refusal, *wire.Response) {
	if masked, page := d.Mask(refusal, t); masked != nil {
		return nil, masked, page
	}
	return nil, refusal, response
}

// receive takes the request in.
func (d *Distribution) receive(v *ViewerRequest, t *trace.Trace) *trace.Refusal {
	s := t.Step(rules.LayerViewer, d.Host(), Length, Alias)
	s.Passed = v.summary()
	switch n := len(v.Path) + len(v.Query) + len("https://?") + len(v.Host); {
	case d.problem != nil:
		return trace.Undecided(rules.LayerViewer, d.problem)
	case !d.enabled:
		return trace.Refuse(Disabled, d.place+".Enabled", "distribution %s is disabled", d.ID)
	case n > rules.MaxViewerURL:
		return trace.Refuse(Length, "", "the URL has %d bytes, at most %d are taken", n, rules.MaxViewerURL)
	case v.size() > rules.MaxViewerRequest:
		return trace.Refuse(Length, "", "the request has %d bytes, at most %d are taken", v.size(), rules.MaxViewerRequest)
	}
	if refusal := d.checkHost(v.Host, t); refusal != nil {
		return refusal
	}
	if d.mtls == "required" {
		t.Note(MTLSRequired, "the distribution asks for a client certificate: a client without one of the trust store gets no TLS connection")
	}
	if v.HTTP2 {
		return trace.Refuse(HTTP1, "", "the client negotiated HTTP/2 by ALPN and then asked for a WebSocket")
	}
	return nil
}

// choose finds the behavior, and checks what it asks of the request.
func (d *Distribution) choose(v *ViewerRequest, t *trace.Trace) (*Behavior, *trace.Refusal) {
	b := d.route(v.Path)
	if b == nil {
		return nil, trace.Refuse(PathPattern, d.place, "the distribution has no default behavior")
	}
	s := t.Step(rules.LayerBehavior, b.Name(), PathPattern, PathNormalized)
	if b.problem != nil {
		return nil, trace.Undecided(rules.LayerBehavior, b.problem)
	}
	s.Pass("path %s", trace.Short(v.Path))
	if refusal := b.checkProtocol(v); refusal != nil {
		s.Add(ViewerProtocol)
		return nil, refusal
	}
	if !v.Secure {
		t.Note(ViewerProtocolClear, "the %s has viewer protocol policy allow-all: ws:// goes through in the clear", b.Name())
	}
	if !slices.Contains(b.methods, v.Method) {
		return nil, trace.Refuse(Methods, b.place+".AllowedMethods", "the %s does not allow the method %s", b.Name(), v.Method)
	}
	if b.signed {
		return nil, b.checkSignature(v)
	}
	return b, nil
}

// checkProtocol applies the viewer protocol policy.
func (b *Behavior) checkProtocol(v *ViewerRequest) *trace.Refusal {
	if v.Secure || b.viewerProtocol == "allow-all" {
		return nil
	}
	place := b.place + ".ViewerProtocolPolicy"
	if b.viewerProtocol == "redirect-to-https" {
		return trace.Refuse(ViewerProtocolRedirect, place, "ws:// is redirected to https://, and WebSocket clients do not follow a redirect")
	}
	return trace.Refuse(ViewerProtocol, place, "ws:// is refused: the viewer protocol policy is https-only")
}
