package cloudfront

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// play takes a handshake through the changed template's distribution. The words say
// where it ends: "status rule" for a refusal, else "host/path?query" at the origin.
func play(t *testing.T, e *Edge, url string, change func(v *ViewerRequest)) (string, *trace.Refusal, *trace.Trace) {
	t.Helper()
	d := e.Distributions()[0]
	host, path, _ := strings.Cut(url, "/")
	v := &ViewerRequest{Secure: true, Country: "DE", EdgeRegion: "us-east-1", ID: "r",
		Request: function.Request{Method: "GET", Host: host, IP: "198.51.100.10", Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}}}
	if host == "" {
		v.Host = d.Host()
	}
	v.Path, v.Query, v.Asks = strings.Cut("/"+path, "?")
	if change != nil {
		change(v)
	}
	way := &trace.Trace{}
	passage, refusal, response := e.Handshake(d, v, nil, way)
	if refusal != nil {
		if response.Status != refusal.Status && refusal.Status != 0 {
			t.Errorf("the response has status %d, the refusal %d", response.Status, refusal.Status)
		}
		return fmt.Sprintf("%d %s", refusal.Status, refusal.Rule.ID), refusal, way
	}
	q := passage.Requests[0]
	if refusal := q.Connects(); refusal != nil {
		return fmt.Sprintf("%d %s", refusal.Status, refusal.Rule.ID), refusal, way
	}
	where := q.Host + q.Path
	if q.Query != "" {
		where += "?" + q.Query
	}
	return where, nil, way
}

// code is a CloudFront Function on viewer-request of the socket.
func code(body string) []edit {
	text, _ := json.Marshal("import cf from 'cloudfront';\nasync function handler(event) { var request = event.request; " + body + " return request; }")
	return []edit{{"Resources.F", `{"Type": "AWS::CloudFront::Function", "Properties": {"Name": "f", "AutoPublish": true, "FunctionCode": ` + string(text) + `,
		"FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": [{"KeyValueStoreARN": "arn:aws:cloudfront::123456789012:key-value-store/s"}]}}}`},
		{socket + "FunctionAssociations", `[{"EventType": "viewer-request", "FunctionARN": {"Ref": "F"}}]`}}
}

// atEdge is a Lambda@Edge function of the template, on an event of the socket.
func atEdge(event, body string) []edit {
	text, _ := json.Marshal("exports.handler = async (event) => { const request = event.Records[0].cf.request; " + body + " return request; };")
	return []edit{{"Resources.L", `{"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "index.handler", "Code": {"ZipFile": ` + string(text) + `}}}`},
		{"Resources.V", `{"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "L"}}}`},
		{socket + "LambdaFunctionAssociations", `[{"EventType": "` + event + `", "LambdaFunctionARN": {"Ref": "V"}}]`}}
}

func TestWhereAHandshakeEnds(t *testing.T) {
	t.Parallel()
	const host = "api.execute-api.us-east-1.amazonaws.com"
	geo := func(kind, countries string) edit {
		return edit{"Restrictions", `{"GeoRestriction": {"RestrictionType": "` + kind + `", "Locations": ` + countries + `}}`}
	}
	tenants := []edit{{"ConnectionMode", `"tenant-only"`}, {"Aliases", `null`}, {"Origins.1.OriginPath", `"/{{stage}}"`},
		{"Resources.T", `{"Type": "AWS::CloudFront::DistributionTenant", "Properties": {"DistributionId": {"Ref": "D"}, "Name": "t", "Domains": ["t.example.com"],
			"Parameters": [{"Name": "stage", "Value": "live"}], "Customizations": {"GeoRestrictions": {"RestrictionType": "blacklist", "Locations": ["FR"]}}}}`}}
	second := edit{"Origins.2", `{"Id": "other", "DomainName": "other.example.com", "OriginPath": "/two", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}`}
	from := func(country string) func(v *ViewerRequest) { return func(v *ViewerRequest) { v.Country = country } }
	for _, tt := range []struct {
		name, url, want string
		reason          string
		change          func(v *ViewerRequest)
		edits           []edit
	}{
		{name: "the good template", url: "/ws", want: host + "/ws"},
		{name: "a name that is no alias", url: "other.example.com/ws", want: "403 distribution.alias"},
		{name: "an alias in capitals", url: "APP.EXAMPLE.COM/ws", want: host + "/ws"},
		{name: "a name that may be among the aliases", url: "other.example.com/ws", want: host + "/ws", edits: []edit{{"Aliases", `[{"Fn::ImportValue": "name"}]`}}},
		{name: "a certificate that is given later stops nothing", url: "/ws", want: host + "/ws", edits: []edit{{"ViewerCertificate.AcmCertificateArn", `{"Fn::ImportValue": "c"}`}, {"WebACLId", `{"Fn::ImportValue": "w"}`}}},

		{name: "the root object in the place of the root URL", url: "/", want: host + "/index.html", edits: []edit{{"DefaultRootObject", `"index.html"`}, {site + "TargetOriginId", `"socket"`}}},
		{name: "another path has no root object", url: "/ws", want: host + "/ws", edits: []edit{{"DefaultRootObject", `"index.html"`}, {site + "TargetOriginId", `"socket"`}}},
		{name: "a path that a function rewrites has no root object", url: "/ws", want: host + "/", edits: append(code("request.uri = '/';"), edit{"DefaultRootObject", `"index.html"`})},

		{name: "a country that is blocked", url: "/ws", want: "403 edge.geo", reason: "blocks viewers from DE", edits: []edit{geo("blacklist", `["DE"]`)}},
		{name: "a country that is not blocked", url: "/ws", want: host + "/ws", change: from("US"), edits: []edit{geo("blacklist", `["DE"]`)}},
		{name: "a country that is not let in", url: "/ws", want: "403 edge.geo", reason: "restricted to US", edits: []edit{geo("whitelist", `["US"]`)}},
		{name: "countries that are given later", url: "/ws", want: host + "/ws", edits: []edit{geo("whitelist", `[{"Ref": "AWS::NoValue"}, {"Fn::ImportValue": "c"}]`)}},
		{name: "a blocked country behind a custom error response", url: "/ws", want: "200 edge.geo", edits: []edit{geo("blacklist", `["DE"]`), {"CustomErrorResponses", `[{"ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/index.html"}]`}}},

		{name: "a web ACL that blocks", url: "/ws", want: "403 web-acl.block", reason: "default action", edits: []edit{{"WebACLId", `{"Fn::GetAtt": ["W", "Arn"]}`},
			{"Resources.W", `{"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "CLOUDFRONT", "DefaultAction": {"Block": {}}}}`}}},

		{name: "a tenant's name", url: "t.example.com/ws", want: host + "/live/ws", edits: tenants},
		{name: "a tenant's own restriction", url: "t.example.com/ws", want: "403 edge.geo", change: from("FR"), edits: tenants},
		{name: "a tenant's own web ACL", url: "t.example.com/ws", want: "403 web-acl.block", edits: append(tenants, edit{"Resources.T.Properties.Customizations.WebAcl", `{"Action": "override", "Arn": {"Fn::GetAtt": ["W", "Arn"]}}`},
			edit{"Resources.W", `{"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "CLOUDFRONT", "DefaultAction": {"Block": {}}}}`})},
		{name: "a tenant that is disabled", url: "t.example.com/ws", want: "403 distribution.tenant-only", edits: append(tenants, edit{"Resources.T.Properties.Enabled", `false`})},
		{name: "a connection group that is disabled", url: "t.example.com/ws", want: "403 distribution.tenant-only", edits: append(tenants, edit{"Resources.T.Properties.ConnectionGroupId", `{"Ref": "G"}`},
			edit{"Resources.G", `{"Type": "AWS::CloudFront::ConnectionGroup", "Properties": {"Name": "g", "Enabled": false}}`})},
		{name: "the own name of a multi-tenant distribution", url: "d.cloudfront.net/ws", want: "403 distribution.tenant-only", edits: tenants},
		{name: "a staging distribution's own name", url: "d.cloudfront.net/ws", want: "403 distribution.staging", edits: []edit{{"Staging", `true`}, {"Aliases", `null`}}},

		{name: "unsigned where signatures are asked for", url: "/ws", want: "403 edge.signed", edits: []edit{{socket + "TrustedKeyGroups", `["k"]`}}},
		{name: "signed where signatures are asked for", url: "/ws?Expires=1&Signature=s&Key-Pair-Id=k", want: "0 template.unresolved", edits: []edit{{socket + "TrustedKeyGroups", `["k"]`}}},

		{name: "a function that is named by Ref", url: "/ws/a", want: host + "/", edits: code("request.uri = '/';")},
		{name: "a function that changes the origin", url: "/ws", want: "new.example.com/v2/ws", edits: code("cf.updateRequestOrigin({domainName: 'new.example.com', originPath: '/v2'});")},
		{name: "a function that keeps the rest of the origin", url: "/ws", want: host + "/v2/ws", edits: append(code("cf.updateRequestOrigin({originPath: '/v2'});"), edit{"Origins.1.OriginPath", `"/v1"`})},
		{name: "a function that goes to another port", url: "/ws", want: "502 origin.protocol", edits: code("cf.updateRequestOrigin({customOriginConfig: {port: 8443, protocol: 'https', sslProtocols: ['TLSv1.2']}});")},
		{name: "a function that goes by plain HTTP", url: "/ws", want: "502 origin.protocol", edits: code("cf.updateRequestOrigin({customOriginConfig: {port: 80, protocol: 'http', sslProtocols: ['TLSv1.2']}});")},
		{name: "a function that chooses an origin", url: "/ws", want: "h.example.com/two/ws", edits: append(code("cf.selectRequestOriginById('other', {hostHeader: 'h.example.com'});"), second)},
		{name: "a function that makes a group", url: "/ws", want: "other.example.com/two/ws", edits: append(code("cf.createRequestOriginGroup({originIds: [{originId: 'other'}, {originId: 'socket'}], failoverCriteria: {statusCodes: [503]}});"), second)},
		{name: "a function that fails for want of a value", url: "/ws", want: "0 template.unresolved", reason: `reads the key "k"`, edits: code("request.uri = await cf.kvs().get('k');")},
		{name: "a function that answers for want of a value", url: "/ws", want: "0 template.unresolved", edits: code("if (!await cf.kvs().exists('k')) { return {statusCode: 401}; }")},
		{name: "a function that does without a value", url: "/ws", want: host + "/ws", edits: code("try { await cf.kvs().get('k'); } catch (e) {}")},
		{name: "a function that checks a token that is not played", url: "/ws", want: "0 template.unresolved", reason: "cf.cwt.validateToken", edits: code("try { cf.cwt.validateToken(1, {}); } catch (e) { return {statusCode: 401}; }")},

		{name: "Lambda@Edge on viewer-request", url: "/ws/a?b=1", want: host + "/ws?b=1&room=a", edits: atEdge("viewer-request", "request.querystring += '&room=' + request.uri.split('/')[2]; request.uri = '/ws';")},
		{name: "Lambda@Edge that adds Upgrade", url: "/ws", want: "502 edge.lambda-header", reason: `"upgrade"`, edits: atEdge("viewer-request", "request.headers.upgrade = [{key: 'Upgrade', value: 'websocket'}];")},
		{name: "Lambda@Edge that answers", url: "/ws", want: "401 edge.lambda-response", edits: atEdge("viewer-request", "return {status: '401', body: 'no'};")},
		{name: "Lambda@Edge that throws", url: "/ws", want: "503 edge.lambda-error", edits: atEdge("viewer-request", "throw new Error('broken');")},
		{name: "Lambda@Edge on origin-request changes the path", url: "/ws/a", want: host + "/v1/ws", edits: append(atEdge("origin-request", "request.uri = '/ws';"), edit{"Origins.1.OriginPath", `"/v1"`})},
		{name: "Lambda@Edge on origin-request changes the origin and its host", url: "/ws", want: "new.example.com/p/ws", edits: atEdge("origin-request", "request.origin.custom.domainName = 'new.example.com'; request.origin.custom.path = '/p'; request.headers.host = [{key: 'host', value: 'new.example.com'}];")},
		{name: "Lambda@Edge that forgets the host", url: "/ws", want: host + "/ws", edits: atEdge("origin-request", "request.origin.custom.domainName = 'new.example.com';")},
		{name: "Lambda@Edge that goes by plain HTTP", url: "/ws", want: "502 origin.protocol", edits: atEdge("origin-request", "request.origin.custom.protocol = 'http'; request.origin.custom.port = 80;")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, refusal, _ := play(t, changed(t, "", tt.edits...), tt.url, tt.change)
			if got != tt.want {
				t.Fatalf("got %s (%v), want %s", got, refusal, tt.want)
			}
			if tt.reason != "" && !strings.Contains(refusal.Reason, tt.reason) {
				t.Errorf("reason %q, want %q in it", refusal.Reason, tt.reason)
			}
		})
	}
}

func TestAFunctionElsewhereLeavesTheAnswerOpen(t *testing.T) {
	t.Parallel()
	for event, layers := range map[string]map[rules.Layer]bool{
		"viewer-request": {rules.LayerStage: false, rules.LayerOrigin: true},
		"origin-request": {rules.LayerStage: false, rules.LayerOrigin: false},
	} {
		edits := []edit{{socket + "LambdaFunctionAssociations", `[{"EventType": "` + event + `", "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:f:3"}]`}}
		_, refusal, way := play(t, changed(t, "", edits...), "/ws", nil)
		if refusal != nil {
			t.Fatalf("%s: %v", event, refusal)
		}
		for layer, decided := range layers {
			r := trace.Refuse(rules.Rule{ID: "x", Status: 403, Layer: layer}, "P", "refused")
			if got := way.Decide(r); (got == r) != decided {
				t.Errorf("%s: a refusal at %s is decided: %v, want %v", event, layer, got == r, decided)
			}
		}
	}
}

func TestTheSettingThatBringsARefusalAboutIsBlamed(t *testing.T) {
	t.Parallel()
	e := changed(t, "", edit{"DefaultRootObject", `"index.html"`}, edit{site + "TargetOriginId", `"socket"`}, edit{site + "OriginRequestPolicyId", `"216adef6-5c7f-47e4-b989-5492eafa07d3"`})
	d := e.Distributions()[0]
	v := &ViewerRequest{Secure: true, Request: function.Request{Method: "GET", Host: "app.example.com", Path: "/", Header: http.Header{}}}
	passage, refusal, _ := e.Handshake(d, v, nil, &trace.Trace{})
	if refusal != nil {
		t.Fatal(refusal)
	}
	for rule, want := range map[rules.Rule][2]string{
		apigateway.Host:      {"DefaultCacheBehavior.OriginRequestPolicyId", "the managed policy AllViewer forwards the viewer's Host"},
		apigateway.StagePath: {"DistributionConfig.DefaultRootObject", "DefaultRootObject is asked for"},
		apigateway.Key:       {"P", "refused"},
	} {
		got := passage.Requests[0].Blame(trace.Refuse(rule, "P", "refused"))
		if !strings.HasSuffix(got.Place, want[0]) || !strings.Contains(got.Reason, want[1]) {
			t.Errorf("%s is blamed on %s: %s; want %v", rule.ID, got.Place, got.Reason, want)
		}
	}
}

func TestBehaviorsThatCanCarryASocketAreFound(t *testing.T) {
	t.Parallel()
	elsewhere := func(domain string) []edit {
		return []edit{{"Resources.Api", `null`}, {"Resources.Stage", `null`}, {"Resources.Connect", `null`}, {"Origins.1.DomainName", domain}}
	}
	for _, tt := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"an API of the template", nil, "/ws"},
		{"an API that is imported", elsewhere(`{"Fn::ImportValue": "host"}`), "/ws"},
		{"an API outside", elsewhere(`"abcdef1234.execute-api.eu-west-1.amazonaws.com"`), "/ws"},
		{"a custom domain outside", elsewhere(`"ws-origin.example.com"`), "/ws"},
		{"a site and nothing else", append(elsewhere(`"bucket.s3.eu-west-1.amazonaws.com"`), edit{socket + "PathPattern", `"/static/*"`}), ""},
		{"a load balancer", append(elsewhere(`"lb-1.eu-west-1.elb.amazonaws.com"`), edit{socket + "PathPattern", `"/app/*"`}), ""},
		{"an HTTP API", []edit{{"Resources.Api.Properties.ProtocolType", `"HTTP"`}, {"Resources.Connect", `null`}, {socket + "PathPattern", `"/orders/*"`}}, ""},
		{"an HTTP API under the path of a socket", []edit{{"Resources.Api.Properties.ProtocolType", `"HTTP"`}, {"Resources.Connect", `null`}}, "/ws"},
		{"a bucket under the path of a socket", []edit{{socket + "TargetOriginId", `"site"`}}, "/ws"},
		{"an API beside a socket", []edit{{"CacheBehaviors.1", `{"PathPattern": "/api/*", "TargetOriginId": "rest", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}`},
			{"Origins.2", `{"Id": "rest", "DomainName": "abcdef1234.execute-api.eu-west-1.amazonaws.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}`}}, "/ws"},
		{"a function that wants more than the bare pattern", append(code("var m = request.uri.match(/^\\/rooms\\/([a-z]+)$/); if (m) { request.uri = '/ws'; }"), edit{socket + "PathPattern", `"/rooms/*"`}), "/rooms/x"},
		{"a function that is content with the bare pattern", append(code("request.uri = '/ws';"), edit{socket + "PathPattern", `"/rooms/*"`}), "/rooms/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := changed(t, "", tt.edits...)
			if got := strings.Join(e.Paths(e.Distributions()[0]), " "); got != tt.want {
				t.Errorf("paths %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d vectors: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Statement string
			Input     struct{ Pattern, Path string }
			Expected  struct{ Matches bool }
		}
		if err := json.Unmarshal(raw, &v); err != nil || v.Input.Path == "" {
			t.Fatalf("%s: %v", file, err)
		}
		if got := rules.PatternMatches(v.Input.Pattern, normalizePath(v.Input.Path)); got != v.Expected.Matches {
			t.Errorf("%s: %s: %q matches %q: %v, want %v", file, v.Statement, v.Input.Pattern, v.Input.Path, got, v.Expected.Matches)
		}
	}
}
