package edge

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// at is an endpoint that leaves room characters for the query string.
func at(room int) endpoint {
	return endpoint{host: strings.Repeat("h", rules.MaxURL-len("wss:///?")-room)}
}

// withPath are the settings of a behavior under prefix with the path parameter
// "path".
func withPath(prefix string) functionSettings {
	return (&WebSocketBehaviorProps{PathParameter: "path"}).functionSettings(prefix, at(4000))
}

// withOrigins are the settings of a behavior that allows some origins.
func withOrigins(origins ...string) functionSettings {
	return (&WebSocketBehaviorProps{AllowedWebOrigins: origins}).functionSettings("", at(4000))
}

func TestThePathOfTheBehaviorIsTakenOff(t *testing.T) {
	for path, want := range map[string]string{
		"/ws":             "/",
		"/ws/":            "/",
		"/ws/rooms":       "/rooms",
		"/ws//rooms":      "//rooms",
		"/ws/ws":          "/ws",
		"/ws/%63hat/.x":   "/%63hat/.x",
		"/ws/./a..b":      "/./a..b",
		"/ws?a=%zz&a&&=b": "/",
		"/ws/x?":          "/x",
	} {
		sent := handshake(path, nil)
		got := mustRun(t, (&WebSocketBehaviorProps{}).functionSettings("/ws", at(4000)), sent)
		if got.URI != want || sent.Query != nil && got.Query != *sent.Query {
			t.Errorf("%s: want %s and the query string as it came, got %s and %q", path, want, got.URI, got.Query)
		}
	}
}

// CloudFront chooses the behavior by the normalized path and gives the function the
// one that was sent. If that does not begin with the behavior's own path as it is
// written, or climbs out of it, what it is to $connect would be a guess.
func TestAPathInDisguiseIsRefused(t *testing.T) {
	var sent []request
	for _, path := range []string{
		"/%63hat/x", "/%63hat", "/c%68at/x", "//chat/x", "//chat", "/./chat/x", "/a/../chat/x", "/a/%2e%2e/chat/x", "/%2e/chat", "/chat%2Fx", "/chat%2fx",
		"/CHAT/x", "/chatx", "/x/chat", "/", "/chat\\x", "/chat;x", "", "chat/x",
		"/chat/..", "/chat/../chat/x", "/chat/admin/../x", "/chat/%2e%2e/chat/x", "/chat/%2E%2E/chat/x", "/chat/.%2e/chat/x", "/chat/%2E./chat/x", "/chat/x/%2e",
	} {
		r := handshake("/", nil)
		r.URI = path
		sent = append(sent, r)
	}
	for name, settings := range map[string]functionSettings{
		"with the path":    withPath("/chat"),
		"without the path": (&WebSocketBehaviorProps{}).functionSettings("/chat", at(4000)),
	} {
		for i, got := range run(t, settings, sent...) {
			if got.Status != 400 || got.Body != "Write the path as /chat, not in another form, and without /.. or an encoded dot behind it.\n" {
				t.Errorf("%s, %s: want 400 and why, got %+v", sent[i].URI, name, got)
			}
		}
	}
}

// The path reaches $connect as it was sent, once API Gateway has decoded it.
func TestThePathBecomesAQueryString(t *testing.T) {
	for _, tt := range []struct{ prefix, path, want string }{
		{"", "/", "/"},
		{"", "/rooms/42", "/rooms/42"},
		{"", "/rooms/42/", "/rooms/42/"},
		{"", "//rooms//42", "//rooms//42"},
		{"", "/rooms/%2F%2e%2E/a%20b", "/rooms/%2F%2e%2E/a%20b"},
		{"", "/rooms/../42/./..", "/rooms/../42/./.."},
		{"", "/r%C3%A4ume/%F0%9F%8C%8D", "/r%C3%A4ume/%F0%9F%8C%8D"},
		{"", "/a+b&c=d;e?x=1", "/a+b&c=d;e"},
		{"", "/100%", "/100%"},
		{"", "/__proto__", "/__proto__"},
		{"/chat", "/chat", "/"},
		{"/chat", "/chat/", "/"},
		{"/chat", "/chat/rooms/42", "/rooms/42"},
		{"/chat", "/chat//x", "//x"},
	} {
		got := mustRun(t, withPath(tt.prefix), handshake(tt.path, nil))
		value, err := url.QueryUnescape(got.path(t))
		if got.URI != "/" || err != nil || value != tt.want {
			t.Errorf("%s%s: want / and %q, got %s and %q (%v)", tt.prefix, tt.path, tt.want, got.URI, value, err)
		}
	}
}

// AWS answers 502 to a # that a function hands on. A URL has neither it nor the
// other characters: clients send them percent-encoded.
func TestACharacterThatNoURLHasIsRefused(t *testing.T) {
	for name, settings := range map[string]functionSettings{
		"nothing else on":  (&WebSocketBehaviorProps{}).functionSettings("", at(4000)),
		"under a path":     (&WebSocketBehaviorProps{}).functionSettings("/chat", at(4000)),
		"with the path":    withPath("/chat"),
		"of known origins": withOrigins("https://app.example.com"),
	} {
		wants := map[string]int{
			"/chat/#": 400, "/chat#": 400, "/chat/x?#": 400, "/chat/x?a=b#c": 400, "/chat?path=#": 400, "/chat/%23?a=%23": 0,
			"/chat/a b": 400, "/chat/a\tb": 400, "/chat/\x00": 400, "/chat/\x7f": 400, "/chat/ä": 400, "/chat/🌍": 400, "/chat?a=ä": 400, "/chat?ä": 400, "/chat?a b": 400,
			"/chat/%00%20%7f%C3%A4?%20=%C3%A4": 0, "/chat/!\"$&'()*+,-.09:;<=>@AZ[\\]^_`az{|}~?\"'<>[\\]^`{|}~": 0,
		}
		runEach(t, settings, maps.Keys(wants), func(url string) request { return handshake(url, nil) }, func(url string, got answered) {
			want := wants[url]
			if got.Status != want || want != 0 && got.Body != "Percent-encode what a URL cannot hold: # as %23, spaces, and all but ASCII.\n" {
				t.Errorf("%s, %q: want %d, got %+v", name, url, want, got)
			}
		})
	}
	// Half of a character, which njs does not have.
	got, err := goja.New().RunString(withPath("").code() + `
		handler({ request: { method: 'GET', uri: '/\ud800', rawQueryString: function () {},
			headers: { 'sec-websocket-key': { value: 'x' }, 'sec-websocket-version': { value: '13' } } } }).statusCode`)
	if err != nil || got.ToInteger() != 400 {
		t.Errorf("want 400, got %v (%v)", got, err)
	}
}

func TestAViewersOwnPathParameterNeverSurvives(t *testing.T) {
	var queries []string
	for _, query := range []string{
		"path=/admin", "path=", "path", "path=/a&path=/b", "p%61th=/admin", "%70%61%74%68=/admin", "PATH=/admin", "Path=/admin",
		"path+=/admin", "+path=/admin", "path%20=/admin", "%09path=/admin", "path%=/admin", "p%61th=/x&path=/y", "%zz=/admin",
		"%c1%b0ath=/admin", "%+path=/admin", "+%20+path%20+=/admin", "path==/admin", "%C2%A0path=/admin", "%EF%BB%BFpath=/admin",
		"path=/a&path=/b&path=/c&PATH=/d", "%=1&%70ath=/admin", "path=%zz", "%zz&%zz&%zz&%zz",
	} {
		queries = append(queries, "token=x&"+query, query+"&token=x", "&"+query+"&&token=x&")
	}
	runEach(t, withPath(""), slices.Values(queries), func(query string) request { return handshake("/rooms/42?"+query, nil) }, func(query string, got answered) {
		if got.Query != "token=x&path=%2Frooms%2F42" {
			t.Errorf("%s: got %q (%d)", query, got.Query, got.Status)
		}
	})
}

func TestOtherParametersStayAsTheyAre(t *testing.T) {
	queries := []string{
		"token=a%2Bb%3D%3D", "a=1&a=2&a=3", "path2=/x", "xpath=/x", "pa%2574h=/x", "flag=", "flag", "=x", "b=1&a=2&b=3", "r%C3%A4ume=1",
		"token=100%", "token=%zz", "token=path", "a+b=1", "%20=1", "%F0%9F%8C%8D=%F0%9F%8C%8D", "pat=h", "+a=1", "a_path+b=1", "x+path=1", "%70%61%74=h",
		"__proto__=1&constructor=2&hasOwnProperty=3&toString=4&length=5", "__proto__=1&__proto__=2", "%5F_proto__=1",
	}
	runEach(t, withPath(""), slices.Values(queries), func(query string) request { return handshake("/?"+query, nil) }, func(query string, got answered) {
		if got.Query != query+"&path=%2F" {
			t.Errorf("want %s, got %q (%d)", query, got.Query, got.Status)
		}
	})
}

// What is longer than the name with every letter escaped and ten characters of
// padding is passed on as it is, and costs nothing.
func TestLongNamesAreNotRead(t *testing.T) {
	spaces := func(n int) string { return strings.Repeat("%20", n) }
	for query, want := range map[string]string{
		spaces(10) + "%70%61%74%68=x":       "",
		spaces(10) + "%70%61%74%68+=x":      spaces(10) + "%70%61%74%68+=x&",
		strings.Repeat("%zz", 14) + "=x":    "",
		strings.Repeat("%zz", 15) + "=x":    strings.Repeat("%zz", 15) + "=x&",
		strings.Repeat("%zz", 15) + "&%61":  strings.Repeat("%zz", 15) + "&%61&",
		strings.Repeat("%C3%A4", 60) + "=x": strings.Repeat("%C3%A4", 60) + "=x&",
	} {
		got := mustRun(t, withPath(""), handshake("/?"+query, nil))
		if want += "path=%2F"; got.Query != want {
			t.Errorf("%s: want %s, got %q (%d)", query, want, got.Query, got.Status)
		}
	}
}

// One name that cannot be decoded is enough for the others with escapes to go, too:
// each try costs the function time.
func TestEscapedNamesGoWithOneThatCannotBeDecoded(t *testing.T) {
	got := mustRun(t, withPath(""), handshake("/?%61=1&%zz=2&%62=3&c=%64", nil))
	if want := "%61=1&c=%64&path=%2F"; got.Query != want {
		t.Errorf("want %s, got %s", want, got.Query)
	}
}

// Any name that the rules take can be the parameter's.
func TestAPathParameterCanHaveAnyName(t *testing.T) {
	for _, name := range []string{"__proto__", "constructor", "hasOwnProperty", "toString", "valueOf", "length", "path", "Path", "P", "a-b_c", "0", strings.Repeat("x", 64), "sink"} {
		if err := rules.PathParameter(name); err != nil {
			t.Fatal(err)
		}
		settings := (&WebSocketBehaviorProps{PathParameter: name}).functionSettings("", at(4000))
		escaped := fmt.Sprintf("%%%x%s", name[0], name[1:])
		query := "token=x&" + name + "=/admin&" + strings.ToUpper(name) + "&" + escaped + "=/b&" + name + "=/c"
		got := mustRun(t, settings, handshake("/rooms?"+query, nil))
		if want := "token=x&" + name + "=%2Frooms"; got.Query != want {
			t.Errorf("%s: want %s, got %q (%d)", name, want, got.Query, got.Status)
		}
	}
}

func TestAURLThatAPIGatewayWouldNotTakeAnswers414(t *testing.T) {
	long := func(p *WebSocketBehaviorProps, prefix string) functionSettings {
		return p.functionSettings(prefix, at(100))
	}
	x := func(n int) string { return strings.Repeat("x", n) }
	withPath, without := &WebSocketBehaviorProps{PathParameter: "path"}, &WebSocketBehaviorProps{RequireHandshake: true}
	for _, tt := range []struct {
		name     string
		settings functionSettings
		url      string
		fits     bool
	}{
		// "path=%2F" and the rest of the path are what counts.
		{"a path", long(withPath, ""), "/" + x(92), true},
		{"a path too long", long(withPath, ""), "/" + x(93), false},
		{"a path under another", long(withPath, "/chat"), "/chat/" + x(92), true},
		{"a path under another too long", long(withPath, "/chat"), "/chat/" + x(93), false},
		{"slashes, which take three characters", long(withPath, ""), strings.Repeat("/", 31), true},
		{"slashes too many", long(withPath, ""), strings.Repeat("/", 32), false},
		{"path and query string", long(withPath, ""), "/" + x(52) + "?token=" + x(33), true},
		{"path and query string too long", long(withPath, ""), "/" + x(52) + "?token=" + x(34), false},
		{"the same parameter twice", long(withPath, ""), "/?a=" + x(40) + "&a=" + x(60), false},
		{"a parameter that goes", long(withPath, ""), "/?path=" + x(95), true},
		{"a parameter that goes too long", long(withPath, ""), "/?path=" + x(96), false},
		{"no path parameter", long(without, ""), "/?" + x(100), true},
		{"no path parameter too long", long(without, ""), "/?" + x(101), false},
		{"no path parameter under a path", long(without, "/chat"), "/chat/" + x(50) + "?" + x(50), true},
		{"no path parameter under a path too long", long(without, "/chat"), "/chat/" + x(50) + "?" + x(51), false},
		{"as long as CloudFront takes", long(without, ""), "/" + x(8100), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRun(t, tt.settings, handshake(tt.url, nil))
			if tt.fits && (got.Status != 0 || len(got.Query) > 100) {
				t.Errorf("want it through, got %+v", got)
			}
			if !tt.fits && (got.Status != 414 || !strings.Contains(got.Body, "longer than API Gateway takes: 4096 characters")) {
				t.Errorf("want 414 and why, got %+v", got)
			}
		})
	}
}

func TestMoreParametersThanAreReadAnswer414(t *testing.T) {
	for _, parameter := range []string{"a", "a=1", "", "path=/x", "%70ath"} {
		fits := strings.Repeat(parameter+"&", maxParameters-1) + parameter
		if got := mustRun(t, withPath(""), handshake("/?"+fits, nil)); got.Status != 0 {
			t.Errorf("%d times %q: want it through, got %+v", maxParameters, parameter, got)
		}
		if got := mustRun(t, withPath(""), handshake("/?"+fits+"&"+parameter, nil)); got.Status != 414 || got.Body != "More than 24 query string parameters.\n" {
			t.Errorf("one more of %q: want 414 and why, got %+v", parameter, got)
		}
	}
	// Where no parameter is read, none is counted.
	settings := (&WebSocketBehaviorProps{RequireHandshake: true}).functionSettings("", at(4000))
	if got := mustRun(t, settings, handshake("/?"+strings.Repeat("a&", 1000), nil)); got.Status != 0 {
		t.Errorf("want it through, got %+v", got)
	}
}

func TestBrowserOrigins(t *testing.T) {
	settings := withOrigins("https://app.example.com", "http://localhost:3000", "https://*.example.org", "https://xn--bcher-kva.example", "https://*.example.net:8443",
		"http://127.0.0.1:3000", "http://[::1]:3000", "capacitor://localhost", "chrome-extension://abcdefghijklmnop", "app+x.y-z://*.host", "HTTPS://Upper.Example.COM")
	allowed := map[string]bool{
		"https://app.example.com":                     true,
		"HTTPS://App.Example.COM":                     true,
		"http://localhost:3000":                       true,
		"https://a.example.org":                       true,
		"https://A-1.example.org":                     true,
		"https://xn--bcher-kva.example":               true,
		"https://a.example.net:8443":                  true,
		"http://127.0.0.1:3000":                       true,
		"http://[::1]:3000":                           true,
		"capacitor://localhost":                       true,
		"chrome-extension://abcdefghijklmnop":         true,
		"app+x.y-z://a.host":                          true,
		"https://upper.example.com":                   true,
		"https://" + long(63, "a") + ".example.org":   true,
		"https://" + long(64, "a") + ".example.org":   false,
		"https://" + long(8000, "a") + ".example.org": false,
		long(8000, "https://a.example.org"):           false,
		"http://app.example.com":                      false,
		"https://app.example.com:443":                 false,
		"https://app.example.com:8443":                false,
		"https://app.example.com.":                    false,
		"https://app.example.com/":                    false,
		"https://app.example.com.evil.com":            false,
		"https://app.example.com@evil.com":            false,
		"https://evil.com/https://app.example.com":    false,
		"https://evilapp.example.com":                 false,
		"https://example.com":                         false,
		"app.example.com":                             false,
		"://app.example.com":                          false,
		"ttps://app.example.com":                      false,
		"http://localhost:3001":                       false,
		"http://localhost":                            false,
		"http://127.0.0.1":                            false,
		"http://[::1]":                                false,
		"http://[::1]:300":                            false,
		"https://example.org":                         false,
		"https://.example.org":                        false,
		"https://a.b.example.org":                     false,
		"https://aexample.org":                        false,
		"https://a.example.org.evil.com":              false,
		"https://evil.com#.example.org":               false,
		"https://evil.com/.example.org":               false,
		"https://evil/.example.org":                   false,
		"https://evil@.example.org":                   false,
		"https://evil:80.example.org":                 false,
		"https://*.example.org":                       false,
		"https://a*.example.org":                      false,
		"https://a.example.org:8443":                  false,
		"https://a.example.net":                       false,
		"capacitor://a.localhost":                     false,
		"https://bücher.example":                      false,
		"https://ä.example.org":                       false,
		"https://xn--bchr-kva.example":                false,
		"https://\u212App.example.org":                false,
		"http://local\u017Fhost:3000":                 false,
		"chrome-e\u212Atension://abcdefghijklmnop":    false,
		"null":                     false,
		"undefined":                false,
		"":                         false,
		" ":                        false,
		"*":                        false,
		"://":                      false,
		"://.":                     false,
		"https://":                 false,
		" https://app.example.com": false,
		"https://app.example.com ": false,
		"https://app.example.com https://evil.com":         false,
		"https://app.example.com http://localhost:3000":    false,
		"https://a.example.org https://*.example.net:8443": false,
		"https://app.example.com,https://evil.com":         false,
		"https://app.example.com, https://app.example.com": false,
		"__proto__": false, "constructor": false, "hasOwnProperty": false, "toString": false, "valueOf": false, "length": false,
	}
	runEach(t, settings, maps.Keys(allowed), func(origin string) request { return handshake("/", map[string]string{"origin": origin}) }, func(origin string, got answered) {
		ok := allowed[origin]
		if (got.Status == 0) != ok {
			t.Errorf("%.60q: want allowed %v, got %d", origin, ok, got.Status)
		}
		if !ok && (got.Status != 403 || got.Body != "Pages of this origin may not connect here.\n") {
			t.Errorf("%.60q: want 403 and why, got %+v", origin, got)
		}
	})
}

// long is a text of n characters.
func long(n int, text string) string { return strings.Repeat(text, n/len(text)+1)[:n] }

// Each kind of list alone, so that neither is looked up for want of the other.
func TestOneKindOfOriginIsEnough(t *testing.T) {
	for allowed, sent := range map[string]string{"https://app.example.com": "https://app.example.com", "https://*.example.com": "https://app.example.com", "tauri://localhost": "tauri://localhost"} {
		if got := mustRun(t, withOrigins(allowed), handshake("/", map[string]string{"origin": sent})); got.Status != 0 {
			t.Errorf("%s: want %s through, got %+v", allowed, sent, got)
		}
		for _, other := range []string{"", " ", "*", "null", "https://evil.com", "https://"} {
			if got := mustRun(t, withOrigins(allowed), handshake("/", map[string]string{"origin": other})); got.Status != 403 {
				t.Errorf("%s: want %q refused, got %+v", allowed, other, got)
			}
		}
	}
}

func TestARepeatedOriginIsRefused(t *testing.T) {
	for _, second := range []string{"https://evil.com", "https://app.example.com", ""} {
		r := handshake("/", nil)
		r.Headers["origin"] = header{Value: "https://app.example.com", MultiValue: []header{{Value: "https://app.example.com"}, {Value: second}}}
		if got := mustRun(t, withOrigins("https://app.example.com"), r); got.Status != 403 {
			t.Errorf("and %q: want 403, got %+v", second, got)
		}
	}
}

func TestWithoutAnOriginThereIsNoBrowser(t *testing.T) {
	for requireWebOrigin, want := range map[bool]int{false: 0, true: 403} {
		settings := withOrigins("https://app.example.com")
		settings.RequireWebOrigin = requireWebOrigin
		if got := mustRun(t, settings, handshake("/", nil)); got.Status != want {
			t.Errorf("required %v: want %d, got %+v", requireWebOrigin, want, got)
		}
	}
}

func TestWhatIsNoHandshakeAnswers426(t *testing.T) {
	for name, change := range map[string]func(r *request){
		"no key":        func(r *request) { delete(r.Headers, "sec-websocket-key") },
		"no version":    func(r *request) { delete(r.Headers, "sec-websocket-version") },
		"old version":   func(r *request) { r.Headers["sec-websocket-version"] = header{Value: "8"} },
		"a HEAD":        func(r *request) { r.Method = "HEAD" },
		"a plain visit": func(r *request) { clear(r.Headers) },
	} {
		r := handshake("/", nil)
		change(&r)
		got := mustRun(t, (&WebSocketBehaviorProps{RequireHandshake: true}).functionSettings("", at(4000)), r)
		if got.Status != 426 || !strings.HasPrefix(got.Body, "This address speaks WebSocket") || strings.Count(got.Body, "\n") != 1 {
			t.Errorf("%s: want 426 and one line, got %+v", name, got)
		}
		if version := got.Headers["sec-websocket-version"].Value; version != "13" {
			t.Errorf("%s: want the version that is spoken, got %v", name, version)
		}
	}
}

// CloudFront fails a response that carries one of these (CloudFront Developer
// Guide, "Restrictions on all edge functions").
func TestNoAnswerCarriesAForbiddenHeader(t *testing.T) {
	settings := (&WebSocketBehaviorProps{PathParameter: "path", AllowedWebOrigins: []string{"https://a.example"}}).functionSettings("/chat", at(100))
	for url, want := range map[string]int{"/chat": 0, "/%63hat": 400, "/chat?#": 400, "/chat?" + strings.Repeat("&", 40): 414, "/chat?" + long(101, "x"): 414} {
		got := mustRun(t, settings, handshake(url, nil))
		if got.Status != want {
			t.Errorf("%s: want %d, got %+v", url, want, got)
		}
		checkHeaders(t, got)
	}
	checkHeaders(t, mustRun(t, settings, handshake("/chat", map[string]string{"origin": "null"})))
	checkHeaders(t, mustRun(t, settings, request{Method: "GET", URI: "/", Headers: map[string]header{}}))
}

func checkHeaders(t *testing.T, got answered) {
	t.Helper()
	for name := range got.Headers {
		switch name {
		case "content-type", "cache-control", "sec-websocket-version":
		default:
			t.Errorf("%d has the header %s", got.Status, name)
		}
	}
}

func TestSettingsCannotLeaveTheirPlaceInTheCode(t *testing.T) {
	hostile := `/"};throw'1';//</script>=$&$1`
	for _, prefix := range []string{hostile, hostile + "\u2028= SETTINGS;\n//end\n"} {
		settings := (&WebSocketBehaviorProps{}).functionSettings(prefix, at(4000))
		if got := mustRun(t, settings, handshake(hostile+"/x", nil)); prefix == hostile && got.URI != "/x" || prefix != hostile && got.Status != 400 {
			t.Errorf("under %q: got %+v", prefix, got)
		}
	}
}

func TestTheSameSettingsMakeTheSameCode(t *testing.T) {
	p := &WebSocketBehaviorProps{PathParameter: "path", RequireWebOrigin: true, AllowedWebOrigins: []string{"https://b", "https://*.C", "https://a"}}
	settings := p.functionSettings("/ws", at(4000))
	want := `var settings = {"prefix":"/ws","parameter":"path","mostParameters":24,"longestURL":4004,"longestQuery":4000,` +
		`"origins":" https://b https://a ","wildcards":" https://*.c ","longestOrigin":73,"requireWebOrigin":true};`
	if a, b := settings.code(), settings.code(); a != b || !strings.Contains(a, want) {
		t.Errorf("want %s, got\n%s", want, a)
	}
}

// Code that is off costs time to load and room for settings.
func TestTheCodeHasOnlyWhatIsOn(t *testing.T) {
	words := map[string]string{"prefix": "settings.prefix", "parameter": "settings.parameter", "origins": "settings.origins"}
	for on, settings := range map[string]functionSettings{
		"":          (&WebSocketBehaviorProps{RequireHandshake: true}).functionSettings("", at(4000)),
		"prefix":    (&WebSocketBehaviorProps{}).functionSettings("/ws", at(4000)),
		"parameter": withPath(""),
		"origins":   withOrigins("https://*.example.com"),
	} {
		code := settings.code()
		for part, word := range words {
			if strings.Contains(code, word) != (part == on) {
				t.Errorf("with %q on, %s is wrong in\n%s", on, word, code)
			}
		}
		if strings.Contains(code, "//if") || strings.Contains(code, "//end") || strings.Contains(code, "SETTINGS") {
			t.Errorf("with %q on, a mark is left in\n%s", on, code)
		}
	}
}

// CloudFront takes 10,240 bytes; half of that is ours, so that settings have
// room.
func TestTheCodeIsSmall(t *testing.T) {
	size := len(everything.code())
	t.Logf("%d bytes, %d left of %d", size, maxFunctionSize-size, maxFunctionSize)
	if most := 5000; size > most {
		t.Errorf("want at most %d bytes, got %d", most, size)
	}
}

// What internal/rules takes as settings has room beside the code.
func TestAllSettingsThatAreTakenFitTheCode(t *testing.T) {
	props := &WebSocketBehaviorProps{Origin: FromDomainName("socket.example.com", "", nil), PathParameter: strings.Repeat("p", 64), RequireWebOrigin: true, AllowedWebOrigins: []string{"a://b"}}
	for i := 0; props.Validate() == nil; i++ {
		props.AllowedWebOrigins = append(props.AllowedWebOrigins, fmt.Sprintf("http://*.a%d.de", i))
	}
	props.AllowedWebOrigins = props.AllowedWebOrigins[:len(props.AllowedWebOrigins)-1]
	if err := props.Validate(); err != nil {
		t.Fatal(err)
	}
	size := len(props.functionSettings("/"+strings.Repeat("&", rules.MaxRoutePath-1), at(4000)).code())
	t.Logf("%d bytes for %d origins, %d left of %d", size, len(props.AllowedWebOrigins), maxFunctionSize-size, maxFunctionSize)
	if size > maxFunctionSize {
		t.Errorf("want at most %d bytes, got %d", maxFunctionSize, size)
	}
}

// everything are settings with every feature on.
var everything = (&WebSocketBehaviorProps{
	PathParameter: "path", RequireWebOrigin: true, AllowedWebOrigins: []string{"https://app.example.com", "https://*.example.org"},
}).functionSettings("/chat", at(4000))

var hostile = flag.Int("hostile", 10_000, "how many hostile requests the edge function is tried with")

// Whatever a viewer sends, the function does not throw, lets no foreign origin
// through and no path but the real one, refuses for a reason, and changes nothing
// else. Both engines say the same. The judge is written in Go, by other means than
// the function.
func TestHostileInput(t *testing.T) {
	cases := *hostile
	settings := everything
	settings.LongestQuery, settings.LongestURL = 200, 200+len("/chat/")
	random := rand.New(rand.NewPCG(1, 2))
	statuses := map[int]int{}
	for done := 0; done < cases; {
		batch := make([]request, min(cases-done, 5000)) // njs keeps all its memory until it ends
		for i := range batch {
			batch[i] = hostileRequest(random)
		}
		for i, got := range run(t, settings, batch...) {
			statuses[got.Status]++
			if problem := judge(settings, batch[i], got); problem != "" {
				t.Fatalf("case %d %s: %+v of %+v with %q", done+i, problem, got, batch[i], query(batch[i]))
			}
		}
		done += len(batch)
	}
	t.Logf("%d cases by status %v", cases, statuses)
	for _, status := range []int{0, 400, 403, 414, 426} {
		if statuses[status] < cases/50 {
			t.Errorf("want cases of every kind, got %v", statuses)
		}
	}
}

func query(r request) string {
	if r.Query == nil {
		return ""
	}
	return *r.Query
}

var allowedWebOrigins = regexp.MustCompile(`^(?i:https://app\.example\.com|https://[a-z0-9-]{1,63}\.example\.org)$`)

// judge says what is wrong with the function's answer; "" if it is right.
func judge(settings functionSettings, sent request, got answered) string {
	origin, hasOrigin := sent.Headers["origin"]
	foreign := !hasOrigin || len(origin.MultiValue) > 1 || !allowedWebOrigins.MatchString(origin.Value)
	pairs := strings.Split(query(sent), "&")
	rest, under := strings.CutPrefix(sent.URI, "/chat")
	under = under && (rest == "" || rest[0] == '/')
	if rest == "" {
		rest = "/"
	}
	kept := slices.DeleteFunc(pairsOf(pairs), func(pair string) bool { return pair == "" })
	value := strings.ReplaceAll(url.QueryEscape(rest), "+", "%20")
	for _, plain := range "!'()*" { // what encodeURIComponent leaves
		value = strings.ReplaceAll(value, fmt.Sprintf("%%%X", plain), string(plain))
	}
	wanted := strings.Join(append(kept, "path="+value), "&")

	want := 0
	switch characters := utf8.RuneCountInString(sent.URI + query(sent)); {
	case sent.Headers["sec-websocket-key"].Value == "" || sent.Headers["sec-websocket-version"].Value != "13" || sent.Method != "GET":
		want = 426
	case foreign:
		want = 403
	case characters > settings.LongestURL:
		want = 414
	case strings.ContainsFunc(sent.URI+query(sent), func(c rune) bool { return c <= ' ' || c == '#' || c > '~' }):
		want = 400
	case !under, strings.Contains(rest, "/.."), strings.Contains(strings.ToLower(rest), "%2e"):
		want = 400
	case len(pairs) > maxParameters, len(wanted) > settings.LongestQuery:
		want = 414
	}
	switch {
	case got.Threw != "":
		return "throws"
	case got.Changed:
		return "changes more than it may"
	case got.Status != want:
		return fmt.Sprintf("should answer %d", want)
	case want == 0 && (got.URI != "/" || got.Query != wanted):
		return "should go on as " + wanted
	}
	return ""
}

// padding is what a name may be padded with: a plus, and what is no character or,
// as the wide spaces, none of ASCII's. The last are those that the names have.
var padding = func() string {
	all := "+ \x7f"
	for c := range rune(' ') {
		all += string(c)
	}
	return all + "äÄ🌍\u00a0\u212a"
}()

// pairsOf are the parameters that are not the path's own.
func pairsOf(pairs []string) []string {
	broken := false
	return slices.DeleteFunc(slices.Clone(pairs), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		if len(name) > 3*len("path")+30 {
			return false
		}
		if strings.Contains(name, "%") {
			plain, err := url.PathUnescape(name)
			broken = broken || err != nil || !utf8.ValidString(plain)
			if broken {
				return true
			}
			name = plain
		}
		name = strings.ToLower(name)
		return name == "path" || strings.Contains(name, "path") && strings.Trim(name, padding) != name
	})
}

// hostileRequest makes a request of pieces that have broken parsers.
func hostileRequest(random *rand.Rand) request {
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	join := func(from []string, most int) (text string) {
		for range random.IntN(most + 1) {
			text += pick(from)
		}
		return text
	}
	names := []string{"path", "p%61th", "PATH", "Path", "%70ath", "path%20", "+path", "%zz", "%", "%c1%b0ath", "%00path", "__proto__", "constructor", "hasOwnProperty", "toString", "length", "token", "a", "", "ä", "\u212A", "path[]", "%2570ath", "%C2%A0path", "%e4", "%F0%9F%8C%8D", "%ED%A0%80", "pa+th", "x+path", strings.Repeat("%20", 10) + "%70ath", strings.Repeat("%20", 13) + "%70ath"}
	values := []string{"", "/admin", "%2Fadmin", "x", "%", "&", ";path=/x", "ä", "🌍", "\x00", strings.Repeat("y", 200), "=", "+", "#", "?", strings.Repeat("&", 40)}
	paths := []string{"/", "chat", "/chat", "..", "%2e", "%2F", "%63hat", "%", "//", "ä", "🌍", "?", "#", "+", " ", "\t", "\x00", "rooms", "\\", "%zz", ";", "&", "=", strings.Repeat("/", 60), "!'()*~"}
	sound := []string{"/", "rooms", "//", "%2F", "%zz", "%", "/chat", ".", "!'()*~", "&", "=", "+", strings.Repeat("/", 30)}
	origins := []string{"https://", "http://", "app.example.com", "example.org", ".", "a", "*", "evil.com", ":443", "/", "@", "null", " ", "\t", "ä", "\u212A", "EXAMPLE.ORG", "xn--", "-", "%00", "#", "https://app.example.com", "https://a.example.org", strings.Repeat("a", 62), strings.Repeat("https://a.", 800)}

	r := handshake(pick([]string{"/", "/chat", "/chat/", "/chat/", "/chat/"})+join(sound, 3)+join(paths, random.IntN(3)), nil)
	r.URI, r.Query = r.URI+query(r), nil
	if random.IntN(20) == 0 {
		delete(r.Headers, pick([]string{"sec-websocket-key", "sec-websocket-version"}))
	}
	switch random.IntN(16) {
	case 0:
	case 1, 2:
		r.Headers["origin"] = header{Value: join(origins, 4)}
	default:
		origin := header{Value: pick([]string{"https://app.example.com", "https://a.example.org", "HTTPS://APP.EXAMPLE.COM"})}
		switch random.IntN(10) {
		case 0:
			origin.Value += pick(origins)
		case 1:
			origin.MultiValue = []header{{Value: origin.Value}, {Value: pick(origins)}}
		}
		r.Headers["origin"] = origin
	}
	if random.IntN(8) > 0 {
		var pairs []string
		for range random.IntN(5) {
			value := pick([]string{"", "x", "%2Fadmin", "a=b", "%"})
			if random.IntN(4) == 0 {
				value = pick(values)
			}
			pairs = append(pairs, pick(names)+pick([]string{"=", "=", "=", ""})+value)
		}
		text := strings.Join(pairs, "&")
		r.Query = &text
	}
	return r
}
