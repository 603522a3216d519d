package main

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// everything is an environment that makes a resource of every kind that the app
// knows.
const everything = `{"all": {
	"account": "111122223333",
	"domainNames": ["ws.example.com"],
	"certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555",
	"hostedZone": {"id": "Z0123456789EXAMPLE", "name": "example.com"},
	"webAcl": {"rateLimit": 300, "trustedAddresses": ["192.0.2.0/24"]},
	"accessLogs": {},
	"apiLogs": {"accountRole": "make"},
	"requireHandshake": true,
	"routes": {"/chat": {"pathParameter": "path", "forwarding": {"queryStrings": ["token"]}}},
	"monitoring": {"emails": ["oncall@example.com"]}
}}`

// partitionLiterals writes "aws" where AWS::Partition would give it.
const partitionLiterals = "@aws-cdk/core:enablePartitionLiterals"

// An importer has flags of its own, and a newer CDK recommends others: what we
// define is the same under all of them.
func TestNoFeatureFlagChangesWhatWeDefine(t *testing.T) {
	var environments map[string]any
	if err := json.Unmarshal([]byte(everything), &environments); err != nil {
		t.Fatal(err)
	}
	template := func(flags map[string]any) string {
		context := map[string]any{"environments": environments}
		maps.Copy(context, flags)
		raw, err := json.Marshal(cdktest.Synth(t, stacksOf(app(t, context))["WebSocket-all"]).ToJSON())
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	recommended := cdktest.RecommendedFlags(t)
	off := map[string]any{}
	for flag, value := range recommended {
		if value == true && flag != partitionLiterals {
			off[flag] = false
		}
	}
	want := template(recommended)
	if template(off) == want {
		return
	}
	// Which one is it?
	for _, flag := range slices.Sorted(maps.Keys(off)) {
		flags := maps.Clone(recommended)
		flags[flag] = false
		if got := template(flags); got != want {
			t.Errorf("%s: the template is another one without it", flag)
		}
	}
}
