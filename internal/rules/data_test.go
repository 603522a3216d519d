package rules

import (
	"fmt"
	"strings"
	"testing"
)

// The facts that AWS documents as lists, once more: whoever changes one has to look
// it up.
func TestTheManagedPoliciesAreAsDocumented(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		policies []PolicyFacts
		want     string
	}{
		{managedOriginRequestPolicies, `
216adef6-5c7f-47e4-b989-5492eafa07d3 AllViewer headers=all query=all cookies=all adds=0 ttl=0/0/0 encoding=false
b689b0a8-53d0-40ab-baf2-68738e2966ac AllViewerExceptHostHeader headers=all but host query=all cookies=all adds=0 ttl=0/0/0 encoding=false
33f36d7e-f396-46d9-90e0-52428a34d9dc AllViewerAndCloudFrontHeaders-2022-06 headers=all query=all cookies=all adds=21 ttl=0/0/0 encoding=false
acba4595-bd28-49b8-b9fe-13317c0390fa UserAgentRefererHeaders headers=only User-Agent, Referer query=none cookies=none adds=0 ttl=0/0/0 encoding=false
59781a5b-3903-41f3-afcb-af62929ccde1 CORS-CustomOrigin headers=only Origin query=none cookies=none adds=0 ttl=0/0/0 encoding=false
88a5eaf4-2fd4-4709-b370-b4c650ea3fcf CORS-S3Origin headers=only Origin, Access-Control-Request-Headers, Access-Control-Request-Method query=none cookies=none adds=0 ttl=0/0/0 encoding=false
bf0718e1-ba1e-49d1-88b1-f726733018ae HostHeaderOnly headers=only Host query=none cookies=none adds=0 ttl=0/0/0 encoding=false
775133bc-15f2-49f9-abea-afb2e0bf67d2 Elemental-MediaTailor-PersonalizedManifests headers=only Origin, Access-Control-Request-Headers, Access-Control-Request-Method, User-Agent, X-Forwarded-For query=all cookies=none adds=0 ttl=0/0/0 encoding=false
`},
		{managedCachePolicies, `
4135ea2d-6df8-44a3-9df3-4b5a84be39ad CachingDisabled headers=none query=none cookies=none adds=0 ttl=0/0/0 encoding=false
658327ea-f89d-4fab-a63d-7e88639e58f6 CachingOptimized headers=none query=none cookies=none adds=0 ttl=1/86400/31536000 encoding=true
b2884449-e4de-46a7-ac36-70bc7f1ddd6d CachingOptimizedForUncompressedObjects headers=none query=none cookies=none adds=0 ttl=1/86400/31536000 encoding=false
83da9c7e-98b4-4e11-a168-04f0df8e2c65 UseOriginCacheControlHeaders headers=only Host, Origin, X-HTTP-Method-Override, X-HTTP-Method, X-Method-Override query=none cookies=all adds=0 ttl=0/0/31536000 encoding=true
4cc15a8a-d715-48a4-82b8-cc0b614638fe UseOriginCacheControlHeaders-QueryStrings headers=only Host, Origin, X-HTTP-Method-Override, X-HTTP-Method, X-Method-Override query=all cookies=all adds=0 ttl=0/0/31536000 encoding=true
2e54312d-136d-493c-8eb9-b001f22f67d2 Amplify headers=only Authorization, CloudFront-Viewer-Country, Host query=all cookies=all adds=0 ttl=2/2/600 encoding=true
08627262-05a9-4f76-9ded-b50ca2e3a84f Elemental-MediaPackage headers=only Origin query=only aws.manifestfilter, start, end, m cookies=none adds=0 ttl=0/86400/31536000 encoding=true
`},
	} {
		got := "\n"
		for _, p := range tt.policies {
			got += fmt.Sprintf("%s %s headers=%s query=%s cookies=%s adds=%d ttl=%.0f/%.0f/%.0f encoding=%t\n",
				p.ID, p.Name, p.Headers, p.QueryStrings, p.Cookies, len(p.CloudFrontHeaders), p.MinTTL, p.DefaultTTL, p.MaxTTL, p.AcceptEncoding)
			for _, name := range p.CloudFrontHeaders {
				if !strings.HasPrefix(name, "CloudFront-") {
					t.Errorf("%s adds %q", p.Name, name)
				}
			}
		}
		if got != tt.want {
			t.Errorf("want%s\ngot%s", tt.want, got)
		}
	}
}

func TestTheHeadersOfTheEdgeAreAsDocumented(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule func(string) bool
		yes  string
		no   string
	}{
		"EdgeOwned": {EdgeOwned, `connection upgrade keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer expect x-real-ip
			x-forwarded-proto content-length transfer-encoding via x-edge-location x-amz-cf-id Connection X-Edge-Location`, "host origin x-amz-date x-edg"},
		"NotListable": {NotListable, `authorization accept-encoding cookie connection upgrade keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer
			expect x-real-ip x-forwarded-proto content-length transfer-encoding x-edge-x x-amz-cf-x Authorization`, "via origin host"},
		"NotAddable": {NotAddable, `cache-control connection content-length cookie host if-match if-modified-since if-none-match if-range if-unmodified-since max-forwards
			pragma proxy-authenticate proxy-authorization proxy-connection range request-range te trailer transfer-encoding upgrade via x-real-ip x-amz-x x-edge-x Host X-Amz-X`, "authorization x-api-key origin"},
		"HiddenFromFunctions": {HiddenFromFunctions, `connection expect keep-alive proxy-authenticate proxy-authorization proxy-connection trailer upgrade x-accel-buffering x-accel-charset
			x-accel-limit-rate x-accel-redirect x-amzn-auth x-amzn-cf-billing x-amzn-cf-id x-amzn-cf-xff x-amzn-errortype x-amzn-fle-profile x-amzn-header-count x-amzn-header-order
			x-amzn-lambda-integration-tag x-amzn-requestid x-cache x-forwarded-proto x-real-ip x-amz-cf-id x-edge-location Upgrade`, "host origin via sec-websocket-key"},
		"ReadOnlyInFunctions": {ReadOnlyInFunctions, "content-length host transfer-encoding via Host", "origin sec-websocket-key"},
		"refused":             {func(name string) bool { return ForwardedHeader(name) != nil }, "Host Connection Upgrade Authorization Accept-Encoding Cookie Sec-WebSocket-Key Sec-WebSocket-Version Sec-WebSocket-Protocol Sec-WebSocket-Accept Sec-WebSocket-Extensions x-real-ip", "Origin Via User-Agent"},
	} {
		for _, header := range strings.Fields(tt.yes) {
			if !tt.rule(header) {
				t.Errorf("%s: want %s", name, header)
			}
		}
		for _, header := range strings.Fields(tt.no) {
			if tt.rule(header) {
				t.Errorf("%s: do not want %s", name, header)
			}
		}
	}
	if got := strings.Join(WebSocketHeaders(false), " "); got != "Sec-WebSocket-Key Sec-WebSocket-Version Sec-WebSocket-Protocol Sec-WebSocket-Accept Sec-WebSocket-Extensions" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(WebSocketHeaders(true), " "); got != "Sec-WebSocket-Key Sec-WebSocket-Version Sec-WebSocket-Protocol Sec-WebSocket-Accept" {
		t.Errorf("got %s", got)
	}
}

func TestQuotasAreAsDocumented(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(MaxBehaviors, MaxOrigins, MaxOriginGroups, MaxOriginRequestPolicies, MaxFunctionSize, MaxViewerURL, MaxViewerRequest, MaxMessage, DefaultMaxOriginTimeout,
		MaxPerKind, MaxPolicyText, MaxOriginHeaders, MaxURL, MaxStageName, MaxDomainNames, MaxComment, MaxActions)
	if want := "75 100 10 20 10240 8192 20480 131072 120 10 1024 30 4096 128 100 128 5"; got != want {
		t.Errorf("want %s\ngot  %s", want, got)
	}
	for _, days := range []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653} {
		if LogRetention(days) != nil || days > 1 && LogRetention(days-1) == nil {
			t.Errorf("%d: got %v and %v", days, LogRetention(days), LogRetention(days-1))
		}
	}
	if len(retentions) != 22 || len(logFields) != 33 || len(TLSVersions) != 5 {
		t.Errorf("got %d retentions, %d fields of logs and %d versions of TLS", len(retentions), len(logFields), len(TLSVersions))
	}
}

func TestASelectionSaysWhatPasses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		selection  Selection
		text       string
		some       bool
		name, head bool
	}{
		{Selection{}, "none", false, false, false},
		{Selection{Mode: "none"}, "none", false, false, false},
		{Selection{Mode: "all"}, "all", true, true, true},
		{Selection{Mode: "whitelist", Names: []string{"A", "b"}}, "only A, b", true, false, true},
		{Selection{Mode: "whitelist", Names: []string{"a"}}, "only a", true, true, true},
		{Selection{Mode: "allExcept", Names: []string{"A"}}, "all but A", true, true, false},
	} {
		s := tt.selection
		if s.String() != tt.text || s.Some() != tt.some || s.Allows("a") != tt.name || s.AllowsHeader("a") != tt.head {
			t.Errorf("%+v: got %s, %v, %v, %v", s, s, s.Some(), s.Allows("a"), s.AllowsHeader("a"))
		}
	}
}

func TestARuleIsDeclaredInOrder(t *testing.T) {
	t.Parallel()
	var set Set
	if got := set.Add(Rule{ID: "a"}); got.ID != "a" {
		t.Errorf("got %+v", got)
	}
	set.Add(Rule{ID: "b"})
	if len(set) != 2 || set[0].ID != "a" || set[1].ID != "b" {
		t.Errorf("got %+v", set)
	}
}
