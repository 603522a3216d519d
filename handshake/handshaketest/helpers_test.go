package handshaketest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

const bases = "../testdata"

// load reads a base template.
func load(t testing.TB, base string) *handshake.Model {
	t.Helper()
	return parse(t, base, func(map[string]any) {}, nil)
}

// parse reads a base template and changes it.
func parse(t testing.TB, base string, change func(d map[string]any), options *handshake.Options) *handshake.Model {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(bases, base+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	change(d)
	model, err := handshake.Parse(&d, options)
	if err != nil {
		t.Fatal(err)
	}
	return model
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

func object(v any) map[string]any { return cfn.Object(v) }

// serve starts a server that ends with the test.
func serve(t testing.TB, model *handshake.Model, options *Options) *Server {
	t.Helper()
	server, err := NewServer(model, options)
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
