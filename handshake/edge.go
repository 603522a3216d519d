package handshake

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// viewerRequest is the handshake as the edge gets it.
type viewerRequest struct {
	method string
	host   string // without port
	path   string // as sent, percent-encoded
	query  string // as sent
	asks   bool   // there is a "?", with or without a query string behind it
	header http.Header
	secure bool
	http2  bool
	ip     string
}

func (v *viewerRequest) url() string {
	scheme := "wss"
	if !v.secure {
		scheme = "ws"
	}
	u := scheme + "://" + v.host + v.path
	if v.query != "" {
		u += "?" + v.query
	}
	return u
}

// upgrades says whether the request asks for a WebSocket.
func upgrades(h http.Header) bool {
	return hasToken(h, "Connection", "upgrade") && hasToken(h, "Upgrade", "websocket")
}

func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for _, part := range strings.Split(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// answer is an HTTP response.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	refusal *Refusal
}

// originRequest is the handshake as the edge sends it to one origin.
type originRequest struct {
	origin *origin
	host   string
	path   string
	query  string
	header http.Header
	trail  *trail
}

// trail is what the edge did to a handshake, for the API to explain a refusal.
type trail struct {
	distribution *distribution
	behavior     *behavior
	function     string // logical id of the function that ran; "" if none
	policy       string // what the origin request policy is called
	hostByPolicy bool
	viewerPath   string
	uri          string // after the function
	origin       *origin
	droppedBy    map[string]string // lower-case header → what dropped it
	droppedQuery map[string]bool
	setByOrigin  map[string]bool // lower-case names of the origin's custom headers
}

// engine decides about handshakes; it has no sockets.
type engine struct {
	template     *Template
	distribution *distribution
	options      Options
	now          func() time.Time
}

// functionLimit is how long a function may run here. CloudFront's limit is under a
// millisecond of its own runtime; this one only ends endless loops.
const functionLimit = time.Second

// edge takes a handshake to the requests that go to the origins, in the order
// in which they are tried, or to an answer of the edge's own.
func (e *engine) edge(v *viewerRequest, id string, r *Report) ([]*originRequest, []int, *answer) {
	d := e.distribution
	r.Request = v.method + " " + v.url()
	refuse := func(status int, layer, rule, reason, fix string) ([]*originRequest, []int, *answer) {
		refusal := &Refusal{Status: status, Layer: layer, Rule: rule, Reason: reason, Fix: fix}
		r.refuse(refusal)
		return nil, nil, edgeAnswer(refusal)
	}
	unknown := func(layer string, err error) ([]*originRequest, []int, *answer) {
		return refuse(0, layer, "template.unresolved", "it cannot be told without what the template leaves open: "+firstLine(err.Error()),
			"give the value in Facts (wscheck: --parameter, --import, --attribute, --secret)")
	}

	s := r.step("viewer", d.host(), "edge.length", "distribution.alias")
	s.Passed = append(s.Passed, viewerSummary(v)...)
	if d.problem != nil {
		return unknown("viewer", d.problem)
	}
	if !d.enabled {
		return refuse(403, "viewer", "distribution.disabled", "distribution "+d.id+" is disabled",
			"set Enabled: true in "+d.place)
	}
	if n := len(v.path) + len(v.query) + len("https://?") + len(v.host); n > maxURL {
		return refuse(413, "viewer", "edge.length", fmt.Sprintf("the URL has %d bytes, at most %d are taken", n, maxURL),
			"send less in the query string")
	}
	if n := requestSize(v); n > maxRequest {
		return refuse(413, "viewer", "edge.length", fmt.Sprintf("the request has %d bytes, at most %d are taken", n, maxRequest),
			"send less in headers and cookies")
	}
	if !d.answersTo(v.host) {
		return refuse(403, "viewer", "distribution.alias", fmt.Sprintf("the distribution does not serve the name %q", v.host),
			"add it to Aliases in "+d.place+"; prop DomainNames")
	}
	if v.http2 {
		return refuse(400, "viewer", "edge.http1", "the client negotiated HTTP/2 by ALPN and then asked for a WebSocket",
			"let the client offer only http/1.1 for wss, as browsers do")
	}

	b := d.route(v.path)
	if b == nil {
		return refuse(0, "behavior", "template.unresolved", "the distribution has no default behavior", "set DefaultCacheBehavior in "+d.place)
	}
	s = r.step("behavior", b.name(), "edge.path-pattern", "edge.path-normalized")
	if b.problem != nil {
		return unknown("behavior", b.problem)
	}
	s.Passed = append(s.Passed, "path "+shorten(v.path))
	if refusal := viewerProtocol(v, b); refusal != nil {
		s.Rules = append(s.Rules, "edge.viewer-protocol")
		r.refuse(refusal)
		a := edgeAnswer(refusal)
		if refusal.Status == http.StatusMovedPermanently {
			a.header.Set("Location", "https"+strings.TrimPrefix(v.url(), "ws"))
		}
		return nil, nil, a
	}
	if !v.secure {
		r.note("edge.viewer-protocol-clear", b.name()+" has viewer protocol policy allow-all: ws:// goes through in the clear")
	}
	if !slices.Contains(b.methods, v.method) {
		return refuse(403, "behavior", "edge.methods", fmt.Sprintf("%s does not allow the method %s", b.name(), v.method),
			"list GET in AllowedMethods of "+b.place)
	}
	if b.signed {
		return refuse(403, "behavior", "edge.signed", b.name()+" takes only signed URLs or cookies, whose signatures are not checked here",
			"remove TrustedKeyGroups from "+b.place+", or play the unsigned behavior")
	}
	if d.webACL != "" {
		r.note("distribution.web-acl", "the web ACL's rules are not played")
	}

	t := &trail{distribution: d, behavior: b, viewerPath: v.path, uri: v.path, droppedBy: map[string]string{},
		droppedQuery: map[string]bool{}, setByOrigin: map[string]bool{}}
	v, change, a := e.viewerFunction(v, b, id, t, r)
	if a != nil {
		return nil, nil, a
	}
	return e.toOrigins(v, b, change, id, t, r)
}

// viewerFunction runs what the behaviour has on viewer-request. It returns the
// request as the function left it.
func (e *engine) viewerFunction(v *viewerRequest, b *behavior, id string, t *trail, r *Report) (*viewerRequest, *originChange, *answer) {
	for _, l := range b.lambdas {
		r.note("edge.lambda", "the Lambda@Edge function on "+l.event+" is not played: the handshake passes it unchanged")
	}
	for _, assoc := range b.functions {
		if assoc.event != "viewer-request" {
			continue
		}
		f := e.template.functionByARN(assoc.arn)
		if f == nil {
			refusal := &Refusal{Layer: "function", Rule: "template.unresolved",
				Reason: "the code of the viewer-request function " + assoc.arn + " is not in the template",
				Fix:    "play the template that defines the function"}
			r.refuse(refusal)
			return nil, nil, edgeAnswer(refusal)
		}
		t.function = f.id
		limit := functionLimit
		run := f.run(v, functionInput{distribution: e.distribution, requestID: id, region: e.options.edgeRegion(),
			values: e.options.KeyValues, extra: e.cloudFrontHeaders(b, v), limit: limit})
		s := r.step("function", f.id, "function.rewrite")
		for _, line := range run.logs {
			r.note("function.response", "function "+f.id+" logs: "+line)
		}
		if run.fault != nil {
			s.Rules = append(s.Rules, run.fault.rule)
			layer := "function"
			if run.fault.rule == "function.size" {
				layer = "deploy"
			}
			refusal := &Refusal{Status: run.fault.status, Layer: layer, Rule: run.fault.rule, Reason: run.fault.reason, Fix: run.fault.fix}
			r.refuse(refusal)
			return nil, nil, edgeAnswer(refusal)
		}
		if run.response != nil {
			s.Rules = append(s.Rules, "function.response")
			reason := fmt.Sprintf("function %s answers the viewer itself", f.id)
			if len(run.response.body) > 0 {
				reason += ": " + firstLine(string(run.response.body))
			}
			refusal := &Refusal{Status: run.response.status, Layer: "function", Rule: "function.response", Reason: reason,
				Fix: "send what the function asks for, such as an allowed Origin, or change FunctionCode of " + f.place + " (props AllowedOrigins, PathParameter)"}
			r.refuse(refusal)
			run.response.refusal = refusal
			return nil, nil, run.response
		}
		s.Changed = run.changed
		if run.query != v.query || !maps.EqualFunc(run.header, v.header, slices.Equal) {
			s.Rules = append(s.Rules, "function.added")
		}
		if len(run.changed) == 0 {
			s.Passed = []string{"everything"}
		}
		next := *v
		next.path, next.query, next.header = run.uri, run.query, run.header
		t.uri = run.uri
		return &next, run.change, nil
	}
	return v, nil, nil
}

// cloudFrontHeaders are the CloudFront-* headers that the policies ask for and
// whose values are known here.
func (e *engine) cloudFrontHeaders(b *behavior, v *viewerRequest) map[string]string {
	var wanted []string
	if p := e.template.originRequestPolicy(b.policyID); p != nil {
		wanted = append(wanted, p.cloudFront...)
		if p.headers.mode == "whitelist" {
			wanted = append(wanted, p.headers.names...)
		}
	}
	if p := e.template.cachePolicy(b.cachePolicyID); p != nil && p.headers.mode == "whitelist" {
		wanted = append(wanted, p.headers.names...)
	}
	out := map[string]string{}
	for _, name := range wanted {
		switch strings.ToLower(name) {
		case "cloudfront-viewer-country":
			out[name] = e.options.country()
		case "cloudfront-viewer-address":
			out[name] = v.ip + ":46532"
		case "cloudfront-forwarded-proto":
			out[name] = map[bool]string{true: "https", false: "http"}[v.secure]
		case "cloudfront-viewer-http-version":
			out[name] = "1.1"
		}
	}
	return out
}

// viewerProtocol applies the viewer protocol policy.
func viewerProtocol(v *viewerRequest, b *behavior) *Refusal {
	if v.secure || b.viewerProtocol == "allow-all" {
		return nil
	}
	if b.viewerProtocol == "redirect-to-https" {
		return &Refusal{Status: 301, Layer: "behavior", Rule: "edge.viewer-protocol-redirect",
			Reason: "ws:// is redirected to https://, and WebSocket clients do not follow a redirect",
			Fix:    "connect with wss://; set ViewerProtocolPolicy to https-only in " + b.place + ", so that the refusal is plain"}
	}
	return &Refusal{Status: 403, Layer: "behavior", Rule: "edge.viewer-protocol",
		Reason: "ws:// is refused: the viewer protocol policy is https-only", Fix: "connect with wss://"}
}

func viewerSummary(v *viewerRequest) []string {
	var out []string
	if v.secure {
		out = append(out, "TLS")
	} else {
		out = append(out, "plain HTTP")
	}
	if upgrades(v.header) {
		out = append(out, "WebSocket upgrade")
	} else {
		out = append(out, "no WebSocket upgrade")
	}
	return out
}

func requestSize(v *viewerRequest) int {
	n := len(v.method) + len(v.path) + len(v.query) + len(v.host)
	for name, values := range v.header {
		for _, value := range values {
			n += len(name) + len(value) + 4
		}
	}
	return n
}

// edgeAnswer is a response of CloudFront's own. An outcome that is unknown has no
// status at AWS; over the wire it is 501.
func edgeAnswer(refusal *Refusal) *answer {
	status := refusal.Status
	if status == 0 {
		status = http.StatusNotImplemented
	}
	h := http.Header{}
	h.Set("Server", "CloudFront")
	h.Set("X-Cache", "Error from cloudfront")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	return &answer{status: status, header: h, refusal: refusal, body: []byte(refusal.Reason + "\n")}
}

// masks applies the custom error responses to an origin's answer: the status
// that the viewer gets instead, if one applies.
func (d *distribution) masks(status int) (errorResponse, bool) {
	for _, e := range d.errors {
		if e.status == status && e.answer != 0 {
			return e, true
		}
		if e.status == status && e.page != "" {
			e.answer = status
			return e, true
		}
	}
	return errorResponse{}, false
}

// mask puts a custom error response over a refusal of the origin.
func (d *distribution) mask(refusal *Refusal, r *Report) *answer {
	e, ok := d.masks(refusal.Status)
	if !ok {
		return nil
	}
	masked := *refusal
	masked.OriginStatus = refusal.Status
	masked.Status = e.answer
	masked.Reason = refusal.Reason + "; the viewer sees " + strconv.Itoa(e.answer) + " " + e.page + " instead of " +
		strconv.Itoa(refusal.Status) + ", because of a custom error response"
	masked.Fix = refusal.Fix + "; and remove the CustomErrorResponses entry for " + strconv.Itoa(refusal.Status) + " from " + d.place
	s := r.step("errors", d.id, "distribution.error-responses")
	s.Changed = []string{fmt.Sprintf("status %d → %d %s", refusal.Status, e.answer, e.page)}
	r.refuse(&masked)
	h := http.Header{}
	h.Set("X-Cache", "Error from cloudfront")
	h.Set("Content-Type", "text/html")
	return &answer{status: e.answer, header: h, refusal: &masked, body: []byte("<!-- " + e.page + " -->\n")}
}
