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
		got := Play(load(t, c.base), c.r, nil).Text()
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
		if got != string(want) {
			t.Errorf("%s is stale; run the test with -update and review the diff\n%s", path, got)
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
	if err := json.Unmarshal(Play(load(t, "external"), &Request{Path: "/x"}, nil).JSON(), &got); err != nil {
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
	report := Play(load(t, "owned"), &Request{Path: "/ws"}, nil)
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
	got := Play(load(t, "external"), &Request{Path: "/x"}, nil).Inferred()
	if !slices.Contains(got, "api.stage") || slices.Contains(got, "policy.host") {
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
	report := Play(load(t, "external"), &Request{Path: "/x"}, nil)
	var refusal *Refusal
	if err := report.Err(); !errors.As(err, &refusal) || !strings.HasPrefix(err.Error(), "handshake: 403 at stage: ") {
		t.Errorf("error %v", err)
	}
	if err := Play(load(t, "external"), nil, nil).Err(); err != nil {
		t.Errorf("an accepted handshake has the error %v", err)
	}
}

func TestAnUnknownDistributionIsAnError(t *testing.T) {
	t.Parallel()
	_, err := Serve(load(t, "owned"), &Options{Distribution: "Other"})
	if err == nil || !strings.Contains(err.Error(), `"Other" is no distribution of the template; it has EdgeDistribution`) {
		t.Errorf("error %v", err)
	}
}
