package function

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostile is code that takes all the time or memory that it can get, most of it at one
// stroke of the engine.
var hostile = map[string]string{
	"an array buffer":             `new ArrayBuffer(1e11);`,
	"a typed array":               `new Uint8Array(1e10);`,
	"a typed array of floats":     `new Float64Array(new ArrayBuffer(8e9));`,
	"repeat":                      `'x'.repeat(1e9);`,
	"repeat of a name of its own": `var s = 'x'; s['rep' + 'eat'](2e9);`,
	"padStart":                    `'x'.padStart(1e9);`,
	"padEnd":                      `'x'.padEnd(1e9, 'yz');`,
	"doubling a text":             `var s = 'x'; while (true) { s += s; }`,
	"doubling a template literal": "var s = 'x'; while (true) { s = `${s}${s}`; }",
	"concat":                      `var s = 'x'; while (true) { s = s.concat(s, s); }`,
	"a growing array":             `var a = []; while (true) { a.push(new Array(1000).fill(a.length)); }`,
	"doubling an array":           `var a = [1]; while (true) { a = a.concat(a); }`,
	"filling a long array":        `new Array(4294967295).fill(0);`,
	"joining a long array":        `new Array(4294967295).join('xxxxxxxx');`,
	"an array-like of many":       `Array.from({length: 4294967295});`,
	"a length that is set":        `var a = []; a.length = 4294967295; a.sort(); a.reverse();`,
	"JSON of a shared array":      `var a = [1]; for (var i = 0; i < 60; i++) { a = [a, a]; } JSON.stringify(a);`,
	"the text of a shared array":  `var a = [1]; for (var i = 0; i < 60; i++) { a = [a, a]; } String(a);`,
	"replacing by much":           `'x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e6));`,
	"splitting and joining":       `'x'.repeat(1e6).split('').join('y'.repeat(1e6));`,
	"a regular expression":        `/^(?=(a+)+$)(a|aa)+$/.test('a'.repeat(60) + '!');`,
	"a large integer":             `BigInt(2) ** BigInt(1e9);`,
	"a growing map":               `var m = new Map(); for (var i = 0; ; i++) { m.set(i, 'x'.repeat(1000)); }`,
	"objects":                     `var o = {}; for (var i = 0; ; i++) { o = {o: o, p: 'x' + i}; }`,
	"closures":                    `var f = function () {}; for (;;) { f = (function (g) { return function () { return g; }; })(f); }`,
	"recursion":                   `(function f(n) { return f(n + 1) + 'x'; })(0);`,
	"recursion through a getter":  `var o = {get o() { return this.o; }}; o.o;`,
	"deep parentheses":            strings.Repeat("(", 4000) + "1" + strings.Repeat(")", 4000) + ";",
	"an endless loop":             `while (true) {}`,
	"promises without end":        `function again() { return Promise.resolve().then(again); } again();`,
	"an endless getter":           `return {get uri() { while (true) {} }};`,
	"a large response":            `return {statusCode: 200, body: 'x'.repeat(5e7)};`,
	"a large uri":                 `event.request.uri = '/' + 'x'.repeat(5e7); return event.request;`,
	"a large header":              `event.request.headers.x = {value: 'x'.repeat(5e6)}; return event.request;`,
	"headers without end":         `return {get headers() { return new Proxy({}, {ownKeys: function () { return new Array(1e9).fill('x'); }}); }, uri: '/', method: 'GET'};`,
}

func TestAHostileFunctionHurtsNobody(t *testing.T) {
	before := taken()
	t.Run("each", func(t *testing.T) {
		for name, code := range hostile {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				hurtsNobody(t, name, code)
			})
		}
	})
	if grown := int64(taken()) - int64(before); grown > 64<<20 {
		t.Errorf("the program takes %d MB more", grown>>20)
	}
	run := function(t, `function handler(event) { return event.request; }`, nil, Input{})
	if run.Refusal != nil {
		t.Errorf("a good function after them: %v", run.Refusal)
	}
}

func hurtsNobody(t *testing.T, name, code string) {
	start := time.Now()
	run := function(t, "function handler(event) { "+code+" return event.request; }", nil, Input{Limit: 200 * time.Millisecond})
	if took := time.Since(start); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if run.Refusal == nil && name != "deep parentheses" {
		t.Error("want a refusal")
	}
	if run.Refusal != nil && run.Refusal.Status != 503 && run.Refusal.Status != 502 {
		t.Errorf("refusal %+v", run.Refusal)
	}
}

// taken is what the program has from the system.
func taken() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

func TestAnOutcomeSurvivesTheProcess(t *testing.T) {
	t.Parallel()
	run := function(t, `import cf from 'cloudfront';
		function handler(event) {
			cf.updateRequestOrigin({originPath: '', hostHeader: 'x', customHeaders: {a: '1'}});
			console.log('one');
			event.request.headers['x-a'] = {value: 'ä'};
			return event.request;
		}`, nil, Input{})
	if run.Refusal != nil || run.Response != nil {
		t.Fatalf("%+v", run)
	}
	if len(run.Origins) != 1 {
		t.Fatalf("origins %+v", run.Origins)
	}
	o := run.Origins[0]
	if o.Path != (Setting{true, ""}) || o.Host != (Setting{true, "x"}) || o.Domain.Set || len(o.Headers) != 1 || !o.ReplaceHeaders {
		t.Errorf("origin %+v", o)
	}
	if len(run.Logs) != 1 || run.Header.Get("X-A") != "ä" {
		t.Errorf("%+v", run)
	}
	run = function(t, `function handler(event) { return {statusCode: 200}; }`, nil, Input{})
	if run.Response == nil || run.Response.Header == nil || run.Response.Status != 200 {
		t.Errorf("an empty response: %+v", run)
	}
}
