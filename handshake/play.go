package handshake

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Request is a handshake to play.
type Request struct {
	// Distribution is the logical id of the distribution to connect to.
	//
	// Default: the only one, else the first by logical id.
	Distribution string

	// Path is the path with its query string, percent-encoded as a client sends it. It
	// begins with a slash.
	//
	// Default: "/"; with Direct the API's own.
	Path string

	// Header are the client's headers, beside those that every WebSocket client sends.
	Header http.Header

	// Host is the name that the client connects to.
	//
	// Default: the distribution's first alias, else its own name; with Direct the
	// API's own.
	Host string

	// Plain plays ws:// instead of wss://.
	Plain bool

	// Direct plays the client connecting to the API instead of the distribution; Path
	// is then the API's, stage included.
	Direct bool

	// HTTP2 plays a client that negotiated HTTP/2 before it asks for the upgrade.
	HTTP2 bool

	// Method is the HTTP method.
	//
	// Default: GET.
	Method string

	// Exact says that Header is all that the client sends: Connection, Upgrade,
	// Sec-WebSocket-Key and Sec-WebSocket-Version are not added.
	Exact bool

	// ViewerIP is the viewer's address as the edge sees it.
	//
	// Default: 198.51.100.10, an address for documentation.
	ViewerIP string

	// Country is what the edge tells as CloudFront-Viewer-Country, where a policy asks
	// for it.
	//
	// Default: US.
	Country string

	// EdgeRegion is the region of the edge location, which edge functions can read.
	//
	// Default: us-east-1.
	EdgeRegion string
}

// Play takes one handshake through the model and reports its way. A refused handshake
// is no error: [Report.Err] makes it one. The error is one of the request: a
// distribution that the template does not have, or a path without a leading slash.
func (m *Model) Play(request Request) (*Report, error) {
	p, err := m.play(context.Background(), request)
	if err != nil {
		return nil, err
	}
	return p.report, nil
}

// play is one handshake on its way.
type play struct {
	report     *Report
	trace      trace.Trace
	admission  *apigateway.Admission
	viewer     *cloudfront.ViewerRequest
	model      *Model
	customized map[string]bool // lower-case names of the origin's custom headers
}

func (m *Model) play(ctx context.Context, request Request) (*play, error) {
	d, err := m.distribution(request.Distribution)
	if err != nil {
		return nil, err
	}
	if request.Path != "" && !strings.HasPrefix(request.Path, "/") {
		return nil, fmt.Errorf("path %q must begin with a slash", request.Path)
	}
	v := request.viewer()
	v.ID = fmt.Sprintf("connection-%d", m.plays.Add(1))
	p := &play{model: m, viewer: v}
	if request.Direct {
		refusal, response := p.direct(ctx, d)
		p.report = p.finish(refusal, response)
		return p, nil
	}
	if v.Host == "" {
		v.Host = d.Host()
	}
	refusal, response := p.through(ctx, d)
	if decided := p.trace.Decide(refusal); decided != refusal {
		refusal, response = decided, cloudfront.Answer(decided)
	}
	p.report = p.finish(refusal, response)
	return p, nil
}

// viewer is the request as the edge gets it.
func (r Request) viewer() *cloudfront.ViewerRequest {
	v := &cloudfront.ViewerRequest{Secure: !r.Plain, HTTP2: r.HTTP2, Country: r.Country, EdgeRegion: orElse(r.EdgeRegion, "us-east-1"), Exact: r.Exact}
	v.Request = function.Request{Method: orElse(r.Method, http.MethodGet), Host: r.Host, IP: orElse(r.ViewerIP, "198.51.100.10"), Header: http.Header{}}
	v.Path, v.Query, v.Asks = strings.Cut(r.Path, "?")
	if v.Path == "" && !r.Direct {
		v.Path = "/"
	}
	for name, values := range r.Header {
		v.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	if r.Exact {
		return v
	}
	v.Header.Set("Connection", "Upgrade")
	v.Header.Set("Upgrade", "websocket")
	for name, value := range map[string]string{"Sec-Websocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-Websocket-Version": "13"} {
		if _, given := v.Header[name]; !given {
			v.Header.Set(name, value)
		}
	}
	return v
}

func orElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// through takes the handshake through the edge to the API. The result is the refusal,
// nil for a handshake that got through, and the edge's response.
func (p *play) through(ctx context.Context, d *cloudfront.Distribution) (*trace.Refusal, *wire.Response) {
	passage, refusal, response := p.model.edge.Handshake(d, p.viewer, p.model.keyValues, &p.trace)
	if refusal != nil {
		return refusal, response
	}
	steps := len(p.trace.Steps)
	for i, q := range passage.Requests {
		refusal, reached := p.deliver(ctx, q)
		if refusal == nil {
			return nil, d.Accept()
		}
		refusal = q.Blame(refusal)
		if i+1 < len(passage.Requests) && slices.Contains(passage.Failover, refusal.Status) {
			// The next origin of the group is tried: this one's way is left out.
			next := passage.Requests[i+1]
			p.trace.Steps = p.trace.Steps[:steps]
			p.trace.Note(cloudfront.OriginGroup, "origin %s answers %d, so the origin group goes on to %s: %s", q.Origin.Endpoint().Host, refusal.Status,
				next.Origin.Endpoint().Host, refusal.Reason)
			p.admission = nil
			continue
		}
		if masked, response := d.Mask(refusal, &p.trace); masked != nil {
			return masked, response
		}
		if !reached {
			return refusal, cloudfront.Answer(refusal)
		}
		return refusal, apigateway.Answer(refusal, p.viewer.ID)
	}
	return nil, nil // a passage has a request at least
}

// deliver brings the handshake to the API of one origin. It says whether the API was
// reached.
func (p *play) deliver(ctx context.Context, q *cloudfront.OriginRequest) (refusal *trace.Refusal, reached bool) {
	if refusal := q.Connects(); refusal != nil {
		return refusal, false
	}
	a, mapping := p.model.apis.At(q.Origin.Endpoint())
	p.customized = q.Via.SetByOrigin
	// The API writes to a trace of its own: it may still do so after the edge has
	// given up.
	ctx, cancel := context.WithTimeout(ctx, q.Origin.Patience())
	defer cancel()
	type outcome struct {
		trace     trace.Trace
		admission *apigateway.Admission
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.admission = apigateway.Admit(ctx, a, mapping, q.AtAPI(), p.viewer.ID, &p.model.backend, &o.trace)
		done <- o
	}()
	late := time.NewTimer(q.Origin.Patience())
	defer late.Stop()
	select {
	case o := <-done:
		p.trace.Steps = append(p.trace.Steps, o.trace.Steps...)
		for _, n := range o.trace.Notes {
			p.trace.Note(n.Rule, "%s", n.Text)
		}
		p.admission = o.admission
		return o.admission.Refusal, true
	case <-late.C:
		return q.Origin.TooLate(), false
	}
}

// direct takes the handshake to the API without the edge.
func (p *play) direct(ctx context.Context, d *cloudfront.Distribution) (*trace.Refusal, *wire.Response) {
	v := p.viewer
	if v.Host == "" {
		if a, mapping := p.model.edge.FirstAPI(d); a != nil {
			v.Host = a.HostOf(mapping)
		}
	}
	a, mapping := p.model.edge.APIByHost(d, v.Host)
	if a == nil {
		refusal := trace.Refuse(apigateway.Host, "", "no API answers to the Host %s", trace.Short(v.Host)).Fixed("send the API's own host name")
		return refusal, apigateway.Answer(refusal, v.ID)
	}
	if v.Path == "" {
		v.Path = a.PathOf(mapping)
	}
	q := &apigateway.Request{Host: v.Host, Path: v.Path, Query: v.Query, Header: v.Header, Peer: v.IP}
	p.admission = apigateway.Admit(ctx, a, mapping, q, v.ID, &p.model.backend, &p.trace)
	if refusal := p.admission.Refusal; refusal != nil {
		return refusal, apigateway.Answer(refusal, v.ID)
	}
	return nil, nil
}

// finish makes the report.
func (p *play) finish(refusal *trace.Refusal, response *wire.Response) *Report {
	r := &Report{Request: p.viewer.Method + " " + p.viewer.URL(), Outcome: Accepted, Status: http.StatusSwitchingProtocols, Header: http.Header{}, masked: p.customized}
	if p.admission != nil {
		r.Event = p.admission.Event
		if refusal == nil && p.admission.GiveUp != nil {
			refusal = p.admission.GiveUp
		}
	}
	if response != nil {
		r.Header, r.Body = response.Header, response.Body
	}
	if p.admission != nil && p.admission.Subprotocol != "" && p.admission.Refusal == nil {
		r.Header.Set("Sec-WebSocket-Protocol", p.admission.Subprotocol)
	}
	for _, s := range p.trace.Steps {
		r.Steps = append(r.Steps, Step{string(s.Layer), s.Subject, s.Passed, s.Dropped, s.Changed, publicRules(s.Rules)})
	}
	for _, n := range p.trace.Notes {
		r.Notes = append(r.Notes, publicNote(n))
	}
	if refusal != nil {
		r.Outcome, r.Status = Refused, refusal.Status
		if refusal.Status == 0 {
			r.Outcome = Unknown
		}
		r.Refusal = &Refusal{Rule: publicRule(refusal.Rule), Status: refusal.Status, Layer: string(refusal.Layer), Place: refusal.Place,
			Reason: refusal.Reason, Fix: refusal.Fix, OriginStatus: refusal.OriginStatus}
	}
	return r
}

func publicNote(n trace.Note) Note { return Note{publicRule(n.Rule), n.Text} }

// opened says whether the client has a connection that it keeps.
func (p *play) opened() bool { return p.report.Outcome == Accepted }
