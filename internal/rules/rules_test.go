package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// accepts and refuses run one rule over values: a good one must pass, a bad one
// must fail with a text that names the cause.
func accepts(t *testing.T, rule func(string) error, values ...string) {
	t.Helper()
	for _, v := range values {
		if err := rule(v); err != nil {
			t.Errorf("%q: want no error, got %v", v, err)
		}
	}
}

func refuses(t *testing.T, rule func(string) error, want map[string]string) {
	t.Helper()
	for v, part := range want {
		if err := rule(v); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: want an error with %q, got %v", v, part, err)
		}
	}
}

func TestAHostNameHasNoSchemePortOrPath(t *testing.T) {
	t.Parallel()
	accepts(t, HostName, "api.example.com", "a1.EXAMPLE.com", "xn--bcher-kva.example")
	refuses(t, HostName, map[string]string{
		"":                                   "must be a host name such as api.example.com",
		"https://x/y":                        `without scheme or path, got "https://x/y"; drop "https://" and write "x"`,
		"x.example.com/y":                    `without a path, got "x.example.com/y"; write "x.example.com"`,
		"x.example.com:443":                  "without a port",
		"192.0.2.1":                          "got the IP address",
		"2001:db8::1":                        "got the IP address",
		"localhost":                          "fully qualified",
		"-x.example.com":                     `label "-x"`,
		"a..example.com":                     `label ""`,
		"bücher.example":                     "letters, digits and hyphens",
		strings.Repeat("a.", 127):            "253 characters",
		"x.example.com.":                     `label ""`,
		strings.Repeat("a", 64) + ".example": "label",
	})
}

func TestAnAlternateDomainNameMayBeAWildcardButNotCloudFrontsOwn(t *testing.T) {
	t.Parallel()
	accepts(t, AlternateDomainName, "ws.example.com", "*.example.com")
	refuses(t, AlternateDomainName, map[string]string{
		"d111.cloudfront.net": "a name of your own",
		"ws.*.example.com":    `label "*"`,
		"wss://ws.example":    `drop "wss://"`,
	})
}

func TestADomainNameOutsideItsZoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"example.com", "ws.example.com", "WS.Example.Com"} {
		if err := WithinZone(name, "example.com."); err != nil {
			t.Error(err)
		}
	}
	err := WithinZone("ws.notexample.com", "example.com")
	if err == nil || !strings.Contains(err.Error(), `"ws.notexample.com" is outside the hosted zone "example.com"`) {
		t.Error(err)
	}
	for _, name := range []string{"user:s3cret@host.example.com", "user:s3cret@host.example.com/x", "user:s3cret@host.example.com:443", "s3cret@host.example.com"} {
		if err := HostName(name); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnEndpointIsTakenApart(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Endpoint{
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod":     {"abc.execute-api.eu-west-1.amazonaws.com", "/prod", "abc", "eu-west-1"},
		"https://abc.execute-api.eu-west-1.amazonaws.com/prod/":  {"abc.execute-api.eu-west-1.amazonaws.com", "/prod", "abc", "eu-west-1"},
		"wss://ABC.execute-api.eu-west-1.amazonaws.com:443/Prod": {"abc.execute-api.eu-west-1.amazonaws.com", "/Prod", "abc", "eu-west-1"},
		"wss://abc.execute-api.cn-north-1.amazonaws.com.cn/live": {"abc.execute-api.cn-north-1.amazonaws.com.cn", "/live", "abc", "cn-north-1"},
		"wss://socket.example.com":                               {"socket.example.com", "", "", ""},
		"wss://socket.example.com/":                              {"socket.example.com", "", "", ""},
		"wss://socket.example.com/chat":                          {"socket.example.com", "/chat", "", ""},
	} {
		got, err := ParseEndpoint(raw)
		if got != want {
			t.Errorf("%s: want %+v, got %+v (%v)", raw, want, got, err)
		}
	}
}

func TestAnEndpointThatAPIGatewayWouldRefuseIsRefused(t *testing.T) {
	t.Parallel()
	refuses(t, func(raw string) error { _, err := ParseEndpoint(raw); return err }, map[string]string{
		"": "must be the URL of a WebSocket API such as wss://id.execute-api.region.amazonaws.com/stage",
		"ws://abc.execute-api.eu-west-1.amazonaws.com/prod":               "API Gateway has no endpoint without TLS",
		"http://abc.execute-api.eu-west-1.amazonaws.com/prod":             "API Gateway has no endpoint without TLS",
		"abc.execute-api.eu-west-1.amazonaws.com/prod":                    "must start with wss://",
		"wss://abc.execute-api.eu-west-1.amazonaws.com":                   `must end in the stage, got "wss://abc.execute-api.eu-west-1.amazonaws.com"; write "wss://abc.execute-api.eu-west-1.amazonaws.com/stage"`,
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod/rooms/42":     `goes past the stage, got "wss://abc.execute-api.eu-west-1.amazonaws.com/prod/rooms/42"; API Gateway answers 403 there, write "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"`,
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod/@connections": "goes past the stage",
		"wss://abc.execute-api.eu-west-1.amazonaws.com/$default":          "has a bad stage",
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod?token=x":      "must not carry a query string",
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod#":             "must not carry a query string or fragment",
		"wss://u:secret@abc.execute-api.eu-west-1.amazonaws.com/prod":     "must not carry a user or password",
		"wss://abc.execute-api.eu-west-1.amazonaws.com:8443/prod":         "must not name a port",
		"wss://d111.cloudfront.net/prod":                                  "is a CloudFront distribution",
		"wss://x/y":                                                       "has a bad host",
		"wss://socket.example.com//chat":                                  "has a bad path",
		"wss://%zz":                                                       "must be a URL such as",
	})
	_, err := ParseEndpoint("wss://u:secret@abc.execute-api.eu-west-1.amazonaws.com/prod")
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is in the message: %v", err)
	}
}

func TestAForwardedHeaderThatBreaksTheHandshakeIsRefusedWithTheWayOut(t *testing.T) {
	t.Parallel()
	accepts(t, ForwardedHeader, "Origin", "X-Request-Id", "CloudFront-Viewer-Country")
	refuses(t, ForwardedHeader, map[string]string{
		"Host":                  "API Gateway answers 403",
		"host":                  "API Gateway answers 403",
		"Connection":            "CloudFront handles Connection itself",
		"UPGRADE":               "CloudFront handles Upgrade itself",
		"authorization":         "forward everything but Host",
		"Accept-Encoding":       "a WebSocket has no use for it",
		"Cookie":                "cookies have a setting of their own",
		"sec-websocket-key":     "always forwarded",
		"Sec-WebSocket-Version": "always forwarded",
		"":                      "must be the name of an HTTP header",
		"X Y":                   "must be the name of an HTTP header",
		"*":                     "must not be a wildcard",
	})
}

func TestAnOriginHeaderThatCloudFrontCannotAddIsRefused(t *testing.T) {
	t.Parallel()
	accepts(t, OriginHeader, "x-api-key", "X-Origin-Verify", "Authorization")
	refuses(t, OriginHeader, map[string]string{
		"Host":              "CloudFront does not add that header",
		"upgrade":           "CloudFront does not add that header",
		"X-Amz-Cf-Id":       "CloudFront does not add that header",
		"x-edge-anything":   "CloudFront does not add that header",
		"Sec-WebSocket-Key": "the handshake would fail",
		"a:b":               "must be the name of an HTTP header",
	})
}

func TestACertificateIsInUSEast1(t *testing.T) {
	t.Parallel()
	accepts(t, CertificateARN, "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555")
	refuses(t, CertificateARN, map[string]string{
		"arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555": "must be a certificate in us-east-1, the only region CloudFront takes them from, got one in eu-west-1",
		"arn:aws:iam::111122223333:server-certificate/x":                                      "must be the ARN of an ACM certificate",
		"11111111-2222-3333-4444-555555555555":                                                "must be the ARN of an ACM certificate",
	})
}

func TestAWebACLHasCloudFrontScope(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-3333-4444-555555555555"
	accepts(t, WebACLARN, "arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/"+id)
	refuses(t, WebACLARN, map[string]string{
		"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/name/" + id: "got a regional one",
		"arn:aws:wafv2:us-east-1:111122223333:regional/webacl/name/" + id: "got a regional one",
		"arn:aws:wafv2:eu-west-1:111122223333:global/webacl/name/" + id:   "must be a web ACL in us-east-1",
		id:    "AWS WAF Classic",
		"bad": `must be the ARN of a web ACL (arn:aws:wafv2:us-east-1:account:global/webacl/name/id), got "bad"`,
	})
}

func TestAnOriginRequestPolicyThatFailsTheHandshakeIsRefused(t *testing.T) {
	t.Parallel()
	accepts(t, OriginRequestPolicyID, "b689b0a8-53d0-40ab-baf2-68738e2966ac", "11111111-2222-3333-4444-555555555555")
	refuses(t, OriginRequestPolicyID, map[string]string{
		"bad":                                  `must be the id of an origin request policy, such as b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), got "bad"`,
		"216adef6-5c7f-47e4-b989-5492eafa07d3": "managed policy AllViewer (216adef6-5c7f-47e4-b989-5492eafa07d3): it forwards Host",
		"59781a5b-3903-41f3-afcb-af62929ccde1": "CORS-CustomOrigin (59781a5b-3903-41f3-afcb-af62929ccde1): it drops Sec-WebSocket-Key",
	})
}

func TestSecondsAreWholeAndWithinTheirRange(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{time.Second, 30 * time.Second, 180 * time.Second} {
		if err := WholeSeconds(d, MinOriginTimeout, MaxOriginTimeout); err != nil {
			t.Error(err)
		}
	}
	for d, got := range map[time.Duration]string{
		999 * time.Second:       "must be whole seconds from 1s to 180s, got 999s",
		181 * time.Second:       "got 181s",
		-time.Second:            "got -1s",
		1500 * time.Millisecond: "got 1.5s",
	} {
		if err := WholeSeconds(d, MinOriginTimeout, MaxOriginTimeout); err == nil || !strings.Contains(err.Error(), got) {
			t.Errorf("want an error with %q, got %v", got, err)
		}
	}
}

func TestANumberIsWithinItsRange(t *testing.T) {
	t.Parallel()
	for n, ok := range map[int]bool{0: false, 1: true, 3: true, 4: false} {
		if err := Between(n, 1, MaxConnections); (err == nil) != ok {
			t.Errorf("%d: got %v", n, err)
		}
	}
}

func TestACountryIsAnISOCodeInCapitals(t *testing.T) {
	t.Parallel()
	accepts(t, Country, "DE", "US")
	refuses(t, Country, map[string]string{
		"de":      `write "DE"`,
		"UK":      `write "GB"`,
		"Germany": "two capitals",
		"":        "two capitals",
	})
}

func TestAValueOutsideAListIsRefusedWithTheList(t *testing.T) {
	t.Parallel()
	accepts(t, func(s string) error { return OneOf(s, PriceClasses) }, PriceClasses...)
	refuses(t, func(s string) error { return OneOf(s, PriceClasses) }, map[string]string{
		"PriceClass_100": `must be one of PRICE_CLASS_100, PRICE_CLASS_200, PRICE_CLASS_ALL, got "PriceClass_100"`,
	})
}

func TestACommentHasAtMost128Characters(t *testing.T) {
	t.Parallel()
	accepts(t, Comment, "", strings.Repeat("ü", 128))
	refuses(t, Comment, map[string]string{strings.Repeat("x", 129): "at most 128 characters, got 129"})
}

func TestARoutePathIsPlain(t *testing.T) {
	t.Parallel()
	accepts(t, RoutePath, "/ws", "/api/v1/socket", "/a.b~c")
	refuses(t, RoutePath, map[string]string{
		"":                             "must be a path below the root",
		"/":                            "make it the distribution's default behaviour",
		"*":                            "make it the distribution's default behaviour",
		"ws":                           `must start with a slash, got "ws"; write "/ws"`,
		"/ws/":                         `must not end in a slash, got "/ws/"; write "/ws"`,
		"/ws*":                         "without wildcards",
		"/w?":                          "without wildcards",
		"/a b":                         "letters, digits",
		"//ws":                         "letters, digits",
		"/" + strings.Repeat("x", 253): "at most 253 characters",
	})
}

func TestAPathOfTheOriginStartsWithOneSlash(t *testing.T) {
	t.Parallel()
	accepts(t, OriginPath, "", "/prod", "/a/b")
	refuses(t, OriginPath, map[string]string{
		"prod":                         "starting with one slash",
		"/prod/":                       "not ending in one",
		"//prod":                       "starting with one slash",
		"/" + strings.Repeat("x", 255): "at most 255 characters",
	})
}

func TestATagFollowsTheRulesOfAWS(t *testing.T) {
	t.Parallel()
	if err := Tag("cost centre", "4711/a"); err != nil {
		t.Error(err)
	}
	for _, bad := range []struct{ key, value, want string }{
		{"aws:x", "y", "must not start with aws:"},
		{"", "y", "must have a key"},
		{"k", "a<b", "must have a value"},
		{strings.Repeat("k", 129), "", "must have a key"},
	} {
		if err := Tag(bad.key, bad.value); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%q=%q: want an error with %q, got %v", bad.key, bad.value, bad.want, err)
		}
	}
}

func TestForwardingListsEveryProblemUnderItsName(t *testing.T) {
	t.Parallel()
	same := func(name string) string { return name }
	problems := func(f Forwarding) string {
		var texts []string
		for _, err := range f.Problems("F.", same, func(s string) bool { return s == "token" }) {
			texts = append(texts, err.Error())
		}
		return strings.Join(texts, "\n")
	}
	many := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("X-%d", i))
		}
		return names
	}
	for _, good := range []Forwarding{
		{},
		{Headers: many(5), QueryStrings: many(10), Cookies: many(10)},
		{Headers: many(6), OmitExtensions: true},
		{AllExceptHost: true, OriginHeaders: []string{"x-api-key"}},
		{Headers: []string{"token", "token"}},
		{QueryStrings: []string{"a", "A"}},
	} {
		if got := problems(good); got != "" {
			t.Errorf("%+v: %s", good, got)
		}
	}
	for _, bad := range []struct {
		f    Forwarding
		want string
	}{
		{Forwarding{Headers: many(6)}, "F.Headers lists 6 names, and an origin request policy has room for 5"},
		{Forwarding{QueryStrings: many(11)}, "F.QueryStrings lists 11 names"},
		{Forwarding{Cookies: many(11)}, "F.Cookies lists 11 names"},
		{Forwarding{Headers: []string{"Origin", "origin"}}, `F.Headers[1] repeats "origin" of F.Headers[0]`},
		{Forwarding{QueryStrings: []string{"a", "a"}}, `F.QueryStrings[1] repeats "a"`},
		{Forwarding{QueryStrings: []string{"a&b"}}, "F.QueryStrings[0] must be the name of a query string parameter"},
		{Forwarding{Cookies: []string{"a b"}}, "F.Cookies[0] must be the name of a cookie"},
		{Forwarding{Headers: []string{"X-Key"}, OriginHeaders: []string{"x-key"}}, `F.Headers[0] "X-Key" is a custom header of the origin too`},
		{Forwarding{AllExceptHost: true, AllCookies: true}, "F.AllExceptHost forwards everything but Host already"},
		{Forwarding{AllExceptHost: true, OriginRequestPolicyID: "11111111-2222-3333-4444-555555555555"}, "F.OriginRequestPolicyID decides what is forwarded"},
		{Forwarding{OriginRequestPolicyID: "bad"}, "F.OriginRequestPolicyID must be the id of an origin request policy"},
	} {
		if got := problems(bad.f); !strings.Contains(got, bad.want) {
			t.Errorf("%+v: want %q, got %q", bad.f, bad.want, got)
		}
	}
	all := problems(Forwarding{Headers: []string{"Host", "Upgrade"}, Cookies: []string{""}})
	if n := strings.Count(all, "\n") + 1; n != 3 {
		t.Errorf("want 3 problems, got %d:\n%s", n, all)
	}
}

func TestOriginHeadersAreUniqueAndAtMost30(t *testing.T) {
	t.Parallel()
	if problems := OriginHeaders("H", map[string]string{"X-A": "1", "X-B": "2"}); problems != nil {
		t.Error(problems)
	}
	many := map[string]string{}
	for i := range 31 {
		many[fmt.Sprintf("X-%d", i)] = "v"
	}
	for _, bad := range []struct {
		headers map[string]string
		want    string
	}{
		{map[string]string{"X-A": "1", "x-a": "2"}, `H["x-a"] repeats "X-A"`},
		{map[string]string{"X-A": ""}, `H["X-A"] must have a value`},
		{many, "H has 31 headers; CloudFront adds at most 30"},
	} {
		if got := fmt.Sprint(OriginHeaders("H", bad.headers)); !strings.Contains(got, bad.want) {
			t.Errorf("want %q, got %s", bad.want, got)
		}
	}
}

func TestABrowserOriginIsAsBrowsersSendIt(t *testing.T) {
	t.Parallel()
	accepts(t, BrowserOrigin, "https://app.example.com", "http://localhost:3000", "https://*.example.com", "https://app.example.com:8443", "https://xn--bcher-kva.example")
	refuses(t, BrowserOrigin, map[string]string{
		"":                            "must be an origin with its scheme",
		"*":                           "leave the list out to allow every page",
		"null":                        "any page can send from a sandboxed frame",
		"app.example.com":             "must be an origin with its scheme",
		"wss://app.example.com":       "the scheme of the page and not of the socket",
		"https://app.example.com/":    `without a path, got "https://app.example.com/"; write "https://app.example.com"`,
		"https://app.example.com?x":   "without a path",
		"https://app.example.com:443": `must not name the port that browsers leave out, got "https://app.example.com:443"; write "https://app.example.com"`,
		"http://app.example.com:80":   "must not name the port that browsers leave out",
		"https://app.example.com:x":   "must be an origin such as",
		"https://u@app.example.com":   "must be an origin such as",
		"https://bücher.example":      "in punycode",
		"https://app.*.example.com":   "its host must be a host name",
		"https://*":                   "its host must be a fully qualified host name",
		"https://app.example.com.":    "its host must be a host name",
	})
}

func TestAPathParameterIsOneThatViewersDoNotSend(t *testing.T) {
	t.Parallel()
	if err := PathParameter("path", []string{"token"}); err != nil {
		t.Error(err)
	}
	for _, bad := range []struct{ name, want string }{
		{"", "must be a name of 1 to 64"}, {"a b", "must be a name of 1 to 64"}, {"a=b", "must be a name of 1 to 64"},
		{"TOKEN", `"TOKEN" is a query string that viewers send as well`},
	} {
		if err := PathParameter(bad.name, []string{"token"}); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%q: got %v", bad.name, err)
		}
	}
}

func TestADistributionHasRoomFor37Paths(t *testing.T) {
	t.Parallel()
	if err := Routes(37); err != nil {
		t.Error(err)
	}
	if err := Routes(38); err == nil || !strings.Contains(err.Error(), "has 38 paths where a distribution has room for 37 (its quota is 75 behaviours, a path takes two)") {
		t.Errorf("got %v", err)
	}
}

func TestALocksKeyIsANameAndNotAValue(t *testing.T) {
	t.Parallel()
	accepts(t, LockKey, "a", "2026-11", strings.Repeat("k", 32))
	for _, bad := range []string{"", "a b", "-a", "a-", "ü", strings.Repeat("k", 33)} {
		if err := LockKey(bad); err == nil || !strings.Contains(err.Error(), "must be the name of a key") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	if err := ActiveKey("b", []string{"a", "b"}); err != nil {
		t.Error(err)
	}
	if err := ActiveKey("c", []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), `must be one of the keys ["a" "b"], got "c"`) {
		t.Errorf("got %v", err)
	}
}

func TestASecretIsNamedAndInTheStacksRegion(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat/edge-AbCdEf"
	accepts(t, SecretARN, arn, "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:chat")
	refuses(t, SecretARN, map[string]string{"chat": "must be the ARN of a secret", arn + ":SecretString": "must be the ARN of a secret"})
	accepts(t, SecretName, "chat/edge", "a_b+c=d.e@f-g")
	refuses(t, SecretName, map[string]string{"a b": "never the secret itself", "a:b": "must be the name of a secret"})
	accepts(t, SSMParameter, "/chat/edge", "chat")
	refuses(t, SSMParameter, map[string]string{"/chat/": "must be the name of a parameter", "a b": "must be the name of a parameter"})
	accepts(t, SecretField, "api-key", "a.b")
	refuses(t, SecretField, map[string]string{"a:b": "must be a key of the secret's JSON object"})
	if err := SecretInRegion(arn, "eu-west-1"); err != nil {
		t.Error(err)
	}
	if err := SecretInRegion(arn, "us-east-1"); err == nil || !strings.Contains(err.Error(), "must be a secret in us-east-1, where the distribution's stack is") {
		t.Errorf("got %v", err)
	}
}

func TestAThrottleHasARateAndABurst(t *testing.T) {
	t.Parallel()
	if err := Throttle(1, 1); err != nil {
		t.Error(err)
	}
	if err := Throttle(0, 5); err == nil || !strings.Contains(err.Error(), "got 0 and 5") {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressRangeIsInCIDRNotation(t *testing.T) {
	t.Parallel()
	accepts(t, AddressRange, "192.0.2.0/24", "192.0.2.1/32", "2001:db8::/32", "10.0.0.0/8")
	refuses(t, AddressRange, map[string]string{
		"192.0.2.1":          `write "192.0.2.1/32"`,
		"2001:db8::1":        `write "2001:db8::1/128"`,
		"192.0.2.1/24":       `write "192.0.2.0/24"`,
		"0.0.0.0/0":          "must not be all addresses",
		"::/0":               "must not be all addresses",
		"example.com":        "must be a range in CIDR notation",
		"::ffff:1.2.3.0/120": "must be a range in CIDR notation",
		"192.0.2.0/33":       "must be a range in CIDR notation",
	})
	if IsIPv6("192.0.2.0/24") || !IsIPv6("2001:db8::/32") {
		t.Error("want the version of the range")
	}
}

func TestWhatCloudFrontTakesFromUSEast1IsThere(t *testing.T) {
	t.Parallel()
	accepts(t, InUSEast1, "us-east-1")
	refuses(t, InUSEast1, map[string]string{"eu-west-1": "needs a stack in us-east-1"})
}

func TestLogsAreKeptForDaysThatTheirPlaceKnows(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]string{1: "", 90: "", 3653: "", 2: "got 2; write 3", 0: "got 0; write 1", 5000: "got 5000; write 3653"} {
		err := LogRetention(days)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d: want %q, got %v", days, want, err)
		}
	}
	if BucketRetention(10) != nil || BucketRetention(0) == nil {
		t.Error("want 1 day or more")
	}
}

func TestALogFieldIsOneOfCloudFronts(t *testing.T) {
	t.Parallel()
	accepts(t, LogField, "cs-uri-query", "cs(Cookie)")
	refuses(t, LogField, map[string]string{"query": "must be a field of CloudFront's access logs"})
}

func TestWhoIsToldOfAnAlarm(t *testing.T) {
	t.Parallel()
	accepts(t, Email, "oncall@example.com", "a+b@mail.example.co")
	refuses(t, Email, map[string]string{"oncall": "must be an e-mail address", "a b@example.com": "must be an e-mail address", "a@example": "must be an e-mail address"})
	accepts(t, ActionARN, "arn:aws:sns:us-east-1:111122223333:oncall")
	refuses(t, ActionARN, map[string]string{"oncall": "must be the ARN of what an alarm tells"})
}

func TestMessagesAboutAURLRepeatNoSecret(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"without TLS":         "ws://user:s3cret@abc.execute-api.eu-west-1.amazonaws.com/prod?token=s3cret",
		"another scheme":      "ftp://user:s3cret@abc.execute-api.eu-west-1.amazonaws.com/prod#s3cret",
		"no scheme":           "user:s3cret@abc.execute-api.eu-west-1.amazonaws.com/prod?token=s3cret",
		"a user":              "wss://s3cret@abc.execute-api.eu-west-1.amazonaws.com/prod",
		"a password":          "wss://user:s3cret@abc.execute-api.eu-west-1.amazonaws.com/prod",
		"a query string":      "wss://abc.execute-api.eu-west-1.amazonaws.com/prod?token=s3cret",
		"a bare query string": "wss://abc.execute-api.eu-west-1.amazonaws.com/prod?s3cret",
		"a fragment":          "wss://abc.execute-api.eu-west-1.amazonaws.com/prod#s3cret",
		"a bad host":          "wss://user:s3cret@h ost/prod?token=s3cret",
		"a bad password":      "wss://user:s3cret[@host/prod",
		"a slash in it":       "ws://user:/s3cret@host/prod",
		"a bad escape":        "wss://host/%zz?token=s3cret",
	} {
		_, err := ParseEndpoint(raw)
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := HostName("wss://user:s3cret@host.example.com/?s3cret"); err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), `write "host.example.com"`) {
		t.Error(err)
	}
	for _, name := range []string{"user:s3cret@host.example.com", "user:s3cret@host.example.com/x", "user:s3cret@host.example.com:443", "s3cret@host.example.com"} {
		if err := HostName(name); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAllowListHasBothIPVersionsWhereBothConnect(t *testing.T) {
	t.Parallel()
	v4, v6 := "192.0.2.0/24", "2001:db8::/32"
	for _, c := range []struct {
		ranges []string
		ipv6   bool
		want   string
	}{
		{nil, true, ""},
		{[]string{v4, v6}, true, ""},
		{[]string{v4, v6}, false, ""},
		{[]string{v4}, false, ""},
		{[]string{v4, v4}, true, "has IPv4 ranges only, and the distribution has IPv6 on: clients that have both connect by IPv6 and get 403; add their IPv6 ranges, or set X"},
		{[]string{v6}, true, "has IPv6 ranges only"},
		{[]string{v6}, false, "has IPv6 ranges only"},
	} {
		err := AllowList(c.ranges, c.ipv6, "X")
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, IPv6 %t: %v", c.ranges, c.ipv6, err)
		}
	}
}
