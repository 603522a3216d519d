package edge

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// functionSource is the viewer-request function, the same text that its tests
// run.
//
//go:embed function.js
var functionSource string

// maxFunctionSize is how many bytes of code CloudFront takes (CloudFront
// Developer Guide, "Quotas", CloudFront Functions). Validation goes by
// rules.MaxFunctionSettings, which leaves room for the rest of the code.
const maxFunctionSize = 10240

// maxParameters is how many query string parameters the function reads to find the
// viewer's own one of the path's name. Each costs it time; API Gateway has no
// documented number of its own.
const maxParameters = 24

// functionSettings is what function.js reads as SETTINGS; what is off is left
// out.
type functionSettings struct {
	// Prefix is the path that the behavior is attached under.
	Prefix string `json:"prefix,omitempty"`
	// Parameter is the query string parameter that carries the path.
	Parameter string `json:"parameter,omitempty"`
	// MostParameters is how many parameters are read, where Parameter is set.
	MostParameters int `json:"mostParameters,omitempty"`
	// LongestURL is how many characters of URI and query string, without the
	// question mark, are looked at.
	LongestURL int `json:"longestURL"`
	// LongestQuery is how long the query string to the API may get, where
	// Parameter is set.
	LongestQuery int `json:"longestQuery,omitempty"`
	// Origins and Wildcards are the allowed origins without and with a wildcard, in
	// lower case, each between spaces. Both are there if one is.
	Origins   string `json:"origins,omitempty"`
	Wildcards string `json:"wildcards,omitempty"`
	// LongestOrigin is the length of the longest Origin that can be allowed.
	LongestOrigin int `json:"longestOrigin,omitempty"`
	// RequireWebOrigin refuses handshakes without Origin.
	RequireWebOrigin bool `json:"requireWebOrigin,omitempty"`
}

// has says whether the settings ask for a part of function.js.
func (s functionSettings) has(part string) bool {
	switch part {
	case "prefix":
		return s.Prefix != ""
	case "parameter":
		return s.Parameter != ""
	case "origins":
		return s.Origins != ""
	}
	panic("function.js has an unknown part " + part)
}

// code is the source with its settings in place: the parts that they ask for,
// without comments.
func (s functionSettings) code() string {
	// The code is no HTML: an & of a path would take six characters.
	var settings bytes.Buffer
	enc := json.NewEncoder(&settings)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // strings, numbers and booleans always encode
	}
	var code strings.Builder
	on := true
	for line := range strings.Lines(functionSource) {
		text := strings.TrimSpace(line)
		part, begins := strings.CutPrefix(text, "//if ")
		switch {
		case begins:
			on = s.has(part)
		case text == "//end":
			on = true
		case on && text != "" && !strings.HasPrefix(text, "//"):
			code.WriteString(line)
		}
	}
	return strings.Replace(code.String(), "= SETTINGS;", "= "+strings.TrimSpace(settings.String())+";", 1)
}

// function makes the CloudFront Function id of scope.
func (s functionSettings) function(scope constructs.Construct, id string) awscloudfront.Function {
	return awscloudfront.NewFunction(scope, &id, &awscloudfront.FunctionProps{
		FunctionName: physicalName(scope, id),
		Comment:      jsii.String("WebSocket handshakes"),
		Code:         awscloudfront.FunctionCode_FromInline(jsii.String(s.code())),
		Runtime:      awscloudfront.FunctionRuntime_JS_2_0(),
	})
}

// functionFeatures names the props that need the function, in their order.
func (p *WebSocketBehaviorProps) functionFeatures() []string {
	var features []string
	if p.PathParameter != "" {
		features = append(features, "PathParameter")
	}
	if len(p.AllowedWebOrigins) > 0 {
		features = append(features, "AllowedWebOrigins")
	}
	if p.RequireHandshake {
		features = append(features, "RequireHandshake")
	}
	return features
}

// maxEndpointHost is longer than the host of any execute-api endpoint.
const maxEndpointHost = 64

// maxLabel is the longest label of a host name (RFC 1035, section 2.3.4).
const maxLabel = 63

// functionSettings are those of a behavior under prefix, whose API is at e.
func (p *WebSocketBehaviorProps) functionSettings(prefix string, e endpoint) functionSettings {
	host, path := len(e.host), len(e.path)
	if token.Is(e.host) {
		host = maxEndpointHost
	}
	if token.Is(e.path) {
		path = len("/") + rules.MaxStageName
	}
	room := rules.MaxURL - len("wss://") - host - path - len("/?")
	s := functionSettings{Prefix: prefix, LongestURL: len(prefix) + len("/") + room}
	if p.PathParameter != "" {
		s.Parameter, s.MostParameters, s.LongestQuery = p.PathParameter, maxParameters, room
	}
	if len(p.AllowedWebOrigins) > 0 {
		s.RequireWebOrigin, s.Origins, s.Wildcards = p.RequireWebOrigin, " ", " "
	}
	for _, origin := range p.AllowedWebOrigins {
		list, longest := &s.Origins, len(origin)
		if strings.Contains(origin, "*") {
			list, longest = &s.Wildcards, len(origin)+maxLabel-len("*")
		}
		*list += strings.ToLower(origin) + " "
		s.LongestOrigin = max(s.LongestOrigin, longest)
	}
	return s
}

// functionProblems lists what is wrong with the props that the function serves.
func (p *WebSocketBehaviorProps) functionProblems() rules.Problems {
	problems := rules.EdgeFunction{
		PathParameter:     p.PathParameter,
		AllowedWebOrigins: p.AllowedWebOrigins,
		RequireWebOrigin:  p.RequireWebOrigin,
		QueryStrings:      p.Forwarding.QueryStrings.names,
	}.Problems(token.Is)
	for i, origin := range p.AllowedWebOrigins {
		if token.Is(origin) {
			problems.Addf(rules.Field("AllowedWebOrigins").At(i), "must be known at synthesis, got a token; write it out, the edge function holds it in its code")
		}
	}
	if features := p.functionFeatures(); len(features) > 0 {
		problems.Add("", p.edgeFunctions().beside(strings.Join(features, " and ")))
	}
	return problems
}
