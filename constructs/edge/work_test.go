package edge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

// mostWork is how many times the work of a plain handshake a request may cost the
// function. CloudFront wants it done in under a millisecond; a plain handshake
// takes some hundredths of one.
const mostWork = 10

// countSource counts the work of the function in units of 40 ns of njs's time. The
// prices are measured with njs 0.7.9, in CPU time: a statement takes 40 ns, a call
// of a function of the language 100 to 200. For 4,000 characters indexOf takes 8
// us, toLowerCase 19, decodeURIComponent 41, encodeURIComponent 24 and 64 where it
// has to encode, a copy (slice, join) 20; each part that split makes 0.8 us and its
// copy; a regular expression 20 us and 3 more; a thrown error 1.6 us; the objects
// of an answer 9 us. Each call counts as if it looked at all of its text.
const countSource = `
var work = 0;
(function () {
    var apply = Reflect.apply, isArray = Array.isArray;
    function size(value) {
        if (typeof value === 'string' || value instanceof String) {
            return value.length;
        }
        var all = 0;
        if (isArray(value)) {
            for (var i = 0; i < value.length; i++) {
                all += 160 + value[i].length;
            }
        }
        return all;
    }
    // What a call of a function costs: at once, and per character that it reads and makes.
    var prices = { other: [3, 1 / 8, 1 / 8], regexp: [500, 1 / 50, 1 / 8], push: [15, 0, 0] };
    ['indexOf', 'lastIndexOf', 'includes'].forEach(function (name) { prices[name] = [3, 1 / 20, 0]; });
    ['slice', 'substring', 'startsWith', 'charAt', 'charCodeAt'].forEach(function (name) { prices[name] = [3, 0, 1 / 8]; });
    ['toLowerCase', 'toUpperCase', 'trim', 'encodeURIComponent'].forEach(function (name) { prices[name] = [3, 1 / 10, 1 / 10]; });
    function counted(plain, price) {
        return function () {
            work += price[0];
            for (var i = -1; i < arguments.length; i++) {
                work += price[1] && price[1] * size(i < 0 ? this : arguments[i]);
            }
            try {
                var result = apply(plain, this, arguments);
            } catch (e) {
                work += 40;
                throw e;
            }
            work += price[2] && price[2] * size(result);
            return result;
        };
    }
    [String.prototype, Array.prototype, RegExp.prototype, Object, JSON, globalThis].forEach(function (owner) {
        Object.getOwnPropertyNames(owner).forEach(function (name) {
            var property = Object.getOwnPropertyDescriptor(owner, name);
            if (typeof property.value === 'function' && /^[a-z]/.test(name) && name !== 'constructor' && name !== 'valueOf' && name !== 'toString') {
                var price = owner === RegExp.prototype ? prices.regexp : Object.hasOwn(prices, name) ? prices[name] : prices.other;
                Object.defineProperty(owner, name, { value: counted(property.value, price) });
            }
        });
    });
})();
`

// counter is the function with its work counted.
type counter struct {
	js      *goja.Runtime
	measure goja.Callable
}

func newCounter(t testing.TB, settings functionSettings) counter {
	t.Helper()
	js := goja.New()
	// The test's own part keeps the functions of the language as they are.
	const measure = `
(function () {
    var parse = JSON.parse;
    return function (text) {
        var sent = parse(text);
        sent.rawQueryString = function () { return sent.query; };
        work = 0;
        var got = handler({ request: sent });
        var made = got.statusCode ? got.body.data : got.uri + got.querystring;
        return work + (got.statusCode ? 220 : 0) + made.length / 8;
    };
})()`
	callable, err := js.RunString(measure)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.RunString(countSource); err != nil {
		t.Fatal(err)
	}
	if _, err := js.RunString(withCounts(t, settings.code())); err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(callable)
	return counter{js, call}
}

func (c counter) work(t testing.TB, r request) float64 {
	t.Helper()
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.measure(goja.Undefined(), c.js.ToValue(string(line)))
	if err != nil {
		t.Fatal(err)
	}
	return result.ToFloat()
}

// withCounts puts a count in front of each statement of the code.
func withCounts(t testing.TB, code string) string {
	t.Helper()
	program, err := parser.ParseFile(nil, "", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	visit(reflect.ValueOf(program), func(node any) {
		switch node := node.(type) {
		case *ast.BlockStatement:
			for _, statement := range node.List {
				// The parser does not say where these two begin.
				switch statement := statement.(type) {
				case *ast.BranchStatement:
				case *ast.IfStatement:
					at = append(at, strings.LastIndex(code[:statement.Test.Idx0()], "if ("))
				default:
					at = append(at, int(statement.Idx0())-1)
				}
			}
		case *ast.RegExpLiteral:
			if !regexp.MustCompile(`^\[[^\]]+\]$`).MatchString(node.Pattern) {
				t.Errorf("the regular expression %s is more than a set of characters; its work cannot be counted", node.Literal)
			}
		case ast.Statement:
			if unblocked(node) {
				t.Errorf("a statement without braces, which is not counted: %.60s", code[int(node.Idx0())-1:])
			}
		}
	})
	slices.Sort(at)
	for _, i := range slices.Backward(at) {
		code = code[:i] + "work++;" + code[i:]
	}
	return code
}

// unblocked says whether a statement has a body that is no block.
func unblocked(statement ast.Statement) bool {
	body := reflect.Indirect(reflect.ValueOf(statement))
	if body.Kind() != reflect.Struct {
		return false
	}
	for _, name := range []string{"Body", "Consequent"} {
		if field := body.FieldByName(name); field.IsValid() && field.Kind() == reflect.Interface && !field.IsNil() {
			if _, isBlock := field.Interface().(*ast.BlockStatement); !isBlock {
				return true
			}
		}
	}
	return false
}

// visit calls f with each node of a syntax tree.
func visit(v reflect.Value, f func(node any)) {
	switch v.Kind() {
	case reflect.Interface:
		visit(v.Elem(), f)
	case reflect.Pointer:
		if v.IsNil() || !strings.HasSuffix(v.Type().Elem().PkgPath(), "/ast") {
			return
		}
		f(v.Interface())
		visit(v.Elem(), f)
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "DeclarationList" { // what it lists is in the body, too
				visit(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), f)
		}
	}
}

// plain is the least that a sound handshake asks of the function.
func plain(settings functionSettings) request {
	return handshake(settings.Prefix+"/rooms/42?token=abc", map[string]string{"origin": "https://a.example.org"})
}

// combinations are the settings of each combination of features, and of as many
// origins as there is room for.
func combinations() map[string]functionSettings {
	all := map[string]functionSettings{}
	var many []string
	for i := range 160 {
		many = append(many, fmt.Sprintf("https://*.example%d.org", i), fmt.Sprintf("https://a.b%d.eu", i))
	}
	for _, prefix := range []string{"", "/chat"} {
		for _, parameter := range []string{"", "path", strings.Repeat("p", 64)} {
			for name, origins := range map[string][]string{"no": nil, "two": {"https://app.example.com", "https://*.example.org"}, "many": append(many, "https://*.example.org")} {
				p := &WebSocketBehaviorProps{PathParameter: parameter, AllowedWebOrigins: origins}
				all[fmt.Sprintf("prefix %q, parameter %.5q, %s origins", prefix, parameter, name)] = p.functionSettings(prefix, at(4000))
			}
		}
	}
	return all
}

// fill repeats a text up to n characters.
func fill(text string, n int) string { return strings.Repeat(text, n/len(text)) }

// hardest are requests of up to CloudFront's 8 KB of URL, and 20 KB in all, made to
// cost the function as much as they can.
func hardest(settings functionSettings) map[string]request {
	url := func(path, query string) request {
		r := handshake(settings.Prefix+path, map[string]string{"origin": "https://a.example.org"})
		r.Query = &query
		return r
	}
	origin := func(value string) request {
		r := plain(settings)
		r.Headers["origin"] = header{Value: value}
		return r
	}
	all := map[string]request{}
	// Fewer characters than API Gateway takes, some more, and all that CloudFront does.
	for _, n := range []int{300, 1300, 2000, 3900, settings.LongestURL - len(settings.Prefix) - 1, 4200, 8000} {
		for _, text := range []string{"x", "/", "%", "%2F", "ä", "🌍", "!", "..", "/..", "#", "+", " ", "%2e", "/%2e%2e"} {
			all[fmt.Sprintf("a path of %d %q", n, text)] = url("/"+fill(text, n), "")
		}
		for _, text := range []string{"x", "a&", "&", "=", "a=&", "%", "%&", "%zz&", "%zz=1&", "path&", "path=x&", "PATH&", "p%61th&", "%70%61%74%68&", "+path&", "pa+th&", "+", "%20",
			"aaaa&", "a%61a&", "%C3%A4&", "ä&", "🌍&", "__proto__&", "token=x&", "#", strings.Repeat("p", 64) + "&", strings.Repeat("%70", 64) + "&"} {
			all[fmt.Sprintf("a query string of %d %.20q", n, text)] = url("/", fill(text, n))
		}
		// As many parameters as are read, of all the length there is.
		for _, text := range []string{"x", "%61", "%70ath+", "+path+", "path%20", "%zz", "=%70", "ä", "%C3%A4", "P"} {
			each := fill(text, n/maxParameters-1) + "&"
			all[fmt.Sprintf("%d parameters of %d %q", maxParameters, n, text)] = url("/", strings.TrimSuffix(strings.Repeat(each, maxParameters), "&"))
		}
		all[fmt.Sprintf("path and query string of %d", n)] = url("/"+fill("/", n/2), fill("%70ath+=&", n/2))
	}
	for _, n := range []int{50, 60, 8000, 19000} {
		for _, text := range []string{"a", "https://", ".", "*", " ", "https://a.example.org ", "ä", "\u212a", "-", "://"} {
			all[fmt.Sprintf("an origin of %d %q", n, text)] = origin(fill(text, n))
			all[fmt.Sprintf("an origin with a label of %d %q", n, text)] = origin("https://" + fill(text, n) + ".example.org")
		}
	}
	many := origin("https://a.example.org")
	many.Headers["origin"] = header{Value: "https://a.example.org", MultiValue: slices.Repeat([]header{{Value: "https://a.example.org"}}, 600)}
	all["hundreds of origins"] = many
	wide := plain(settings)
	for i := range 600 {
		wide.Headers[fmt.Sprintf("x-%d", i)] = header{Value: strings.Repeat("x", 20)}
	}
	wide.Headers["cookie"] = header{Value: fill("a=b; ", 8000)}
	all["hundreds of headers"] = wide
	all["no handshake"] = request{Method: "GET", URI: fill("/", 8000), Headers: map[string]header{}}
	return all
}

func TestNoRequestCostsTheFunctionMuchMoreThanAPlainHandshake(t *testing.T) {
	worst := 0.0
	for name, settings := range combinations() {
		c := newCounter(t, settings)
		plain := c.work(t, plain(settings))
		try := func(what string, r request) {
			if times := c.work(t, r) / plain; times > mostWork {
				t.Errorf("%s: %s: %.1f times a plain handshake's %.0f", name, what, times, plain)
			} else if times > worst {
				worst = times
				t.Logf("%s: %s: %.1f times a plain handshake's %.0f", name, what, times, plain)
			}
		}
		for what, r := range hardest(settings) {
			try(what, r)
		}
		random := rand.New(rand.NewPCG(3, 4))
		for i := range 200 {
			try(fmt.Sprintf("hostile request %d", i), filled(random))
		}
	}
}

// filled is a hostile request made long.
func filled(random *rand.Rand) request {
	r := hostileRequest(random)
	r.URI = "/chat/" + strings.Repeat(r.URI, 1+random.IntN(1+8000/(len(r.URI)+1)))
	r.URI = strings.ToValidUTF8(r.URI[:min(len(r.URI), random.IntN(8000))], "")
	text := strings.Repeat(query(r)+"&", 1+random.IntN(1+8000/(len(query(r))+1)))
	text = strings.ToValidUTF8(text[:min(len(text), 8000-len(r.URI))], "")
	r.Query = &text
	return r
}

// againSource passes the function one request n times, each in an event of its own.
const againSource = `
function again(text, n) {
    var sent = JSON.parse(text);
    function raw() {
        return sent.query;
    }
    for (var i = 0; i < n; i++) {
        handler({ request: { method: sent.method, uri: sent.uri, headers: sent.headers, rawQueryString: raw } });
    }
}
`

// What a handshake costs the function with every feature on: a plain one, and those
// that cost most by count. On njs it is CPU time.
func BenchmarkFunction(b *testing.B) {
	c := newCounter(b, everything)
	hard := hardest(everything)
	names := slices.SortedFunc(maps.Keys(hard), func(x, y string) int { return cmp.Compare(c.work(b, hard[y]), c.work(b, hard[x])) })
	requests := map[string]request{"plain": plain(everything)}
	for _, name := range names[:6] {
		requests[name] = hard[name]
	}
	for _, name := range append([]string{"plain"}, names[:6]...) {
		line, err := json.Marshal(requests[name])
		if err != nil {
			b.Fatal(err)
		}
		b.Run("goja/"+name, func(b *testing.B) {
			js := goja.New()
			if _, err := js.RunString(everything.code() + againSource); err != nil {
				b.Fatal(err)
			}
			again, _ := goja.AssertFunction(js.Get("again"))
			if _, err := again(goja.Undefined(), js.ToValue(string(line)), js.ToValue(b.N)); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(c.work(b, requests[name])/c.work(b, plain(everything)), "times-plain-by-count")
		})
		b.Run("njs/"+name, func(b *testing.B) {
			if !hasNjs() {
				b.Skip("njs is not installed")
			}
			const each = 2000
			var spent time.Duration
			for range b.N {
				_, idle := runNjs(b, everything.code()+againSource, string(line))
				_, busy := runNjs(b, everything.code()+againSource+fmt.Sprintf("again(input, %d);\n", each), string(line))
				spent += busy - idle
			}
			b.ReportMetric(float64(spent)/float64(b.N)/each, "ns/handshake")
			b.ReportMetric(0, "ns/op")
		})
	}
}
