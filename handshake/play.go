package handshake

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Request is a handshake to play without a socket.
type Request struct {
	// Path is the path with its query string, percent-encoded as a client sends it.
	//
	// Default: /
	Path string

	// Header are the client's headers beside those of the handshake itself.
	Header http.Header

	// Host is the name that the client connects to.
	//
	// Default: the distribution's first alias, else its own name.
	Host string

	// Plain plays ws:// instead of wss://.
	Plain bool

	// Direct plays the client connecting to the API instead of the distribution;
	// Path is then the API's, stage included.
	Direct bool
}

// Play takes one handshake through the template, without a socket, and returns
// its way. Nil request and options are the defaults. It panics if options name a
// distribution that the template does not have; [Serve] returns that as an error.
func Play(t *Template, request *Request, options *Options) *Report {
	e, err := newEngine(t, options)
	if err != nil {
		panic(err)
	}
	if request == nil {
		request = &Request{}
	}
	path, query, asks := strings.Cut(request.Path, "?")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	h := http.Header{}
	for name, values := range request.Header {
		h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	h.Set("Connection", "Upgrade")
	h.Set("Upgrade", "websocket")
	for name, value := range map[string]string{"Sec-Websocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-Websocket-Version": "13"} {
		if _, given := h[name]; !given {
			h.Set(name, value)
		}
	}
	r := &Report{}
	if request.Direct {
		e.direct(request.Host, path, query, h, r)
		return r
	}
	v := &viewerRequest{method: http.MethodGet, host: request.Host, path: path, query: query, asks: asks, header: h,
		secure: !request.Plain, ip: e.options.viewerIP()}
	if v.host == "" {
		v.host = e.distribution.host()
	}
	e.through(v, "play", r, func(q *originRequest) *admission {
		a, m := e.template.apiAt(q.origin)
		return e.admit(a, m, q.atAPI(), "play", r)
	})
	return r
}

// atAPI is the origin request as API Gateway gets it.
func (q *originRequest) atAPI() *apiRequest {
	return &apiRequest{host: q.host, path: q.path, query: q.query, header: q.header, peer: cloudFrontIP, trail: q.trail}
}

// cloudFrontIP is the address from which API Gateway sees CloudFront: one for
// documentation.
const cloudFrontIP = "203.0.113.7"

func newEngine(t *Template, options *Options) (*engine, error) {
	e := &engine{template: t, distribution: t.distributions[0], now: time.Now}
	if options != nil {
		e.options = *options
	}
	if id := e.options.Distribution; id != "" {
		i := slices.IndexFunc(t.distributions, func(d *distribution) bool { return d.id == id })
		if i < 0 {
			return nil, fmt.Errorf("handshake: Options.Distribution %q is no distribution of the template; it has %s",
				id, strings.Join(t.Distributions(), ", "))
		}
		e.distribution = t.distributions[i]
	}
	return e, nil
}

// through takes a handshake through the edge to the API. deliver brings it to
// one origin.
func (e *engine) through(v *viewerRequest, id string, r *Report, deliver func(q *originRequest) *admission) (*admission, *answer) {
	requests, statuses, own := e.edge(v, id, r)
	if own != nil {
		return nil, own
	}
	steps := len(r.Steps)
	for i, q := range requests {
		var adm *admission
		refusal := q.connects(v.secure)
		if refusal != nil {
			r.refuse(refusal)
		} else {
			adm = deliver(q)
			refusal = adm.refusal
		}
		if refusal == nil {
			return adm, nil
		}
		if i+1 < len(requests) && slices.Contains(statuses, refusal.Status) {
			// The next origin of the group is tried: this one's way is left out.
			r.note("origin.group", fmt.Sprintf("origin %s answers %d, so the origin group goes on to %s: %s",
				q.origin.domain, refusal.Status, requests[i+1].origin.domain, refusal.Reason))
			r.Steps = r.Steps[:steps]
			r.Refusal, r.Event = nil, nil
			continue
		}
		if masked := e.distribution.mask(refusal, r); masked != nil {
			return nil, masked
		}
		if adm == nil {
			return nil, edgeAnswer(refusal)
		}
		return adm, gatewayAnswer(refusal, id)
	}
	return nil, nil // requests is never empty
}

// direct takes a handshake to the API without the edge. An empty host stands
// for the one API there is.
func (e *engine) direct(host, path, query string, h http.Header, r *Report) (*admission, *answer) {
	if host == "" {
		if a, m := e.firstAPI(); a != nil {
			host = a.host
			if m != nil {
				host = m.domain
			}
		}
	}
	r.Request = "GET wss://" + host + path
	if query != "" {
		r.Request += "?" + query
	}
	a, m := e.apiByHost(host)
	if a == nil {
		refusal := &Refusal{Status: 403, Layer: "stage", Rule: "api.host", Reason: "no API answers to the Host " + shorten(host),
			Fix: "send the API's own host name"}
		r.refuse(refusal)
		return nil, gatewayAnswer(refusal, "direct")
	}
	adm := e.admit(a, m, &apiRequest{host: host, path: path, query: query, header: h, peer: e.options.viewerIP()}, "direct", r)
	if adm.refusal != nil {
		return adm, gatewayAnswer(adm.refusal, "direct")
	}
	return adm, nil
}

// sockets are the behaviours of the distribution that lead to a WebSocket API.
func (e *engine) sockets() []*behavior {
	var out []*behavior
	for _, b := range e.distribution.behaviors {
		if e.template.isSocket(e.distribution, b) {
			out = append(out, b)
		}
	}
	return out
}

// firstAPI is the API of the first WebSocket behaviour, the default one first.
func (e *engine) firstAPI() (*api, *mapping) {
	behaviors := e.sockets()
	for i := len(behaviors) - 1; i >= 0; i-- {
		origins, _ := e.distribution.targets(behaviors[i].target)
		for _, o := range origins {
			if o.problem == nil && checkDomain(o.domain) == nil {
				return e.template.apiAt(o)
			}
		}
	}
	return nil, nil
}

// apiByHost finds the API that answers to a host, owned or named by an origin.
func (e *engine) apiByHost(host string) (*api, *mapping) {
	host = strings.ToLower(host)
	for _, a := range e.template.apis {
		if a.host == host {
			return a, nil
		}
	}
	for _, o := range e.distribution.origins {
		if o.problem == nil && strings.EqualFold(o.domain, host) {
			return e.template.apiAt(o)
		}
	}
	return nil, nil
}

// gatewayAnswer is a response of API Gateway's own.
func gatewayAnswer(refusal *Refusal, id string) *answer {
	status := refusal.Status
	if status == 0 {
		status = http.StatusNotImplemented
	}
	name, message := "BadRequestException", "Bad Request"
	switch {
	case status == 401:
		name, message = "UnauthorizedException", "Unauthorized"
	case status == 403:
		name, message = "ForbiddenException", "Forbidden"
	case status == 429:
		name, message = "LimitExceededException", "Too Many Requests"
	case status >= 500:
		name, message = "InternalServerErrorException", "Internal server error"
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Errortype", name)
	h.Set("X-Amzn-Requestid", id)
	return &answer{status: status, header: h, refusal: refusal,
		body: fmt.Appendf(nil, `{"message": %q, "connectionId": %q, "requestId": %q}`, message, id, id)}
}

// hostOnly is a Host header without its port.
func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}

// Paths are paths that lead to the WebSocket behaviours of a distribution, one
// each: "/" for the default one, else the pattern with its wildcards filled in.
// distribution is a logical id; "" is the one that [Serve] takes. It is empty when
// no behaviour is seen to lead to a WebSocket API.
func (t *Template) Paths(distribution string) []string {
	e, err := newEngine(t, &Options{Distribution: distribution})
	if err != nil {
		return nil
	}
	var paths []string
	for _, b := range e.sockets() {
		path := strings.NewReplacer("*", "", "?", "x").Replace(b.pattern)
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		if e.distribution.route(path) == b && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// Locked says whether the API behind a distribution's WebSocket behaviour asks
// $connect for a key or an authorizer, so that clients cannot go around the edge.
// distribution is as for [Template.Paths].
func (t *Template) Locked(distribution string) bool {
	e, err := newEngine(t, &Options{Distribution: distribution})
	if err != nil {
		return false
	}
	a, _ := e.firstAPI()
	return a != nil && a.locked()
}
