package handshake

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// repeated is a list of n values.
func repeated(n int, value func(i int) any) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = value(i)
	}
	return out
}

// hostileTemplates are changes of a good template that ask for all the time and
// memory that there is.
var hostileTemplates = map[string]func(d map[string]any){
	"laughs by mappings": func(d map[string]any) {
		levels := map[string]any{"a0": map[string]any{"k": "lol"}}
		for i := 1; i < 60; i++ {
			previous := map[string]any{"Fn::FindInMap": []any{"M", fmt.Sprintf("a%d", i-1), "k"}}
			levels[fmt.Sprintf("a%d", i)] = map[string]any{"k": map[string]any{"Fn::Join": []any{"", []any{previous, previous, previous}}}}
		}
		d["Mappings"] = map[string]any{"M": levels}
		origin0(d)["DomainName"] = map[string]any{"Fn::FindInMap": []any{"M", "a59", "k"}}
	},
	"a long text many times": func(d map[string]any) {
		d["Mappings"] = map[string]any{"M": map[string]any{"a": map[string]any{"k": strings.Repeat("x", 1<<20)}}}
		long := map[string]any{"Fn::Join": []any{"", []any{map[string]any{"Fn::FindInMap": []any{"M", "a", "k"}}, "y"}}}
		for _, property := range []string{"DomainName", "OriginPath", "Id"} {
			origin0(d)[property] = repeated(5000, func(int) any { return long })
		}
		object(config(d)["DefaultCacheBehavior"])["AllowedMethods"] = repeated(5000, func(int) any { return long })
	},
	"a long text split": func(d map[string]any) {
		d["Parameters"] = map[string]any{"P": map[string]any{"Type": "String", "Default": strings.Repeat(",", 1<<20)},
			"L": map[string]any{"Type": "CommaDelimitedList", "Default": strings.Repeat(",", 1<<20)}}
		split := map[string]any{"Fn::Split": []any{",", map[string]any{"Ref": "P"}}}
		config(d)["Aliases"] = repeated(5000, func(int) any { return split })
		object(config(d)["DefaultCacheBehavior"])["AllowedMethods"] = repeated(5000, func(int) any { return map[string]any{"Ref": "L"} })
	},
	"conditions that double": func(d map[string]any) {
		conditions := map[string]any{"C0": map[string]any{"Fn::Equals": []any{"a", "b"}}}
		for i := 1; i < 90; i++ {
			previous := map[string]any{"Condition": fmt.Sprintf("C%d", i-1)}
			conditions[fmt.Sprintf("C%d", i)] = map[string]any{"Fn::Or": []any{previous, previous}}
		}
		d["Conditions"] = conditions
		for i := range 1000 {
			object(d["Resources"])[fmt.Sprintf("R%d", i)] = map[string]any{"Type": "AWS::S3::Bucket", "Condition": "C89"}
		}
	},
	"references in a circle": func(d map[string]any) {
		for i := range 500 {
			object(d["Resources"])[fmt.Sprintf("S%d", i)] = map[string]any{"Type": "AWS::ApiGatewayV2::Stage", "Properties": map[string]any{
				"StageName": map[string]any{"Fn::Sub": fmt.Sprintf("${S%d}${S%d}", (i+1)%500, (i+7)%500)}}}
		}
		origin0(d)["OriginPath"] = map[string]any{"Ref": "S0"}
	},
	"very many behaviors and origins": func(d map[string]any) {
		config(d)["Origins"] = append(list(config(d)["Origins"]), repeated(5000, func(i int) any {
			return map[string]any{"Id": fmt.Sprint(i), "DomainName": "a.example.com"}
		})...)
		config(d)["CacheBehaviors"] = repeated(5000, func(i int) any {
			return map[string]any{"PathPattern": fmt.Sprintf("/%d/*", i), "TargetOriginId": fmt.Sprint(i)}
		})
	},
	"patterns that go back": func(d map[string]any) {
		config(d)["CacheBehaviors"] = repeated(400, func(i int) any {
			return map[string]any{"PathPattern": strings.Repeat("*a", 120) + fmt.Sprint(i), "TargetOriginId": "none"}
		})
	},
	"very long patterns": func(d map[string]any) {
		config(d)["CacheBehaviors"] = repeated(100, func(i int) any {
			return map[string]any{"PathPattern": strings.Repeat("*a", 50_000), "TargetOriginId": "none"}
		})
	},
	"very many headers": func(d map[string]any) {
		origin0(d)["OriginCustomHeaders"] = repeated(100_000, func(i int) any {
			return map[string]any{"HeaderName": fmt.Sprintf("X-%d", i), "HeaderValue": "v"}
		})
		for _, r := range object(d["Resources"]) {
			if object(r)["Type"] == "AWS::CloudFront::OriginRequestPolicy" {
				object(object(object(object(r)["Properties"])["OriginRequestPolicyConfig"])["HeadersConfig"])["Headers"] =
					repeated(50_000, func(i int) any { return fmt.Sprintf("X-%d", i) })
			}
		}
	},
	"very many APIs": func(d map[string]any) {
		for i := range 1200 {
			id := fmt.Sprintf("A%d", i)
			object(d["Resources"])[id] = map[string]any{"Type": "AWS::ApiGatewayV2::Api", "Properties": map[string]any{"ProtocolType": "WEBSOCKET"}}
			object(d["Resources"])[id+"R"] = map[string]any{"Type": "AWS::ApiGatewayV2::Route", "Properties": map[string]any{
				"ApiId": map[string]any{"Ref": id}, "RouteKey": "$connect"}}
			object(d["Resources"])[id+"K"] = map[string]any{"Type": "AWS::ApiGateway::ApiKey", "Properties": map[string]any{"Value": id}}
		}
	},
	"long names that are not there": func(d map[string]any) {
		for i := range 400 {
			object(d["Resources"])[fmt.Sprintf("F%d", i)] = map[string]any{"Type": "AWS::CloudFront::Function", "Properties": map[string]any{
				"FunctionCode": map[string]any{"Ref": strings.Repeat("n", 20_000) + fmt.Sprint(i)}}}
		}
	},
	"deep nesting": func(d map[string]any) {
		var deep any = "x"
		for range 9000 {
			deep = []any{deep}
		}
		origin0(d)["DomainName"] = map[string]any{"Fn::Join": []any{"", deep}}
	},
}

func TestAHostileTemplateHurtsNobody(t *testing.T) {
	for name, change := range hostileTemplates {
		t.Run(name, func(t *testing.T) {
			d := document(t, "external")
			change(d)
			raw, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			m, err := Read(strings.NewReader(string(raw)), nil)
			if err == nil {
				m.Check()
				played(t, m, &Request{Path: "/" + strings.Repeat("a", 4000)}).Text()
				m.Distributions()
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if took > time.Minute {
				t.Errorf("it took %v", took)
			}
			// What was ever taken from the system shows the most that was held.
			if grown := int64(after.Sys) - int64(before.Sys); grown > 256<<20 {
				t.Errorf("it took %d MB", grown>>20)
			}
		})
	}
}

func TestATemplateThatNobodyCanDeployIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"too long":           {`{"Description": "` + strings.Repeat("x", 17<<20) + `"}`, "more than 16 MB"},
		"too deep":           {strings.Repeat(`{"Resources":`, 20_000) + strings.Repeat("}", 20_000), "not a JSON object"},
		"too many resources": {`{"Resources": {` + manyResources(5000) + `}}`, "has 5000 resources"},
	} {
		if _, err := Read(strings.NewReader(c.text), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func manyResources(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`"R%d": {}`, i)
	}
	return strings.Join(parts, ",")
}

// A line break in a header would be another header on the wire: it is found, and
// never written.
func TestAHeaderWithALineBreakIsFoundAndNotSent(t *testing.T) {
	t.Parallel()
	for _, field := range [][2]string{{"X-Evil", "a\r\nX-Injected: 1"}, {"X-Evil\r\nX-Injected", "1"}, {"X-Evil", "a\x00b"}, {"X Evil", "1"}} {
		m := parse(t, "external", func(d map[string]any) {
			origin0(d)["OriginCustomHeaders"] = []any{map[string]any{"HeaderName": field[0], "HeaderValue": field[1]}}
		}, nil)
		found := false
		for _, f := range m.Check() {
			found = found || f.Rule.ID == "origin.custom-header-value" && f.Deploy
		}
		if !found {
			t.Errorf("%q is not found", field)
		}
		report := played(t, m, nil)
		for name, value := range report.Event.Headers {
			if strings.Contains(strings.ToLower(name+value), "evil") || strings.ContainsAny(name+value, "\r\n\x00") {
				t.Errorf("%q is sent as %s: %q", field, name, value)
			}
		}
	}
}

// What a template says may drive a terminal, or turn the direction of writing.
func TestTextIsPrintable(t *testing.T) {
	t.Parallel()
	evil := "\x1b]0;title\x07\x1b[2J\u202e\u009b31m\r\n\x7f"
	m := parse(t, "owned", func(d map[string]any) {
		config(d)["Aliases"] = []any{"socket.example.com", evil}
		props(d, "EdgeFunction")["FunctionCode"] = "function handler(event) { console.log(" + string(must(json.Marshal(evil))) + "); throw new Error(" + string(must(json.Marshal(evil))) + "); }"
		origin0(d)["OriginCustomHeaders"] = []any{map[string]any{"HeaderName": evil, "HeaderValue": evil}}
		origin0(d)["DomainName"] = evil
		object(list(config(d)["CacheBehaviors"])[0])["AllowedMethods"] = []any{evil}
		config(d)["WebACLId"] = evil
	}, nil)
	check := func(what, text string) {
		t.Helper()
		for _, line := range strings.Split(text, "\n") {
			if i := strings.IndexFunc(line, func(c rune) bool {
				return c < ' ' || c >= 0x7f && c < 0xa0 || c == '\u202e'
			}); i >= 0 {
				t.Errorf("%s has %q", what, line)
			}
		}
	}
	for _, f := range m.Check() {
		check("a finding", f.String())
	}
	for _, path := range []string{"/ws", "/ws/" + evil, "/elsewhere"} {
		report := played(t, m, &Request{Path: path, Header: map[string][]string{"Origin": {evil}}, Host: ""})
		check("a report", report.Text())
		if err := report.Err(); err != nil {
			check("a refusal", err.Error())
		}
	}
	report := played(t, m, &Request{Path: "/ws", Host: evil})
	check("a report of a host", report.Text())
}

func must(raw []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return raw
}
