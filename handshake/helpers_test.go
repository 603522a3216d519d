package handshake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// load reads a base template of testdata.
func load(t testing.TB, base string) *Template {
	t.Helper()
	template, err := Load(filepath.Join("testdata", base+".json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// parse reads a base template and changes it.
func parse(t testing.TB, base string, change func(d map[string]any), facts *Facts) *Template {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", base+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	change(d)
	template, err := Parse(d, facts)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// props are the properties of a resource.
func props(d map[string]any, id string) map[string]any {
	return object(object(object(d["Resources"])[id])["Properties"])
}

// config is the distribution's configuration.
func config(d map[string]any) map[string]any {
	for _, r := range object(d["Resources"]) {
		if object(r)["Type"] == "AWS::CloudFront::Distribution" {
			return object(object(object(r)["Properties"])["DistributionConfig"])
		}
	}
	return nil
}

// origin0 is the distribution's first origin.
func origin0(d map[string]any) map[string]any { return object(list(config(d)["Origins"])[0]) }

// serve starts a server that ends with the test.
func serve(t testing.TB, template *Template, options *Options) *Server {
	t.Helper()
	server, err := Serve(template, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return server
}
