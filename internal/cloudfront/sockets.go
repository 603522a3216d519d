package cloudfront

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Sockets are the behaviors of a distribution that lead to a WebSocket API, as far as
// the template shows. Those that surely do are they; with them are those that may and
// whose path or origin is named for it, and those whose path is that of a socket
// wherever they lead. Where the template has none of these, all that
// may are taken.
func (e *Edge) Sockets(d *Distribution) []*Behavior {
	e.once.Do(e.findSockets)
	return e.sockets[d]
}

func (e *Edge) findSockets() {
	likely, others := map[*Distribution][]*Behavior{}, map[*Distribution][]*Behavior{}
	for _, d := range e.distributions {
		for _, b := range d.behaviors {
			switch kind := e.kind(d, b); {
			case kind == sure, kind == perhaps && b.namedForSockets(d), pathOfSockets.MatchString(b.pattern):
				likely[d] = append(likely[d], b)
			case kind == perhaps:
				others[d] = append(others[d], b)
			}
		}
	}
	if e.sockets = likely; len(likely) == 0 {
		e.sockets = others
	}
}

// certainty says whether a behavior leads to a WebSocket API.
type certainty int

const (
	never certainty = iota
	perhaps
	sure
)

// kind says whether a behavior leads to a WebSocket API: surely one to an API that the
// template defines or that is known, or with a policy that names WebSocket headers;
// perhaps one to another server that is not known to be something else.
func (e *Edge) kind(d *Distribution, b *Behavior) certainty {
	origins, _ := d.targets(b.target)
	for _, o := range origins {
		if serves, known := e.apis.Serves(o.domain); known {
			if serves {
				return sure
			}
			return never
		}
	}
	if e.listsWebSocket(b) {
		return sure
	}
	if slices.ContainsFunc(origins, func(o *Origin) bool {
		return !o.elsewhere() && (!b.posts() || o.problem != nil && !strings.Contains(b.pattern, "api"))
	}) {
		return perhaps
	}
	return never
}

// listsWebSocket says whether a policy of the behavior lists headers of the handshake.
func (e *Edge) listsWebSocket(b *Behavior) bool {
	var names []string
	for _, p := range []*policy{e.originRequestPolicy(b.policyID), e.cachePolicy(b.cachePolicyID)} {
		if p != nil && p.Headers.Mode == "whitelist" {
			names = append(names, p.Headers.Names...)
		}
	}
	if b.legacy != nil {
		names = append(names, b.legacy.headers...)
	}
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(strings.ToLower(name), "sec-websocket-") })
}

// elsewhere says whether an origin is known to be no WebSocket API: a bucket, a load
// balancer in a VPC, a function's URL or another of AWS's services.
func (o *Origin) elsewhere() bool {
	domain := strings.ToLower(o.domain)
	return o.s3 || o.vpc || notAnAPI.MatchString(domain)
}

var notAnAPI = regexp.MustCompile(`(\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?|\.s3\.amazonaws\.com|s3-website[.-].*amazonaws\.com|\.elb\.amazonaws\.com|\.lambda-url\.[a-z0-9-]+\.on\.aws|` +
	`\.mediastore\..*|\.mediapackage.*|\.awsapprunner\.com|\.elasticbeanstalk\.com)$`)

// socketName is what paths and origins of sockets are called.
var socketName = regexp.MustCompile(`(?i)(^|[^a-z])(wss?|web-?sockets?|sockets?|realtime|rt|live|stream|events|push|chat)([^a-z]|$)`)

// pathOfSockets is a path that nobody gives anything but a socket.
var pathOfSockets = regexp.MustCompile(`(?i)^/?(wss?|web-?sockets?)([^a-z]|$)`)

// otherName is what paths of other APIs are called.
var otherName = regexp.MustCompile(`(?i)^/?(api|rest|graphql|v[0-9]+)([^a-z]|$)`)

func (b *Behavior) namedForSockets(d *Distribution) bool {
	origins, _ := d.targets(b.target)
	return socketName.MatchString(b.pattern) || socketName.MatchString(b.target) ||
		slices.ContainsFunc(origins, func(o *Origin) bool {
			return strings.Contains(strings.ToLower(o.domain), ".execute-api.") && !b.posts() && !otherName.MatchString(b.pattern) || socketName.MatchString(o.domain)
		})
}

func (e *Edge) isSocket(d *Distribution, b *Behavior) bool { return slices.Contains(e.Sockets(d), b) }

// FirstAPI is the API of the first WebSocket behavior, the default one first; nil when
// there is none.
func (e *Edge) FirstAPI(d *Distribution) (*apigateway.API, *apigateway.Mapping) {
	sockets := e.Sockets(d)
	for i := len(sockets) - 1; i >= 0; i-- {
		origins, _ := d.targets(sockets[i].target)
		for _, o := range origins {
			if o.sound() {
				return e.apis.At(o.Endpoint())
			}
		}
	}
	return nil, nil
}

// APIByHost finds the API that answers to a host: one of the template, or one that an
// origin of the distribution names; nil for none.
func (e *Edge) APIByHost(d *Distribution, host string) (*apigateway.API, *apigateway.Mapping) {
	for _, o := range d.origins {
		if o.problem == nil && strings.EqualFold(o.domain, host) {
			return e.apis.At(o.Endpoint())
		}
	}
	return e.apis.Own(host)
}

// Paths are paths that lead to the WebSocket behaviors of a distribution, one each:
// "/" for the default one, else the pattern with its wildcards filled in.
func (e *Edge) Paths(d *Distribution) []string {
	var paths []string
	for _, b := range e.Sockets(d) {
		path := b.path("")
		if strings.Contains(b.pattern, "*") && (len(b.functions) > 0 || len(b.lambdas) > 0) && !e.reaches(d, path) {
			// A function may want something in the place of the star.
			if longer := b.path("x"); e.reaches(d, longer) {
				path = longer
			}
		}
		if d.route(path) == b && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// path is one that the behavior's pattern matches.
func (b *Behavior) path(star string) string {
	return "/" + strings.TrimPrefix(strings.NewReplacer("*", star, "?", "x").Replace(b.pattern), "/")
}

// reaches says whether a handshake for a path comes to the path of an API's stage or
// mapping.
func (e *Edge) reaches(d *Distribution, path string) bool {
	v := &ViewerRequest{Secure: true, EdgeRegion: "us-east-1",
		Request: function.Request{Method: http.MethodGet, Host: d.Host(), Path: path, IP: "198.51.100.10", Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}}}
	passage, refusal, _ := e.Handshake(d, v, map[string]string{}, &trace.Trace{})
	if refusal != nil || passage.Requests[0].Connects() != nil {
		return false
	}
	q := passage.Requests[0]
	a, m := e.apis.At(q.Origin.Endpoint())
	return strings.Trim(q.Path, "/") == strings.Trim(a.PathOf(m), "/")
}
