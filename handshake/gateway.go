package handshake

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// apiRequest is the handshake as API Gateway gets it.
type apiRequest struct {
	host   string
	path   string
	query  string
	header http.Header
	peer   string // the address that connected
	trail  *trail // nil when the client came directly
}

// admission is what API Gateway makes of a handshake.
type admission struct {
	api         *api
	stage       string
	subprotocol string
	header      http.Header
	event       *ConnectEvent
	refusal     *Refusal
	// giveUp is set when the answer is 101 and the client has to close it.
	giveUp *Refusal
}

// maxAPIURL is the longest URL that a WebSocket API takes, in characters.
const maxAPIURL = 4096

// admit decides about a handshake at the API that serves target.
func (e *engine) admit(a *api, m *mapping, q *apiRequest, id string, r *Report) *admission {
	out := &admission{api: a, header: http.Header{}}
	refuse := func(status int, layer, rule, reason, fix string) *admission {
		out.refusal = &Refusal{Status: status, Layer: layer, Rule: rule, Reason: reason, Fix: fix}
		r.refuse(out.refusal)
		return out
	}
	t := q.trail
	for _, text := range a.assumed {
		r.note("api.external", text)
	}
	s := r.step("stage", a.name(), "api.host", "api.stage", "api.websocket-headers")
	if a.problem != nil {
		return refuse(0, "stage", "template.unresolved", "it cannot be told without what the template leaves open: "+firstLine(a.problem.Error()),
			"give the value in Facts")
	}
	if refusal := e.checkHost(a, m, q); refusal != nil {
		return refuse(refusal.Status, refusal.Layer, refusal.Rule, refusal.Reason, refusal.Fix)
	}
	if n := len("wss://") + len(q.host) + len(q.path) + len(q.query) + 1; n > maxAPIURL {
		return refuse(414, "stage", "api.url-length", fmt.Sprintf("the URL has %d characters at the API, at most %d are taken", n, maxAPIURL),
			"send less in the query string, or forward less of it; prop Forwarding")
	}
	stageName, refusal := e.checkPath(a, m, q, r)
	if refusal != nil {
		return refuse(refusal.Status, refusal.Layer, refusal.Rule, refusal.Reason, refusal.Fix)
	}
	out.stage = stageName
	if st := a.stage(stageName); st != nil && !st.deployed {
		return refuse(403, "stage", "api.deployment", "stage "+stageName+" has no deployment",
			"set AutoDeploy: true or DeploymentId on the stage "+st.id)
	}
	if refusal := checkUpgrade(q); refusal != nil {
		return refuse(refusal.Status, refusal.Layer, refusal.Rule, refusal.Reason, refusal.Fix)
	}
	s.Passed = append(s.Passed, "Host "+q.host, "path "+q.path)

	s = r.step("route", "$connect")
	connect := a.route("$connect")
	out.event = connectEvent(a, stageName, q, id, e.now())
	r.Event = out.event
	if t != nil {
		r.masked = t.setByOrigin
	}
	if connect == nil {
		s.Passed = append(s.Passed, "every client: the API has no $connect route")
	} else {
		if connect.problem != nil {
			return refuse(0, "route", "template.unresolved", "it cannot be told without what the template leaves open: "+
				firstLine(connect.problem.Error()), "give the value in Facts")
		}
		s.Rules = append(s.Rules, "api.connect")
		if connect.keyRequired {
			s.Rules = append(s.Rules, "api.key")
			if refusal := checkKey(a, stageName, q); refusal != nil {
				return refuse(refusal.Status, refusal.Layer, refusal.Rule, refusal.Reason, refusal.Fix)
			}
			s.Passed = append(s.Passed, "API key")
		}
		if refusal := e.authorize(a, connect, q, out.event, s, r); refusal != nil {
			return refuse(refusal.Status, refusal.Layer, refusal.Rule, refusal.Reason, refusal.Fix)
		}
	}
	answer, refusal := e.connect(a, connect, out.event, r)
	if refusal != nil {
		return refuse(refusal.Status, refusal.Layer, refusal.Rule, refusal.Reason, refusal.Fix)
	}
	for name, value := range answer.Headers {
		if http.CanonicalHeaderKey(name) == "Sec-Websocket-Protocol" && !badHeaderValue(value) {
			out.subprotocol = value
		}
	}
	r.Status = http.StatusSwitchingProtocols
	r.Outcome = Accepted
	out.giveUp = checkSubprotocol(out, connect, q, t)
	if out.giveUp != nil {
		r.refuse(out.giveUp)
		return out
	}
	s = &r.Steps[len(r.Steps)-1]
	s.Passed = append(s.Passed, "connection")
	if out.subprotocol != "" {
		s.Passed = append(s.Passed, "subprotocol "+out.subprotocol)
	}
	return out
}

// checkHost applies rule api.host.
func (e *engine) checkHost(a *api, m *mapping, q *apiRequest) *Refusal {
	want := a.host
	if m != nil {
		want = m.domain
	}
	t := q.trail
	place := "the client's URL"
	if t != nil {
		place = "DomainName of " + t.origin.place
	}
	if m == nil && a.disabled {
		return &Refusal{Status: 403, Layer: "stage", Rule: "api.endpoint-disabled",
			Reason: a.name() + " has its execute-api endpoint disabled",
			Fix:    "set " + place + " to the API's custom domain, or DisableExecuteApiEndpoint: false; prop Origin"}
	}
	if a.external && m == nil && strings.HasPrefix(want, "d-") {
		return &Refusal{Status: 403, Layer: "stage", Rule: "api.host",
			Reason: want + " is the regional target of a custom domain, which answers only to the custom domain's Host",
			Fix:    "set " + place + " to the custom domain itself; prop Origin"}
	}
	if owner := e.owner(want); a.external && owner != nil {
		return &Refusal{Status: 403, Layer: "stage", Rule: "api.region",
			Reason: fmt.Sprintf("the host %s is not that of %s, which is %s", want, owner.name(), owner.host),
			Fix:    "set " + place + " to " + owner.host + " (Ref of the API, AWS::Region, AWS::URLSuffix); prop Origin"}
	}
	if strings.EqualFold(q.host, want) {
		return nil
	}
	refusal := &Refusal{Status: 403, Layer: "stage", Rule: "api.host",
		Reason: fmt.Sprintf("the Host that reaches API Gateway is %s, not %s", shorten(q.host), want)}
	switch {
	case t != nil && t.hostByPolicy:
		refusal.Reason += ": " + t.policy + " forwards the viewer's Host"
		refusal.Fix = "set OriginRequestPolicyId of " + t.behavior.place +
			" to AllViewerExceptHostHeader (b689b0a8-53d0-40ab-baf2-68738e2966ac) or to a list without Host; prop Forwarding"
	case t != nil && t.setByOrigin["host"]:
		refusal.Fix = "remove Host from OriginCustomHeaders of " + t.origin.place
	default:
		refusal.Fix = "send Host " + want
	}
	return refusal
}

// owner is the template's API whose id a host begins with, under another region
// or suffix.
func (e *engine) owner(host string) *api {
	for _, a := range e.template.apis {
		if strings.HasPrefix(host, dnsLabel(a.id)+".execute-api.") {
			return a
		}
	}
	return nil
}

// checkPath applies rule api.stage and returns the stage's name.
func (e *engine) checkPath(a *api, m *mapping, q *apiRequest, r *Report) (string, *Refusal) {
	t := q.trail
	refusal := &Refusal{Status: 403, Layer: "stage", Rule: "api.stage"}
	originPlace := "the client's URL"
	if t != nil {
		originPlace = "OriginPath of " + t.origin.place
	}
	if m != nil {
		want := "/" + m.key
		if q.path == want || q.path == want+"/" || m.key == "" && q.path == "" {
			return m.stage, nil
		}
		refusal.Reason = fmt.Sprintf("the path at the API is %s, and the API mapping of %s serves %s only", shorten(q.path), m.domain, want)
		refusal.Fix = "set " + originPlace + " to the API mapping's key; prop Origin"
		return "", explainPath(refusal, t, strings.HasPrefix(q.path, strings.TrimSuffix(want, "/")+"/"))
	}
	segments := strings.Split(strings.TrimPrefix(q.path, "/"), "/")
	name := segments[0]
	if name == "" {
		refusal.Reason = "the path at the API is " + shorten(q.path) + ", without a stage"
		refusal.Fix = "set " + originPlace + " to /<stage>; prop Origin takes the URL with its stage"
		if len(a.stages) == 1 {
			refusal.Fix = "set " + originPlace + " to /" + a.stages[0].name + "; prop Origin takes the URL with its stage"
		}
		return "", refusal
	}
	if a.stage(name) == nil {
		if !a.external || len(a.stages) > 0 {
			refusal.Reason = fmt.Sprintf("the path at the API is %s, and %s has no stage %q (its stages: %s)",
				shorten(q.path), a.name(), shorten(name), a.stageNames())
			refusal.Fix = "set " + originPlace + " to the stage; prop Origin"
			return "", refusal
		}
		r.note("api.external", "stage "+shorten(name)+" is taken from the path")
	}
	if len(segments) == 1 || len(segments) == 2 && segments[1] == "" {
		return name, nil
	}
	if segments[1] == name {
		refusal.Reason = fmt.Sprintf("the path at the API is %s, with the stage twice", shorten(q.path))
		refusal.Fix = "leave the stage out of the client's URL"
		switch {
		case t != nil && strings.Count(t.origin.path, "/") > 1:
			refusal.Fix = "set " + originPlace + " to /" + name + "; prop Origin"
		case t != nil && t.function != "" && t.uri != t.viewerPath:
			refusal.Reason += ": function " + t.function + " rewrites to " + shorten(t.uri) + " and the origin path adds the stage again"
			refusal.Fix = "rewrite the uri to / in function " + t.function
		}
		return "", refusal
	}
	refusal.Reason = fmt.Sprintf("the path at the API is %s, which goes past the stage %s", shorten(q.path), name)
	return "", explainPath(refusal, t, true)
}

// explainPath says whose fault a path is that goes past the stage.
func explainPath(refusal *Refusal, t *trail, past bool) *Refusal {
	switch {
	case t == nil:
		refusal.Fix = "connect to the stage itself"
	case strings.Count(t.origin.path, "/") > 1:
		refusal.Reason += ": the origin path is " + shorten(t.origin.path)
		refusal.Fix = "set OriginPath of " + t.origin.place + " to the stage alone; prop Origin"
	case t.function != "" && t.uri != t.viewerPath:
		refusal.Reason += ": function " + t.function + " rewrites to " + shorten(t.uri) + ", before which the origin path is put"
		refusal.Fix = "rewrite the uri to / in function " + t.function
	case past:
		refusal.Fix = "connect to /, or let a viewer-request function rewrite the uri to / (FunctionAssociations of " + t.behavior.place +
			"); prop PathParameter does that and keeps the path for $connect"
	}
	return refusal
}

// checkUpgrade applies the rules api.upgrade and api.websocket-headers.
func checkUpgrade(q *apiRequest) *Refusal {
	if !upgrades(q.header) {
		return &Refusal{Status: 403, Layer: "stage", Rule: "api.upgrade",
			Reason: "the request is no WebSocket upgrade", Fix: "connect with a WebSocket client"}
	}
	var missing []string
	by := ""
	for _, name := range []string{"Sec-WebSocket-Key", "Sec-WebSocket-Version"} {
		if q.header.Get(name) == "" {
			missing = append(missing, name)
			if q.trail != nil && q.trail.droppedBy[strings.ToLower(name)] != "" {
				by = q.trail.droppedBy[strings.ToLower(name)]
			}
		}
	}
	if len(missing) > 0 {
		refusal := &Refusal{Status: 400, Layer: "stage", Rule: "api.websocket-headers",
			Reason: strings.Join(missing, " and ") + " did not reach API Gateway", Fix: "send what RFC 6455 asks for"}
		if by != "" {
			refusal.Reason += ": " + by + " does not forward it"
			refusal.Fix = "list Sec-WebSocket-Key, -Version, -Protocol, -Accept and -Extensions in an origin request policy of " +
				q.trail.behavior.place + "; prop Forwarding does"
		}
		return refusal
	}
	if v := q.header.Get("Sec-WebSocket-Version"); v != "13" {
		return &Refusal{Status: 400, Layer: "stage", Rule: "api.websocket-headers",
			Reason: fmt.Sprintf("Sec-WebSocket-Version is %q, not 13", shorten(v)), Fix: "use a client of RFC 6455"}
	}
	if key, err := base64.StdEncoding.DecodeString(q.header.Get("Sec-WebSocket-Key")); err != nil || len(key) != 16 {
		return &Refusal{Status: 400, Layer: "stage", Rule: "api.websocket-headers",
			Reason: "Sec-WebSocket-Key is not 16 bytes in base64", Fix: "use a client of RFC 6455"}
	}
	return nil
}

// checkKey applies rule api.key.
func checkKey(a *api, stage string, q *apiRequest) *Refusal {
	refusal := &Refusal{Status: 403, Layer: "route", Rule: "api.key"}
	given := q.header.Get("X-Api-Key")
	t := q.trail
	origin := "the origin"
	if t != nil {
		origin = t.origin.place
	}
	if a.keyHeader == "" {
		refusal.Status = 0
		refusal.Rule = "api.external"
		refusal.Reason = "the API key comes from the authorizer (ApiKeySelectionExpression), which is not played"
		refusal.Fix = "set ApiKeySelectionExpression to $request.header.x-api-key, or play without a key"
		return refusal
	}
	if given == "" {
		refusal.Reason = "$connect asks for an API key, and no x-api-key header reached it"
		refusal.Fix = "add x-api-key to OriginCustomHeaders of " + origin + "; package originlock does, or prop CustomHeaders of the origin"
		if t == nil {
			refusal.Reason = "$connect asks for an API key, and the client sent no x-api-key: going around the edge is refused"
			refusal.Fix = "connect through the distribution"
		}
		return refusal
	}
	source := "the client's x-api-key"
	if t != nil && t.setByOrigin["x-api-key"] {
		source = "x-api-key of the origin's custom headers"
	}
	var generated []string
	for _, key := range a.keys {
		if key.generated {
			generated = append(generated, key.id)
			continue
		}
		if key.value != given {
			continue
		}
		switch {
		case !key.enabled:
			refusal.Reason = source + " is the value of API key " + key.id + ", which is not enabled"
			refusal.Fix = "set Enabled: true on " + key.id
		case key.stage == "":
			refusal.Reason = source + " is the value of API key " + key.id + ", which is in no usage plan of the API"
			refusal.Fix = "add an AWS::ApiGateway::UsagePlanKey for it, in a usage plan with the stage"
		case key.stage != stage:
			refusal.Reason = fmt.Sprintf("%s is the value of API key %s, whose usage plan has stage %s, not %s", source, key.id, key.stage, stage)
			refusal.Fix = "add the stage to ApiStages of the usage plan"
		default:
			return nil
		}
	}
	if refusal.Reason != "" {
		return refusal
	}
	refusal.Reason = source + " is the value of no API key of stage " + stage
	refusal.Fix = "give OriginCustomHeaders of " + origin + " the same value as the API key's Value"
	if len(generated) > 0 {
		refusal.Rule = "api.key-generated"
		refusal.Reason += "; the value of " + strings.Join(generated, ", ") + " is made up by AWS"
		refusal.Fix = "set Value of " + generated[0] + " to the same secret reference as the origin's x-api-key"
	}
	return refusal
}

// authorize applies the authorizer of $connect.
func (e *engine) authorize(a *api, connect *route, q *apiRequest, event *ConnectEvent, s *Step, r *Report) *Refusal {
	switch connect.authorization {
	case "CUSTOM":
		s.Rules = append(s.Rules, "api.authorizer", "api.identity-source")
		if au := a.authorizers[connect.authorizer]; au != nil {
			if refusal := checkIdentity(au, q); refusal != nil {
				return refusal
			}
		}
	case "AWS_IAM":
		s.Rules = append(s.Rules, "api.iam")
		if q.header.Get("Authorization") == "" && !slices.ContainsFunc(splitQuery(q.query), func(p pair) bool { return p.name == "X-Amz-Signature" }) {
			refusal := &Refusal{Status: 403, Layer: "route", Rule: "api.iam", Reason: "$connect has AWS_IAM and no signature reached it",
				Fix: "forward Authorization (AllViewerExceptHostHeader), or the X-Amz-* query strings; prop Forwarding"}
			return refusal
		}
	default:
		return nil
	}
	verdict := Allow
	if e.options.Authorize != nil {
		verdict = e.options.Authorize(event)
	} else {
		r.note("api.authorizer", "the authorizer's verdict is taken to be allow; give Options.Authorize")
	}
	switch verdict {
	case Allow:
		s.Passed = append(s.Passed, "authorizer")
		return nil
	case Deny:
		return &Refusal{Status: 403, Layer: "route", Rule: "api.authorizer", Reason: "the authorizer denies", Fix: "see the authorizer's code"}
	case Unauthorized:
		return &Refusal{Status: 401, Layer: "route", Rule: "api.authorizer", Reason: "the authorizer says Unauthorized", Fix: "see the authorizer's code"}
	}
	return &Refusal{Status: 500, Layer: "route", Rule: "api.authorizer", Reason: "the authorizer fails", Fix: "see the authorizer's code and log"}
}

// checkIdentity applies rule api.identity-source.
func checkIdentity(au *authorizer, q *apiRequest) *Refusal {
	for _, source := range au.sources {
		kind, name := "", ""
		if n, ok := strings.CutPrefix(source, "route.request.header."); ok {
			kind, name = "header", n
		} else if n, ok := strings.CutPrefix(source, "route.request.querystring."); ok {
			kind, name = "query string", n
		} else {
			continue
		}
		there := false
		dropped := ""
		if kind == "header" {
			there = q.header.Get(name) != ""
			if q.trail != nil {
				dropped = q.trail.droppedBy[strings.ToLower(name)]
			}
		} else {
			there = slices.ContainsFunc(splitQuery(q.query), func(p pair) bool { return unescape(p.name) == name && p.value != "" })
			if q.trail != nil && q.trail.droppedQuery[name] {
				dropped = q.trail.policy
			}
		}
		if there {
			continue
		}
		refusal := &Refusal{Status: 401, Layer: "route", Rule: "api.identity-source",
			Reason: fmt.Sprintf("the %s %s, an identity source of authorizer %s, did not reach $connect", kind, name, au.id),
			Fix:    "send it with the handshake"}
		if dropped != "" {
			refusal.Reason += ": " + dropped + " does not forward it"
			refusal.Fix = "let the origin request policy of " + q.trail.behavior.place + " forward it; prop Forwarding"
			if strings.EqualFold(name, "Authorization") {
				refusal.Fix = "use AllViewerExceptHostHeader (b689b0a8-53d0-40ab-baf2-68738e2966ac), the only way for Authorization without caching; prop Forwarding"
			}
		}
		return refusal
	}
	return nil
}

// connect gives the answer of the $connect integration.
func (e *engine) connect(a *api, connect *route, event *ConnectEvent, r *Report) (ConnectResponse, *Refusal) {
	var i *integration
	if connect != nil {
		i = a.integrations[connect.target]
	}
	if i != nil && i.kind == "MOCK" {
		status, err := i.mockStatus()
		if err != nil {
			return ConnectResponse{}, &Refusal{Status: 500, Layer: "route", Rule: "api.mock", Reason: "the MOCK integration of $connect " + err.Error(),
				Fix: `set RequestTemplates of ` + i.place + ` to {"$default": "{\"statusCode\":200}"}`}
		}
		if status < 200 || status > 299 {
			return ConnectResponse{}, &Refusal{Status: status, Layer: "route", Rule: "api.connect",
				Reason: fmt.Sprintf("the MOCK integration of $connect gives the status %d", status),
				Fix:    "set statusCode to 200 in RequestTemplates of " + i.place}
		}
		return ConnectResponse{StatusCode: status}, nil
	}
	if e.options.Connect == nil {
		if connect != nil && (i != nil || a.external) {
			r.note("api.connect", "the $connect integration is taken to answer 200; give Options.Connect")
		}
		return ConnectResponse{StatusCode: 200, Headers: e.options.subprotocolAnswer()}, nil
	}
	answer := e.options.Connect(event)
	if answer.StatusCode == 0 {
		answer.StatusCode = 200
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		status := answer.StatusCode
		if status < 100 || status > 599 {
			status = 502
		}
		return answer, &Refusal{Status: status, Layer: "route", Rule: "api.connect",
			Reason: fmt.Sprintf("the $connect integration answers %d", answer.StatusCode), Fix: "see the code of the $connect integration"}
	}
	return answer, nil
}

// mockStatus is the statusCode of a MOCK integration's request template.
func (i *integration) mockStatus() (int, error) {
	template, ok := i.pick(i.requests)
	if !ok {
		return 0, fmt.Errorf("has no request template")
	}
	var body struct {
		StatusCode json.Number `json:"statusCode"`
	}
	if err := json.Unmarshal([]byte(template), &body); err != nil {
		return 0, fmt.Errorf("has a request template that gives no JSON with a statusCode")
	}
	status, err := body.StatusCode.Int64()
	if err != nil || status < 100 || status > 599 {
		return 0, fmt.Errorf("has a request template without a statusCode")
	}
	return int(status), nil
}

// pick chooses a template: $default, else the only one there is.
func (i *integration) pick(templates map[string]string) (string, bool) {
	if text, ok := templates["$default"]; ok {
		return text, true
	}
	if len(templates) == 1 {
		for _, text := range templates {
			return text, true
		}
	}
	text, ok := templates["application/json"]
	return text, ok
}

// checkSubprotocol applies rule api.subprotocol.
func checkSubprotocol(out *admission, connect *route, q *apiRequest, t *trail) *Refusal {
	dropped := ""
	if t != nil {
		dropped = t.droppedBy["sec-websocket-protocol"]
	}
	var asked []string
	for _, line := range q.header.Values("Sec-WebSocket-Protocol") {
		for _, name := range strings.Split(line, ",") {
			asked = append(asked, strings.TrimSpace(name))
		}
	}
	refusal := &Refusal{Status: http.StatusSwitchingProtocols, Layer: "route", Rule: "api.subprotocol"}
	switch {
	case dropped != "":
		refusal.Reason = "the answer is 101 without a subprotocol, so that browsers close the connection: " + dropped +
			" does not forward Sec-WebSocket-Protocol"
		refusal.Fix = "list Sec-WebSocket-Protocol in the origin request policy of " + t.behavior.place + "; prop Forwarding does"
	case len(asked) > 0 && out.subprotocol == "":
		refusal.Reason = "the client asks for the subprotocol " + strings.Join(asked, ", ") +
			" and the $connect integration answers without one, so that browsers close the connection"
		refusal.Fix = "return the header Sec-WebSocket-Protocol from the $connect integration (Options.Connect here)"
		if connect != nil {
			if i := out.api.integrations[connect.target]; i != nil && i.kind == "MOCK" {
				refusal.Fix = "give $connect a Lambda integration that returns Sec-WebSocket-Protocol: a MOCK one sets no header"
			}
		}
	case out.subprotocol != "" && !slices.Contains(asked, out.subprotocol):
		refusal.Reason = fmt.Sprintf("the $connect integration answers with the subprotocol %q, for which the client did not ask", shorten(out.subprotocol))
		refusal.Fix = "return one of the subprotocols that the client sends"
	default:
		return nil
	}
	return refusal
}
