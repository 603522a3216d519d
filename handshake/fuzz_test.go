package handshake

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seeds adds the base templates to a fuzz target.
func seeds(f *testing.F, add func(raw []byte)) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		add(raw)
	}
}

// FuzzTemplate loads any JSON as a template, checks it and plays a handshake.
func FuzzTemplate(f *testing.F) {
	seeds(f, func(raw []byte) { f.Add(raw) })
	f.Add([]byte(`{"Resources":{"D":{"Type":"AWS::CloudFront::Distribution","Properties":{"DistributionConfig":{"Ref":"D"}}}}}`))
	f.Add([]byte(`{"Resources":{"D":{"Type":"AWS::CloudFront::Distribution","Condition":"C"}},"Conditions":{"C":{"Fn::Not":[{"Condition":"C"}]}}}`))
	f.Add([]byte(`{"Resources":{"D":{"Type":"AWS::CloudFront::Distribution","Properties":{"DistributionConfig":{"Origins":[{"Fn::If":[1]}],"DefaultCacheBehavior":{}}}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		template, err := Read(strings.NewReader(string(raw)), nil)
		if err != nil {
			return
		}
		for _, finding := range template.Check() {
			if _, ok := rule(finding.Rule.ID); !ok || finding.Reason == "" || finding.Fix == "" {
				t.Errorf("finding without rule, reason or fix: %+v", finding)
			}
		}
		for _, d := range template.Distributions() {
			for _, path := range append(d.Paths, "/", "/ws/rooms/42?token=x") {
				honest(t, played(t, template, &Request{Path: path, Distribution: d.ID}))
			}
		}
	})
}

// FuzzHandshake plays any request against the base templates.
func FuzzHandshake(f *testing.F) {
	var templates []*Model
	seeds(f, func(raw []byte) {
		template, err := Read(strings.NewReader(string(raw)), nil)
		if err != nil {
			f.Fatal(err)
		}
		templates = append(templates, template)
	})
	f.Add("/ws/rooms/42?token=x", "https://app.example.com", "session=1", "chat", "X-Api-Key", "forged", false)
	f.Add("/", "", "", "", "Authorization", "Bearer x", true)
	f.Add("//a/../%zz?%=%&&=&path=/x&path=", "null", "a=;b;=;__proto__=1", "a,b", "Sec-WebSocket-Key", "short", false)
	f.Add("/prod/", "é", "\x00", "\r\n", "Host", "evil.example", false)
	f.Fuzz(func(t *testing.T, path, origin, cookie, subprotocol, name, value string, plain bool) {
		h := http.Header{"Origin": {origin}, "Cookie": {cookie}, "Sec-Websocket-Protocol": {subprotocol}}
		h.Set(name, value)
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		for _, template := range templates {
			report := played(t, template, &Request{Path: path, Header: h, Plain: plain})
			honest(t, report)
			if plain && report.Outcome == Accepted {
				t.Error("ws:// got through")
			}
			if report.Event != nil && strings.EqualFold(name, "x-api-key") && sent(report.Event, "x-api-key") == value && value != "" {
				t.Error("a viewer's x-api-key reached $connect")
			}
			honest(t, played(t, template, &Request{Path: path, Header: h, Direct: true}))
		}
	})
}

// honest checks what every report promises.
func honest(t *testing.T, r *Report) {
	t.Helper()
	if (r.Outcome == Accepted) != (r.Refusal == nil) || r.Outcome == "" {
		t.Errorf("outcome %q with refusal %v", r.Outcome, r.Refusal)
	}
	if r.Outcome == Accepted && r.Status != http.StatusSwitchingProtocols || r.Outcome == Unknown && r.Status != 0 {
		t.Errorf("outcome %s with status %d", r.Outcome, r.Status)
	}
	if r.Refusal != nil {
		if _, ok := rule(r.Refusal.Rule.ID); !ok || r.Refusal.Reason == "" || r.Refusal.Fix == "" || r.Refusal.Layer == "" {
			t.Errorf("refusal without rule, reason, fix or layer: %+v", r.Refusal)
		}
	}
	if !json.Valid([]byte(asJSON(t, r))) || r.Text() == "" {
		t.Error("the report cannot be printed")
	}
}
