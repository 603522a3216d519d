package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

// The CDK's validation of templates costs more than the tests; the environment is
// read when its process starts, which Close puts off.
func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	jsii.Close()
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

func template(stack string) assertions.Template {
	app := awscdk.NewApp(nil)
	define(app)
	return assertions.Template_FromStack(app.Node().FindChild(&stack).(awscdk.Stack), nil)
}

func TestEachEnvironmentConnectsToItsAPIInItsRegion(t *testing.T) {
	for stack, want := range map[string]struct {
		host any
		path string
	}{
		"Edge-dev": {map[string]any{"Fn::Join": []any{"", []any{
			"dev4567890.execute-api.eu-central-1.", map[string]any{"Ref": "AWS::URLSuffix"},
		}}}, "/dev"},
		"Edge-prod": {"prod567890.execute-api.eu-west-1.amazonaws.com", "/prod"},
	} {
		t.Run(stack, func(t *testing.T) {
			template(stack).HasResourceProperties(jsii.String("AWS::CloudFront::Distribution"), map[string]any{
				"DistributionConfig": map[string]any{"Origins": []any{
					assertions.Match_ObjectLike(&map[string]any{"DomainName": want.host, "OriginPath": want.path}),
				}},
			})
		})
	}
}

// An API that is named rather than referred to ties no stack to another.
func TestTheStacksDeployByThemselves(t *testing.T) {
	for _, stack := range []string{"Edge-dev", "Edge-prod"} {
		raw, err := json.Marshal(template(stack).ToJSON())
		if err != nil {
			t.Fatal(err)
		}
		for _, tie := range []string{"Fn::ImportValue", "Fn::GetStackOutput", "{{resolve:", "Custom::"} {
			if strings.Contains(string(raw), tie) {
				t.Errorf("%s: want no %s", stack, tie)
			}
		}
	}
}
