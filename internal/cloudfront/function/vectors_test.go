package function

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

// vector is a file of testdata/vectors: what a function does by its source, for any
// emulator to run.
type vector struct {
	Statement string
	Input     struct {
		Runtime, Code string
		Request       struct {
			Method, URI, Query, Viewer string
			// Asks says that there is a question mark, with or without a query string.
			Asks    bool
			Headers map[string]string
			Origins []string
			Store   map[string]string
		}
	}
	Expected map[string]any
}

func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d vectors: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		t.Run(v.Statement, func(t *testing.T) {
			t.Parallel()
			got := v.run(t)
			for name, want := range v.Expected {
				if !includes(got[name], want) {
					t.Errorf("%s: %s is %v, want %v (all: %v)", file, name, got[name], want, got)
				}
			}
		})
	}
}

// run is what becomes of the vector's request, in the words of its expectation.
func (v vector) run(t *testing.T) map[string]any {
	f := read(t, v.Input.Code)
	f.Runtime, f.Stores = v.Input.Runtime, 1
	r := v.Input.Request
	request := &Request{Method: "GET", Host: "www.example.com", Path: r.URI, Query: r.Query, Asks: r.Asks || r.Query != "", IP: r.Viewer, Header: http.Header{}}
	for name, value := range r.Headers {
		if !strings.EqualFold(name, "host") {
			request.Header.Set(name, value)
		}
	}
	run := f.Run(request, Input{DistributionID: "E1", DistributionDomain: "d1.cloudfront.net", Origins: append(r.Origins, "origin"), RequestID: "r", Region: "eu-west-1",
		Values: r.Store, Limit: 20 * time.Second})
	got := map[string]any{}
	switch {
	case run.Refusal != nil:
		got["status"], got["reason"] = run.Refusal.Status, run.Refusal.Reason
		return got
	case run.Response != nil:
		got["status"], got["body"], got["headers"] = run.Response.Status, string(run.Response.Body), flat(run.Response.Header)
		return got
	}
	got["uri"], got["query"], got["headers"] = run.Path, run.Query, flat(run.Header)
	for i, name := range []string{"origin", "failover"} {
		if i < len(run.Origins) {
			got[name] = run.Origins[i].words(run.Failover)
		}
	}
	return got
}

func (c OriginChange) words(statuses []int) map[string]any {
	words := map[string]any{"id": c.ID, "statuses": statuses}
	for name, s := range map[string]Setting{"domain": c.Domain, "path": c.Path, "host": c.Host, "protocol": c.Protocol} {
		if s.Set {
			words[name] = s.Value
		}
	}
	if c.Port > 0 {
		words["port"] = c.Port
	}
	if c.ReplaceHeaders {
		headers := map[string]any{}
		for _, h := range c.Headers {
			headers[h.Name] = h.Value
		}
		words["headers"] = headers
	}
	return words
}

func flat(h http.Header) map[string]any {
	out := map[string]any{}
	for name, values := range h {
		sort.Strings(values)
		out[strings.ToLower(name)] = strings.Join(values, ",")
	}
	return out
}

// includes says whether a value is the one that is wanted, or an object that has what
// is wanted.
func includes(got, want any) bool {
	object, ok := want.(map[string]any)
	if !ok {
		return fmt.Sprint(got) == fmt.Sprint(want)
	}
	has, ok := got.(map[string]any)
	for name := range object {
		ok = ok && includes(has[name], object[name])
	}
	return ok
}
