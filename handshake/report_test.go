package handshake

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestTheReportsTextIsAShortTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base string
		r    *Request
	}{
		"accepted": {"owned", &Request{Path: "/ws/rooms/42?token=x&utm=1", Header: header("Origin", "https://app.example.com")}},
		"refused":  {"external", &Request{Path: "/rooms/42"}},
	} {
		got := played(t, load(t, c.base), c.r).Text()
		path := filepath.Join("testdata", "report", name+".txt")
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v; run the test with -update and review the file", err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s is stale (-want +got):\n%s\nrun the test with -update and review the diff", path, diff)
		}
	}
}

func TestTheReportsJSONIsForPrograms(t *testing.T) {
	t.Parallel()
	var got struct {
		Outcome string
		Status  int
		Steps   []struct{ Layer, Subject string }
		Refusal struct {
			Status                   int
			Layer, Reason, Fix, Rule string
		}
		Event any
	}
	if err := json.Unmarshal([]byte(asJSON(t, played(t, load(t, "external"), &Request{Path: "/x"}))), &got); err != nil {
		t.Fatal(err)
	}
	var layers []string
	for _, s := range got.Steps {
		layers = append(layers, s.Layer)
	}
	if want := []string{"viewer", "behavior", "policy", "origin", "stage"}; !slices.Equal(layers, want) {
		t.Errorf("layers %v, want %v", layers, want)
	}
	if got.Outcome != "refused" || got.Status != 403 || got.Refusal.Rule != "api.stage" || got.Refusal.Layer != "stage" || got.Event != nil {
		t.Errorf("report %+v", got)
	}
	report := played(t, load(t, "owned"), &Request{Path: "/ws"})
	var event map[string]any
	raw, err := json.Marshal(report.Event)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "requestContext", "isBase64Encoded"} {
		if _, ok := event[name]; !ok {
			t.Errorf("the event has no %s: %s", name, raw)
		}
	}
}

func TestAReportListsTheInferredRulesOfItsWay(t *testing.T) {
	t.Parallel()
	got := played(t, load(t, "external"), &Request{Path: "/x"}).Inferred()
	id := func(want string) func(Rule) bool { return func(r Rule) bool { return r.ID == want } }
	if !slices.ContainsFunc(got, id("api.stage")) || slices.ContainsFunc(got, id("policy.host")) {
		t.Errorf("inferred %v", got)
	}
	for i, id := range got {
		if slices.Index(got, id) != i {
			t.Errorf("%s is there twice", id)
		}
	}
}

func TestARefusalIsAnError(t *testing.T) {
	t.Parallel()
	report := played(t, load(t, "external"), &Request{Path: "/x"})
	var refusal *Refusal
	if err := report.Err(); !errors.As(err, &refusal) || !strings.HasPrefix(err.Error(), "handshake: 403 at stage: ") {
		t.Errorf("error %v", err)
	}
	if err := played(t, load(t, "external"), nil).Err(); err != nil {
		t.Errorf("an accepted handshake has the error %v", err)
	}
}

func TestARequestThatCannotBeMeantIsAnError(t *testing.T) {
	t.Parallel()
	model := load(t, "owned")
	for want, request := range map[string]Request{
		`distribution "Other" is not in the template; it has EdgeDistribution`: {Distribution: "Other"},
		`path "wss://socket.example.com/ws" must begin with a slash`:           {Path: "wss://socket.example.com/ws"},
		`path "ws" must begin with a slash`:                                    {Path: "ws"},
		`path "?token=x" must begin with a slash`:                              {Path: "?token=x"},
	} {
		if report, err := model.Play(request); err == nil || err.Error() != want || report != nil {
			t.Errorf("Play(%+v): %v, want %s", request, err, want)
		}
		if conn, report, err := model.Connect(t.Context(), request); err == nil || err.Error() != want || report != nil || conn != nil {
			t.Errorf("Connect(%+v): %v, want %s", request, err, want)
		}
	}
	if _, err := model.Distribution("Other"); err == nil || !strings.Contains(err.Error(), `"Other" is not in the template`) {
		t.Errorf("Distribution: %v", err)
	}
}

// asJSON is a report for programs.
func asJSON(t *testing.T, r *Report) string {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
