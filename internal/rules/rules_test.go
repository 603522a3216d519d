package rules

import (
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
		"":                                   "must be a host name, got none; write one such as api.example.com",
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
		"d111.cloudfront.net": "must be your own name",
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
	if err == nil || !strings.Contains(err.Error(), `must be within the hosted zone "example.com", got "ws.notexample.com"`) {
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
		"": "must be the URL of a WebSocket API, got none; write it as wss://id.execute-api.region.amazonaws.com/stage",
		"ws://abc.execute-api.eu-west-1.amazonaws.com/prod":               "API Gateway has no endpoint without TLS",
		"http://abc.execute-api.eu-west-1.amazonaws.com/prod":             "API Gateway has no endpoint without TLS",
		"abc.execute-api.eu-west-1.amazonaws.com/prod":                    "must start with wss://",
		"wss://abc.execute-api.eu-west-1.amazonaws.com":                   `must end in the stage, got "wss://abc.execute-api.eu-west-1.amazonaws.com"; write "wss://abc.execute-api.eu-west-1.amazonaws.com/stage"`,
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod/rooms/42":     `must end in the stage, got "wss://abc.execute-api.eu-west-1.amazonaws.com/prod/rooms/42"; write "wss://abc.execute-api.eu-west-1.amazonaws.com/prod", API Gateway answers 403 below it`,
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod/@connections": "must end in the stage",
		"wss://abc.execute-api.eu-west-1.amazonaws.com/$default":          "has a bad stage",
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod?token=x":      "must not carry a query string",
		"wss://abc.execute-api.eu-west-1.amazonaws.com/prod#":             "must not carry a query string or fragment",
		"wss://u:secret@abc.execute-api.eu-west-1.amazonaws.com/prod":     "must not carry a user or password",
		"wss://abc.execute-api.eu-west-1.amazonaws.com:8443/prod":         "must not name a port",
		"wss://d111.cloudfront.net/prod":                                  "is a CloudFront distribution",
		"wss://x/y":                                                       "has a bad host",
		"wss://socket.example.com//chat":                                  "has a bad path",
		"wss://%zz":                                                       "must be a URL, got",
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
		"Cookie":                "list the cookies by name in their own setting",
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
		"Host":              "must be a header that CloudFront adds to origin requests",
		"upgrade":           "must be a header that CloudFront adds to origin requests",
		"X-Amz-Cf-Id":       "must be a header that CloudFront adds to origin requests",
		"x-edge-anything":   "must be a header that CloudFront adds to origin requests",
		"Sec-WebSocket-Key": "must not be a header of the handshake",
		"a:b":               "must be the name of an HTTP header",
	})
}

func TestACertificateIsInUSEast1(t *testing.T) {
	t.Parallel()
	accepts(t, func(s string) error { return CertificateARN(s, "") }, "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555")
	refuses(t, func(s string) error { return CertificateARN(s, "") }, map[string]string{
		"arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555": "must be a certificate in us-east-1, the only region CloudFront takes them from, got one in eu-west-1",
		"arn:aws:iam::111122223333:server-certificate/x":                                      "must be the ARN of an ACM certificate",
		"11111111-2222-3333-4444-555555555555":                                                "must be the ARN of an ACM certificate",
	})
}

func TestAWebACLHasCloudFrontScope(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-3333-4444-555555555555"
	accepts(t, func(s string) error { return WebACLARN(s, "") }, "arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/"+id)
	refuses(t, func(s string) error { return WebACLARN(s, "") }, map[string]string{
		"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/name/" + id: "got a regional one",
		"arn:aws:wafv2:us-east-1:111122223333:regional/webacl/name/" + id: "got a regional one",
		"arn:aws:wafv2:eu-west-1:111122223333:global/webacl/name/" + id:   "must be a web ACL in us-east-1",
		id:    "AWS WAF Classic",
		"bad": `must be the ARN of a web ACL, got "bad"; write it as arn:aws:wafv2:us-east-1:account:global/webacl/name/id`,
	})
}

func TestAnOriginRequestPolicyThatFailsTheHandshakeIsRefused(t *testing.T) {
	t.Parallel()
	accepts(t, OriginRequestPolicyID, "b689b0a8-53d0-40ab-baf2-68738e2966ac", "11111111-2222-3333-4444-555555555555")
	refuses(t, OriginRequestPolicyID, map[string]string{
		"bad":                                  `must be the id of an origin request policy, got "bad"; write one such as b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader)`,
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
	accepts(t, RoutePath, "/ws", "/api/v1/socket", "/a.b~c", "/...", "/.well-known", "/a..b", "/"+strings.Repeat("x", 252), "/$~'@:+&-_.")
	refuses(t, RoutePath, map[string]string{
		"":                             "must be a path below the root",
		"/":                            "make it the default behavior",
		"*":                            "make it the default behavior",
		"/*":                           "make it the default behavior",
		"ws":                           `must start with a slash, got "ws"; write "/ws"`,
		"/ws/":                         `must not end in a slash, got "/ws/"; write "/ws"`,
		"/ws*":                         "without wildcards",
		"/w?":                          "without wildcards",
		"/a b":                         "letters, digits",
		"/a\"b":                        "letters, digits",
		"/ü":                           "letters, digits",
		"/a\n":                         "letters, digits",
		"//ws":                         `must not have an empty segment, got "//ws"; write "/ws"`,
		"/a///b":                       `must not have an empty segment, got "/a///b"; write "/a/b"`,
		"/a/../b":                      "must not have . or .. as a segment",
		"/..":                          "must not have . or .. as a segment",
		"/./a":                         "must not have . or .. as a segment",
		"/%63hat":                      "must not be percent-encoded",
		"https://x.example.com/chat":   "must be a path and no URL",
		"/" + strings.Repeat("x", 253): "at most 253 characters, got 254",
	})
}

func TestAPathOfTheOriginStartsWithOneSlash(t *testing.T) {
	t.Parallel()
	accepts(t, OriginPath, "", "/prod", "/a/b", "/"+strings.Repeat("x", 254))
	refuses(t, OriginPath, map[string]string{
		"prod":                         "starts with one slash",
		"/prod/":                       "does not end in one",
		"//prod":                       "starts with one slash",
		"/" + strings.Repeat("x", 255): "at most 255 characters",
	})
}

func TestATagFollowsTheRulesOfAWS(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]string{"cost centre": "4711/a", strings.Repeat("ü", 128): strings.Repeat("ü", 256), "_.:/=+-@1": "_.:/=+-@1", "k": ""} {
		if err := Tag(key, value); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []struct{ key, value, want string }{
		{"aws:x", "y", "must not start with aws:"},
		{"AWS:x", "y", "must not start with aws:"},
		{"", "y", "must have a key of 1 to 128"},
		{strings.Repeat("k", 129), "", "got one of 129"},
		{"a\tb", "", "must have a key"},
		{"a\u2028b", "", "must have a key"},
		{"k", "a<b", `must have a value of at most 256 letters, digits, spaces and _.:/=+-@, got "a<b"`},
		{"k", strings.Repeat("v", 257), "must have a value"},
		{"k", "a\nb", "must have a value"},
	} {
		if err := Tag(bad.key, bad.value); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%q=%q: want an error with %q, got %v", bad.key, bad.value, bad.want, err)
		}
	}
}

func TestAnOriginIsAsPagesAndAppsSendIt(t *testing.T) {
	t.Parallel()
	accepts(t, BrowserOrigin,
		"https://app.example.com", "HTTPS://App.Example.com", "https://*.example.com", "https://app.example.com:8443", "https://xn--bcher-kva.example", "https://app.example.com:1", "https://app.example.com:65535",
		"http://localhost:3000", "http://localhost", "http://localhost:5173", "http://intranet", "http://127.0.0.1:3000", "http://[::1]:3000", "http://[2001:db8::1]", "http://[::1]", "http://app.example.com:443", "https://app.example.com:80",
		"capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://-", "app://.", "app://com.example.app", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://11111111-2222-3333-4444-555555555555", "app://localhost:3000",
	)
	refuses(t, BrowserOrigin, map[string]string{
		"":                                            "write it with its scheme",
		"*":                                           `must be an origin such as https://app.example.com, got "*"; leave the list out to allow every page`,
		"null":                                        "every page can send null",
		"file://":                                     "every local file has it",
		"file:///index.html":                          "every local file has it",
		"app.example.com":                             `got "app.example.com"; write it with its scheme, https://app.example.com`,
		"localhost:3000":                              "write it with its scheme",
		"wss://app.example.com":                       "write the scheme of the page, https://, and not that of the socket",
		"ws://localhost":                              "write the scheme of the page, http://",
		"1app://localhost":                            "start it with a scheme",
		"://x.example.com":                            "start it with a scheme",
		"https://":                                    "name its host",
		"capacitor://":                                "name its host",
		"capacitor://lo calhost":                      "write the host of the app's scheme",
		"capacitor://*.localhost":                     "write the host of the app's scheme",
		"https://app.example.com/":                    `got "https://app.example.com/"; drop what follows the host and write "https://app.example.com"`,
		"capacitor://localhost/":                      `drop what follows the host and write "capacitor://localhost"`,
		"https://app.example.com?x":                   "drop what follows the host",
		"https://app.example.com#x":                   "drop what follows the host",
		"https://app.example.com\\x":                  "drop what follows the host",
		"https://app.example.com:443":                 `browsers leave that port out, so write "https://app.example.com"`,
		"HTTPS://app.example.com:443":                 `browsers leave that port out, so write "HTTPS://app.example.com"`,
		"http://app.example.com:80":                   "browsers leave that port out",
		"http://[::1]:80":                             `browsers leave that port out, so write "http://[::1]"`,
		"https://app.example.com:x":                   "write its port as a number from 1 to 65535 without leading zeros",
		"https://app.example.com:":                    "write its port",
		"https://app.example.com:0":                   "write its port",
		"https://app.example.com:0443":                "write its port",
		"https://app.example.com:+443":                "write its port",
		"https://app.example.com:65536":               "write its port",
		"https://app.example.com:1:2":                 "write its port",
		"http://[::1]:":                               "write its port",
		"http://[::1]:08080":                          "write its port",
		"http://[::1":                                 "close the bracket",
		"http://[::1]x":                               "write only a port behind the address",
		"http://[::1%25eth0]":                         "write an IPv6 address",
		"http://[::ffff:127.0.0.1]":                   "write an IPv6 address",
		"http://[127.0.0.1]":                          "write an IPv6 address",
		"http://[0:0:0:0:0:0:0:1]":                    "write its address as browsers do, [::1]",
		"http://[2001:DB8:0::1]":                      "write its address as browsers do, [2001:db8::1]",
		"http://127.1":                                "write an IPv4 address as browsers do",
		"http://127.0.0.01":                           "write an IPv4 address",
		"http://127.0.0.256":                          "write an IPv4 address",
		"http://0x7f.1":                               "write an IPv4 address",
		"http://1.2.3.0x4":                            "write an IPv4 address",
		"http://2130706433":                           "write an IPv4 address",
		"https://u@app.example.com":                   "drop the user",
		"https://bücher.example":                      "in punycode",
		"https://app.*.example.com":                   "with a wildcard as first label at most",
		"https://*.*.example.com":                     "with a wildcard as first label at most",
		"https://a*.example.com":                      "with a wildcard as first label at most",
		"https://*":                                   "put the wildcard in front of a domain name",
		"https://*.com":                               "put the wildcard in front of a domain name",
		"https://app.example.com.":                    "write its host as a name",
		"https://-app.example.com":                    "write its host as a name",
		"https://app example.com":                     "write its host as a name",
		"https://app.example.com\r\n":                 "write its host as a name",
		"https://" + strings.Repeat("a.", 126) + "aa": "write its host as a name",
	})
}

func TestAPolicyListsNamesAlone(t *testing.T) {
	t.Parallel()
	accepts(t, QueryStringName, "token", "a[b]", "~!", strings.Repeat("q", 128))
	refuses(t, QueryStringName, map[string]string{
		"": "must be the name of a query string parameter", strings.Repeat("q", 129): "1 to 128 characters", "a b": "without", "a&b": "without", "a=b": "without", "a#b": "without",
		"a?b": "without", "a/b": "without", "a*": "without", "ü": "of ASCII", "a\x00": "without", "a\x7f": "without",
	})
	accepts(t, CookieName, "session", "a.b~c")
	refuses(t, CookieName, map[string]string{"": "must be the name of a cookie", "a b": "must be the name of a cookie", "a*": "without wildcards", "a=b": "must be the name of a cookie"})
}

func TestAPathParameterIsAName(t *testing.T) {
	t.Parallel()
	accepts(t, PathParameter, "path", "A-b_9", strings.Repeat("p", 64))
	refuses(t, PathParameter, map[string]string{"": "must be a name of 1 to 64", "a b": "must be a name", "a=b": "must be a name", strings.Repeat("p", 65): "must be a name"})
}

func TestALocksKeyIsANameAndNotAValue(t *testing.T) {
	t.Parallel()
	accepts(t, LockKey, "a", "2026-11", strings.Repeat("k", 32))
	for _, bad := range []string{"", "a b", "-a", "a-", "ü", strings.Repeat("k", 33)} {
		if err := LockKey(bad); err == nil || !strings.Contains(err.Error(), "must be the name of a key") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestASecretIsNamed(t *testing.T) {
	t.Parallel()
	arn := func(s string) error { return Reference{SecretARN: s}.Problems(AllKnown).Err("") }
	const good = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat/edge-AbCdEf"
	accepts(t, arn, good, "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:chat")
	for _, bad := range []string{"chat", good + ":SecretString", good + " ", "arn:aws:secretsmanager:eu-west-1:1:secret:chat", "arn:aws:ssm:eu-west-1:111122223333:secret:chat", "arn:azure:secretsmanager:eu-west-1:111122223333:secret:chat", "arn:aws:secretsmanager:eu-west-1:111122223333:"} {
		if err := arn(bad); err == nil || !strings.Contains(err.Error(), "must be the ARN of a secret") {
			t.Errorf("%s: got %v", bad, err)
		}
	}
	accepts(t, SecretName, "chat/edge", "a_b+c=d.e@f-g", strings.Repeat("s", 512))
	refuses(t, SecretName, map[string]string{"a b": "may be the secret", "a:b": "must be the name of a secret", strings.Repeat("s", 513): "must be the name of a secret"})
	accepts(t, SSMParameter, "/chat/edge", "chat", strings.Repeat("s", 1011))
	refuses(t, SSMParameter, map[string]string{"/chat/": "must be the name of a parameter", "a b": "must be the name of a parameter", strings.Repeat("s", 1012): "must be the name of a parameter"})
	accepts(t, SecretField, "api-key", "a.b")
	refuses(t, SecretField, map[string]string{"a:b": "must be a key of the secret's JSON object"})
}

func TestTheValueOfAHeaderIsOneLineOfASCII(t *testing.T) {
	t.Parallel()
	accepts(t, HeaderValue, "v", "a b", "{{resolve:secretsmanager:x:SecretString:::}}", strings.Repeat("v", 1783), "{{resolve:ssm:"+strings.Repeat("v", 1783)+"}}", "~!")
	refuses(t, HeaderValue, map[string]string{
		"":                        "must have a value, got none",
		"a\r\nb":                  "without line breaks",
		"a\nb":                    "without line breaks",
		"a\x00b":                  "without line breaks",
		"a\tb":                    "without line breaks",
		"a\x7fb":                  "without line breaks",
		"ü":                       "must have a value in ASCII",
		" a":                      "without a space at either end",
		"a ":                      "without a space at either end",
		strings.Repeat("v", 1784): "at most 1783 characters, got 1784",
	})
	accepts(t, OriginHeader, strings.Repeat("h", 256))
	refuses(t, OriginHeader, map[string]string{strings.Repeat("h", 257): "at most 256 characters, got 257"})
}

func TestALogGoesToAPlaceWithAName(t *testing.T) {
	t.Parallel()
	accepts(t, LogGroupName, "/chat/edge", strings.Repeat("l", 512), "a_b.c#d-1", "/aws/vendedlogs/x")
	refuses(t, LogGroupName, map[string]string{
		"arn:aws:logs:us-east-1:111122223333:log-group:x:*": "write what follows log-group:",
		"aws/x":                  "must not start with aws/",
		strings.Repeat("l", 513): "must be the name of a log group",
		"a:b":                    "must be the name of a log group",
	})
	accepts(t, BucketName, "abc", "my.bucket-1", strings.Repeat("b", 63))
	refuses(t, BucketName, map[string]string{
		"arn:aws:s3:::logs":     `write "logs"`,
		"ab":                    "must be the name of a bucket",
		strings.Repeat("b", 64): "must be the name of a bucket",
		"Logs":                  "must be the name of a bucket",
		"a..b":                  "must be the name of a bucket",
		"-ab":                   "must be the name of a bucket",
		"ab-":                   "must be the name of a bucket",
		"192.168.5.4":           "must be the name of a bucket",
		"xn--logs":              "must be the name of a bucket",
		"sthree-logs":           "must be the name of a bucket",
		"amzn-s3-demo-logs":     "must be the name of a bucket",
		"logs-s3alias":          "must be the name of a bucket",
		"logs--ol-s3":           "must be the name of a bucket",
		"logs.mrap":             "must be the name of a bucket",
		"logs--x-s3":            "must be the name of a bucket",
		"logs--table-s3":        "must be the name of a bucket",
	})
}

func TestAResourceIsOfTheDistributionsAccount(t *testing.T) {
	t.Parallel()
	for _, rule := range []func(text, account string) error{CertificateARN, WebACLARN} {
		text := certificate
		if rule(text, "") != nil {
			text = webACL
		}
		if err := rule(text, "111122223333"); err != nil {
			t.Error(err)
		}
		if err := rule(text, "444455556666"); err == nil || !strings.Contains(err.Error(), "of the distribution's own account 444455556666, got one of 111122223333") {
			t.Errorf("got %v", err)
		}
	}
	refuses(t, func(s string) error { return CertificateARN(s, "") }, map[string]string{
		strings.Replace(certificate, "arn:aws:", "arn:aws-cn:", 1): "must be a certificate in us-east-1",
		strings.Replace(certificate, "111122223333", "1", 1):       "must be the ARN of an ACM certificate",
		certificate + "\n": "must be the ARN of an ACM certificate",
	})
	refuses(t, func(s string) error { return WebACLARN(s, "") }, map[string]string{
		strings.Replace(webACL, "arn:aws:", "arn:aws-cn:", 1): "must be a web ACL in us-east-1",
		strings.Replace(webACL, "global/", "", 1):             "must be the ARN of a web ACL",
	})
}

func TestTheIDOfAHostedZoneStandsAlone(t *testing.T) {
	t.Parallel()
	accepts(t, HostedZoneID, "Z1", "Z0123456789EXAMPLE", "Z"+strings.Repeat("A", 31))
	refuses(t, HostedZoneID, map[string]string{
		"/hostedzone/Z1":              `must be the id alone, got "/hostedzone/Z1"; drop "/hostedzone/" and write "Z1"`,
		"hostedzone/Z1":               `drop "hostedzone/" and write "Z1"`,
		"z1":                          "write one such as Z0123456789EXAMPLE",
		"Z":                           "write one such as",
		"example.com":                 "write one such as",
		"/hostedzone/x":               "write one such as",
		"Z" + strings.Repeat("A", 32): "write one such as",
	})
}

func TestARegionIsOneOfAWSs(t *testing.T) {
	t.Parallel()
	accepts(t, Region, "us-east-1", "eu-central-2", "cn-north-1")
	refuses(t, Region, map[string]string{
		"eu-west-9":     `must be an AWS region, got "eu-west-9"; did you mean "eu-west-1"?`,
		"us-east1":      `did you mean "us-east-1"?`,
		"EU-WEST-1":     `did you mean "eu-west-1"?`,
		"frankfurt":     "write one such as us-east-1",
		"us-gov-west-1": "must be an AWS region",
	})
	if len(countries) != 249 || len(Regions) != 36 {
		t.Errorf("got %d countries and %d regions", len(countries), len(Regions))
	}
}

func TestTheNearestIsWhatWasMeant(t *testing.T) {
	t.Parallel()
	known := []string{"headers", "cookies", "queryStrings"}
	for name, want := range map[string]string{"header": "headers", "Headers": "headers", "hedaers": "headers", "cookis": "cookies", "QUERYSTRINGS": "queryStrings", "head": "", "xx": "", "": ""} {
		if got, _ := Nearest(name, known); got != want {
			t.Errorf("%s: want %q, got %q", name, want, got)
		}
	}
	if got, _ := Nearest("abcdef", []string{"abcdxx", "abcdex"}); got != "abcdex" {
		t.Errorf("want the nearer one, got %s", got)
	}
}

func TestTheHostOfAnAPIIsItsOwn(t *testing.T) {
	t.Parallel()
	accepts(t, OriginHost, "socket.example.com", "abc.execute-api.eu-west-1.amazonaws.com", "ABC.execute-api.eu-west-1.amazonaws.com", "abc.execute-api.eu-west-1.api.aws", "abc.execute-api.us-gov-west-1.amazonaws.com", "abc.execute-api.cn-north-1.amazonaws.com.cn", "abc.execute-api.cn-north-1.api.amazonwebservices.com.cn")
	refuses(t, OriginHost, map[string]string{
		"d111.cloudfront.net":                       "is a CloudFront distribution",
		"D111.CloudFront.net":                       "is a CloudFront distribution",
		"abc.execute-api.eu-west-9.amazonaws.com":   `did you mean "eu-west-1"?`,
		"d-abc.execute-api.eu-west-1.amazonaws.com": "what the DNS record of a custom domain name points to",
		"a-b.execute-api.eu-west-1.amazonaws.com":   "write it as id.execute-api.region.amazonaws.com",
		"abc.execute-api.amazonaws.com":             "write it as id.execute-api.region.amazonaws.com",
	})
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
	refuses(t, Email, map[string]string{"oncall": "must be an e-mail address", "a b@example.com": "must be an e-mail address", "a@example": "must be an e-mail address", "A <a@example.com>": "must be an e-mail address", "a@example.com,b@example.com": "must be an e-mail address", "a@b@example.com": "must be an e-mail address", "a@example.": "must be an e-mail address"})
	accepts(t, ActionARN, topic, topic+".fifo", "arn:aws:lambda:us-east-1:111122223333:function:x", "arn:aws:ssm-incidents::111122223333:response-plan/x", "arn:aws:automate:us-east-1:ec2:stop")
	refuses(t, ActionARN, map[string]string{
		"oncall":                                 "must be the ARN of what an alarm tells",
		"arn:aws::us-east-1:111122223333:x":      "must be the ARN of what an alarm tells",
		"arn:aws:sns:us-east-1:111122223333:":    "must be the ARN of what an alarm tells",
		"arn:aws:sns:eu-west-1:111122223333:x":   "must be in us-east-1, where the alarms on CloudFront are, got one in eu-west-1",
		"arn:aws:sns:us-east-1:1:x":              "must be the ARN of a topic",
		topic + ":" + policyID:                   "without a subscription's id",
		"arn:aws:sns:us-east-1:111122223333:a/b": "must be the ARN of a topic",
	})
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
