package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// site is a template of a distribution that serves a site and n sockets, /s0/* and so
// on, of one API outside the template. The paths of the sockets go past the stage but
// for the first, whose function rewrites them.
func site(n int) map[string]any {
	type object = map[string]any
	origin := func(id, domain, path string, custom bool) object {
		o := object{"Id": id, "DomainName": domain, "OriginPath": path}
		if custom {
			o["CustomOriginConfig"] = object{"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": []any{"TLSv1.2"}}
		} else {
			o["S3OriginConfig"] = object{"OriginAccessIdentity": ""}
		}
		return o
	}
	behavior := func(target string, more object) object {
		b := object{"TargetOriginId": target, "ViewerProtocolPolicy": "https-only", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}
		for name, value := range more {
			b[name] = value
		}
		return b
	}
	var sockets []any
	for i := range n {
		more := object{"PathPattern": fmt.Sprintf("/s%d/*", i), "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"}
		if i == 0 {
			more["FunctionAssociations"] = []any{object{"EventType": "viewer-request", "FunctionARN": object{"Fn::GetAtt": []any{"ToRoot", "FunctionARN"}}}}
		}
		sockets = append(sockets, behavior("api", more))
	}
	return object{"Resources": object{
		"ToRoot": object{"Type": "AWS::CloudFront::Function", "Properties": object{"Name": "to-root", "AutoPublish": true,
			"FunctionConfig": object{"Comment": "", "Runtime": "cloudfront-js-2.0"},
			"FunctionCode":   "function handler(event) { event.request.uri = '/'; return event.request; }"}},
		"Site": object{"Type": "AWS::CloudFront::Distribution", "Properties": object{"DistributionConfig": object{
			"Enabled": true, "HttpVersion": "http2",
			"Origins": []any{origin("site", "bucket.s3.us-east-1.amazonaws.com", "", false),
				origin("api", "abcdef1234.execute-api.us-east-1.amazonaws.com", "/prod", true)},
			"DefaultCacheBehavior": behavior("site", nil), "CacheBehaviors": sockets}}},
	}}
}

// writeSite writes [site] to a file.
func writeSite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: site file sockets")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	raw, err := json.MarshalIndent(site(n), "", " ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o600))
}

// BenchmarkManySockets plays and checks 2,000 behaviors, which must stay under a
// second.
func BenchmarkManySockets(b *testing.B) {
	raw, err := json.Marshal(site(2000))
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "site.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := (&templateOptions{format: "text"}).result(nil, file, func(string, int, int) {})
		if err != nil {
			b.Fatal(err)
		}
		if len(r.Sockets) != 2000 {
			b.Fatalf("%d sockets", len(r.Sockets))
		}
	}
}
