package edge

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// edgeFunction is the function as it is deployed for some settings, on a
// JavaScript engine.
type edgeFunction struct {
	js      *goja.Runtime
	handler goja.Callable
}

func newEdgeFunction(t testing.TB, settings functionSettings) edgeFunction {
	t.Helper()
	js := goja.New()
	if _, err := js.RunString(settings.code()); err != nil {
		t.Fatal(err)
	}
	handler, ok := goja.AssertFunction(js.Get("handler"))
	if !ok {
		t.Fatal("the code defines no handler")
	}
	return edgeFunction{js, handler}
}

// answered is what the function hands back: a request to pass on, or a response.
type answered struct {
	status  int
	body    string
	headers map[string]any
	uri     string
	query   map[string]any
}

// run calls the function with a request of CloudFront's event structure.
func (f edgeFunction) run(request map[string]any) (answered, error) {
	result, err := f.handler(goja.Undefined(), f.js.ToValue(map[string]any{"version": "1.0", "request": request}))
	if err != nil {
		return answered{}, err
	}
	value := result.Export().(map[string]any)
	if status, is := value["statusCode"].(int64); is {
		body := value["body"].(map[string]any)["data"].(string)
		return answered{status: int(status), body: body, headers: value["headers"].(map[string]any)}, nil
	}
	return answered{uri: value["uri"].(string), query: value["querystring"].(map[string]any)}, nil
}

// handshake is a good request for a path, with further headers.
func handshake(path string, headers map[string]string) map[string]any {
	path, query, _ := strings.Cut(path, "?")
	all := map[string]any{
		"host":                  map[string]any{"value": "ws.example.com"},
		"sec-websocket-key":     map[string]any{"value": "dGhlIHNhbXBsZSBub25jZQ=="},
		"sec-websocket-version": map[string]any{"value": "13"},
	}
	for name, value := range headers {
		all[name] = map[string]any{"value": value}
	}
	return map[string]any{"method": "GET", "uri": path, "querystring": querystring(query), "headers": all, "cookies": map[string]any{}}
}

// querystring is the text of a query string in CloudFront's event structure,
// names and values as they were sent.
func querystring(text string) map[string]any {
	query := map[string]any{}
	if text == "" {
		return query
	}
	for _, pair := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if first, again := query[name].(map[string]any); again {
			several, _ := first["multiValue"].([]any)
			if several == nil {
				several = []any{map[string]any{"value": first["value"]}}
			}
			first["multiValue"] = append(several, map[string]any{"value": value})
			continue
		}
		query[name] = map[string]any{"value": value}
	}
	return query
}

// queryText is the query string that CloudFront sends on.
func queryText(query map[string]any) string {
	var pairs []string
	for name, parameter := range query {
		values, _ := parameter.(map[string]any)["multiValue"].([]any)
		if values == nil {
			values = []any{parameter}
		}
		for _, value := range values {
			pairs = append(pairs, name+"="+value.(map[string]any)["value"].(string))
		}
	}
	return strings.Join(pairs, "&")
}

func mustRun(t *testing.T, settings functionSettings, request map[string]any) answered {
	t.Helper()
	got, err := newEdgeFunction(t, settings).run(request)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestThePathOfTheBehaviorIsTakenOff(t *testing.T) {
	for path, want := range map[string]string{
		"/ws":        "/",
		"/ws/":       "/",
		"/ws/rooms":  "/rooms",
		"/ws//rooms": "//rooms",
		"/ws/ws":     "/ws",
		"/wsx":       "/wsx",
		"/":          "/",
		"/x/ws":      "/x/ws",
	} {
		if got := mustRun(t, functionSettings{Prefix: "/ws"}, handshake(path, nil)).uri; got != want {
			t.Errorf("%s: want %s, got %s", path, want, got)
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
		{"", "/räume/🌍", "/räume/🌍"},
		{"", "/a+b&c=d;e?x=1", "/a+b&c=d;e"},
		{"", "/100%", "/100%"},
		{"", "/#", "/#"},
		{"/chat", "/chat", "/"},
		{"/chat", "/chat/", "/"},
		{"/chat", "/chat/rooms/42", "/rooms/42"},
		{"/chat", "/chat//x", "//x"},
	} {
		got := mustRun(t, functionSettings{Prefix: tt.prefix, Parameter: "path", Room: 4000}, handshake(tt.path, nil))
		value, err := url.QueryUnescape(got.query["path"].(map[string]any)["value"].(string))
		if got.uri != "/" || err != nil || value != tt.want {
			t.Errorf("%s%s: want / and %q, got %s and %q (%v)", tt.prefix, tt.path, tt.want, got.uri, value, err)
		}
	}
}

func TestAPathThatIsNoUnicodeIsRefused(t *testing.T) {
	f := newEdgeFunction(t, functionSettings{Parameter: "path", Room: 4000})
	request := handshake("/", nil)
	half := f.js.NewObject()
	for key, value := range request {
		if err := half.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	lone, err := f.js.RunString(`'/\ud800'`)
	if err != nil {
		t.Fatal(err)
	}
	if err := half.Set("uri", lone); err != nil {
		t.Fatal(err)
	}
	result, err := f.handler(goja.Undefined(), f.js.ToValue(map[string]any{"request": half}))
	if err != nil || result.Export().(map[string]any)["statusCode"] != int64(400) {
		t.Errorf("want 400, got %v (%v)", result, err)
	}
}

func TestAViewersOwnPathParameterNeverSurvives(t *testing.T) {
	for _, query := range []string{
		"path=/admin", "path=", "path", "path=/a&path=/b", "p%61th=/admin", "%70%61%74%68=/admin", "PATH=/admin", "Path=/admin",
		"path+=/admin", "+path=/admin", "path%20=/admin", "%09path=/admin", "path%=/admin", "p%61th=/x&path=/y", "%zz=/admin",
		"%c1%b0ath=/admin",
	} {
		got := mustRun(t, functionSettings{Parameter: "path", Room: 4000}, handshake("/rooms/42?token=x&"+query, nil))
		if text := queryText(got.query); text != "token=x&path=%2Frooms%2F42" && text != "path=%2Frooms%2F42&token=x" {
			t.Errorf("%s: got %s", query, text)
		}
	}
}

func TestOtherParametersStayAsTheyAre(t *testing.T) {
	for _, query := range []string{"token=a%2Bb%3D%3D", "a=1&a=2&a=3", "path2=/x", "xpath=/x", "pa%2574h=/x", "flag="} {
		got := mustRun(t, functionSettings{Parameter: "path", Room: 4000}, handshake("/?"+query, nil))
		delete(got.query, "path")
		if text := queryText(got.query); text != query {
			t.Errorf("want %s, got %s", query, text)
		}
	}
}

func TestAURLThatAPIGatewayWouldNotTakeAnswers414(t *testing.T) {
	settings := functionSettings{Parameter: "path", Room: 100}
	// "path=%2F" and the rest of the path are what counts.
	fits := "/" + strings.Repeat("x", 100-len("path=%2F"))
	if got := mustRun(t, settings, handshake(fits, nil)); got.status != 0 || len(queryText(got.query)) != 100 {
		t.Errorf("want the handshake through, got %+v", got)
	}
	for _, path := range []string{fits + "x", fits[:60] + "?token=" + strings.Repeat("x", 50), "/?a=" + strings.Repeat("x", 40) + "&a=" + strings.Repeat("y", 60)} {
		if got := mustRun(t, settings, handshake(path, nil)); got.status != 414 || !strings.Contains(got.body, "longer than API Gateway takes: 4096 characters") {
			t.Errorf("%s: want 414, got %+v", path, got)
		}
	}
}

func TestBrowserOrigins(t *testing.T) {
	allowed := []string{"https://app.example.com", "http://localhost:3000", "https://*.example.org", "https://xn--bcher-kva.example"}
	for origin, ok := range map[string]bool{
		"https://app.example.com":                  true,
		"HTTPS://App.Example.COM":                  true,
		"http://localhost:3000":                    true,
		"https://a.example.org":                    true,
		"https://A-1.example.org":                  true,
		"https://xn--bcher-kva.example":            true,
		"http://app.example.com":                   false,
		"https://app.example.com:443":              false,
		"https://app.example.com:8443":             false,
		"https://app.example.com.":                 false,
		"https://app.example.com.evil.com":         false,
		"https://app.example.com@evil.com":         false,
		"https://evil.com/https://app.example.com": false,
		"https://evilapp.example.com":              false,
		"https://example.com":                      false,
		"http://localhost:3001":                    false,
		"http://localhost":                         false,
		"https://example.org":                      false,
		"https://.example.org":                     false,
		"https://a.b.example.org":                  false,
		"https://aexample.org":                     false,
		"https://a.example.org.evil.com":           false,
		"https://evil.com#.example.org":            false,
		"https://evil.com/.example.org":            false,
		"https://*.example.org":                    false,
		"https://a.example.org:8443":               false,
		"https://bücher.example":                   false,
		"https://xn--bchr-kva.example":             false,
		"https://\u212App.example.org":             false,
		"null":                                     false,
		"":                                         false,
		" https://app.example.com":                 false,
		"https://app.example.com https://evil.com": false,
		"https://app.example.com,https://evil.com": false,
		"undefined":                                false,
	} {
		got := mustRun(t, functionSettings{Origins: allowed}, handshake("/", map[string]string{"origin": origin}))
		if (got.status == 0) != ok {
			t.Errorf("%q: want allowed %v, got %d", origin, ok, got.status)
		}
		if !ok && (got.status != 403 || !strings.Contains(got.body, "Pages of this origin may not connect here")) {
			t.Errorf("%q: want 403 and why, got %+v", origin, got)
		}
	}
}

func TestARepeatedOriginIsRefused(t *testing.T) {
	request := handshake("/", map[string]string{"origin": "https://app.example.com"})
	request["headers"].(map[string]any)["origin"].(map[string]any)["multiValue"] = []any{
		map[string]any{"value": "https://app.example.com"}, map[string]any{"value": "https://evil.com"},
	}
	if got := mustRun(t, functionSettings{Origins: []string{"https://app.example.com"}}, request); got.status != 403 {
		t.Errorf("want 403, got %+v", got)
	}
}

func TestWithoutAnOriginThereIsNoBrowser(t *testing.T) {
	for requireOrigin, want := range map[bool]int{false: 0, true: 403} {
		settings := functionSettings{Origins: []string{"https://app.example.com"}, RequireOrigin: requireOrigin}
		if got := mustRun(t, settings, handshake("/", nil)); got.status != want {
			t.Errorf("required %v: want %d, got %+v", requireOrigin, want, got)
		}
	}
}

func TestWhatIsNoHandshakeAnswers426(t *testing.T) {
	for name, change := range map[string]func(request, headers map[string]any){
		"no key":        func(_, headers map[string]any) { delete(headers, "sec-websocket-key") },
		"no version":    func(_, headers map[string]any) { delete(headers, "sec-websocket-version") },
		"old version":   func(_, headers map[string]any) { headers["sec-websocket-version"] = map[string]any{"value": "8"} },
		"a HEAD":        func(request, _ map[string]any) { request["method"] = "HEAD" },
		"a plain visit": func(_, headers map[string]any) { clear(headers) },
	} {
		request := handshake("/", nil)
		change(request, request["headers"].(map[string]any))
		got := mustRun(t, functionSettings{}, request)
		if got.status != 426 || !strings.HasPrefix(got.body, "This address speaks WebSocket") || strings.Count(got.body, "\n") != 1 {
			t.Errorf("%s: want 426 and one line, got %+v", name, got)
		}
		if version := got.headers["sec-websocket-version"]; fmt.Sprint(version) != "map[value:13]" {
			t.Errorf("%s: want the version that is spoken, got %v", name, version)
		}
	}
}

// CloudFront fails a response that carries one of these (CloudFront Developer
// Guide, "Restrictions on all edge functions").
func TestNoAnswerCarriesAForbiddenHeader(t *testing.T) {
	for name, settings := range map[string]functionSettings{"426": {}, "403": {Origins: []string{"https://a.example"}, RequireOrigin: true}} {
		request := handshake("/", nil)
		if name == "426" {
			clear(request["headers"].(map[string]any))
		}
		for header := range mustRun(t, settings, request).headers {
			switch header {
			case "content-type", "cache-control", "sec-websocket-version":
			default:
				t.Errorf("%s: %s", name, header)
			}
		}
	}
}

func TestSettingsCannotLeaveTheirPlaceInTheCode(t *testing.T) {
	hostile := functionSettings{Prefix: `/"};throw 1;//</script>` + "\u2028"}
	if got := mustRun(t, hostile, handshake(hostile.Prefix+"/x", nil)).uri; got != "/x" {
		t.Errorf("want /x, got %s", got)
	}
}

func TestTheSameSettingsMakeTheSameCode(t *testing.T) {
	settings := functionSettings{Prefix: "/ws", Parameter: "path", Room: 1, Origins: []string{"https://b", "https://a"}, RequireOrigin: true}
	if a, b := settings.code(), settings.code(); a != b || !strings.Contains(a, `{"prefix":"/ws","parameter":"path","room":1,"origins":["https://b","https://a"],"requireOrigin":true}`) {
		t.Errorf("got\n%s", a)
	}
}

// CloudFront takes 10,240 bytes; half of that is ours, so that settings have
// room.
func TestTheCodeIsSmall(t *testing.T) {
	all := functionSettings{Prefix: "/chat", Parameter: "path", Room: 4090, Origins: []string{"https://app.example.com"}, RequireOrigin: true}
	size := len(all.code())
	t.Logf("%d bytes, %d left of %d", size, maxFunctionSize-size, maxFunctionSize)
	if size > maxFunctionSize/2 {
		t.Errorf("want at most %d bytes, got %d", maxFunctionSize/2, size)
	}
}

var hostile = flag.Int("hostile", 10_000, "how many hostile requests the edge function is tried with")

// Whatever a viewer sends, the function does not throw, lets no foreign origin
// through, and no path but the real one. The judge is written in Go, by other
// means than the function.
func TestHostileInput(t *testing.T) {
	cases := *hostile
	settings := functionSettings{
		Prefix: "/chat", Parameter: "path", Room: 300, RequireOrigin: true,
		Origins: []string{"https://app.example.com", "https://*.example.org"},
	}
	origins := regexp.MustCompile(`^(?i:https://app\.example\.com|https://[a-z0-9-]+\.example\.org)$`)
	f := newEdgeFunction(t, settings)
	random := rand.New(rand.NewPCG(1, 2))
	through, statuses := 0, map[int]int{}
	for i := range cases {
		request := hostileRequest(random)
		origin, hasOrigin := request["headers"].(map[string]any)["origin"].(map[string]any)
		uri := request["uri"].(string)
		sent := fmt.Sprintf("%q", request)
		got, err := f.run(request)
		if err != nil {
			t.Fatalf("case %d throws %v: %s", i, err, sent)
		}
		statuses[got.status]++
		switch got.status {
		case 0:
		case 403, 414, 426:
			continue
		default:
			t.Fatalf("case %d answers %d: %s", i, got.status, sent)
		}
		through++
		if !hasOrigin || !origins.MatchString(origin["value"].(string)) {
			t.Fatalf("case %d lets the origin through: %s", i, sent)
		}
		rest := uri
		if uri == "/chat" || strings.HasPrefix(uri, "/chat/") {
			if rest = strings.TrimPrefix(uri, "/chat"); rest == "" {
				rest = "/"
			}
		}
		for name, value := range got.query {
			plain, err := url.QueryUnescape(name)
			if err != nil || name != "path" && strings.EqualFold(strings.TrimSpace(plain), "path") {
				t.Fatalf("case %d lets the parameter %q through: %s", i, name, sent)
			}
			if name != "path" {
				continue
			}
			path, err := url.QueryUnescape(value.(map[string]any)["value"].(string))
			if _, several := value.(map[string]any)["multiValue"]; several || err != nil || path != rest {
				t.Fatalf("case %d says the path is %q: %s", i, path, sent)
			}
		}
		if _, there := got.query["path"]; !there || got.uri != "/" || len(queryText(got.query)) > settings.Room {
			t.Fatalf("case %d goes on as %+v: %s", i, got, sent)
		}
	}
	t.Logf("%d cases, %d through, by status %v", cases, through, statuses)
	if through < cases/20 || len(statuses) != 4 {
		t.Errorf("want cases of every kind, got %d through and %v", through, statuses)
	}
}

// hostileRequest makes a request of pieces that have broken parsers.
func hostileRequest(random *rand.Rand) map[string]any {
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	join := func(from []string, most int) (text string) {
		for range random.IntN(most + 1) {
			text += pick(from)
		}
		return text
	}
	names := []string{"path", "p%61th", "PATH", "Path", "%70ath", "path%20", "+path", "%zz", "%", "%c1%b0ath", "%00path", "__proto__", "constructor", "hasOwnProperty", "toString", "length", "token", "a", "", "ä", "\u212A", "path[]", "%2570ath"}
	values := []string{"", "/admin", "%2Fadmin", "x", "%", "&", ";path=/x", "ä", "🌍", "\x00", strings.Repeat("y", 200), "=", "+"}
	paths := []string{"/", "chat", "/chat", "..", "%2e", "%2F", "%", "//", "ä", "🌍", "?", "#", "+", " ", "\t", "\x00", "rooms", "\\", "%zz", ";", "&", "="}
	origins := []string{"https://", "http://", "app.example.com", "example.org", ".", "a", "*", "evil.com", ":443", "/", "@", "null", " ", "\t", "ä", "\u212A", "EXAMPLE.ORG", "xn--", "-", "%00", "#", "https://app.example.com", "https://a.example.org"}

	headers := map[string]any{
		"sec-websocket-key":     map[string]any{"value": "dGhlIHNhbXBsZSBub25jZQ=="},
		"sec-websocket-version": map[string]any{"value": "13"},
	}
	if random.IntN(20) == 0 {
		delete(headers, pick([]string{"sec-websocket-key", "sec-websocket-version"}))
	}
	switch random.IntN(6) {
	case 0:
	case 1, 2:
		headers["origin"] = map[string]any{"value": join(origins, 4)}
	default:
		headers["origin"] = map[string]any{"value": pick([]string{"https://app.example.com", "https://a.example.org", "HTTPS://APP.EXAMPLE.COM"})}
		if random.IntN(4) == 0 {
			headers["origin"].(map[string]any)["value"] = headers["origin"].(map[string]any)["value"].(string) + pick(origins)
		}
	}
	var pairs []string
	for range random.IntN(5) {
		pairs = append(pairs, pick(names)+"="+pick(values))
	}
	return map[string]any{
		"method":      "GET",
		"uri":         pick([]string{"/", "/chat", "/chat/"}) + join(paths, 5),
		"querystring": querystring(strings.ReplaceAll(strings.Join(pairs, "&"), "&&", "&")),
		"headers":     headers,
		"cookies":     map[string]any{},
	}
}

// What one handshake costs the function, every feature on.
func BenchmarkHandshake(b *testing.B) {
	f := newEdgeFunction(b, functionSettings{
		Prefix: "/chat", Parameter: "path", Room: 4090, RequireOrigin: true,
		Origins: []string{"https://app.example.com", "https://*.example.org"},
	})
	for b.Loop() {
		got, err := f.run(handshake("/chat/rooms/42?token=abc", map[string]string{"origin": "https://a.example.org"}))
		if err != nil || got.uri != "/" {
			b.Fatalf("%+v, %v", got, err)
		}
	}
	b.ReportMetric(float64(len(functionSource)), "bytes-of-code")
}
