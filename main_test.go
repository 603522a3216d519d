package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// app is the app of main, defined under cdk.json's own context with these keys on
// top.
func app(t *testing.T, context map[string]any) awscdk.App {
	t.Helper()
	app := cdktest.NewAppWith(t, context)
	if err := define(app); err != nil {
		t.Fatal(err)
	}
	return app
}

func stacksOf(app awscdk.App) map[string]awscdk.Stack {
	stacks := map[string]awscdk.Stack{}
	for _, child := range *app.Node().Children() {
		if stack, ok := child.(awscdk.Stack); ok {
			stacks[*stack.StackName()] = stack
		}
	}
	return stacks
}

func stackNames(app awscdk.App) string {
	return strings.Join(slices.Sorted(maps.Keys(stacksOf(app))), " ")
}

// shipped is the context with the environments that the documentation speaks of,
// whatever cdk.json has, and one more key.
func shipped(t *testing.T, key string, value any) map[string]any {
	t.Helper()
	context := fixture(t, "shipped")
	context[key] = value
	return context
}

func TestOneStackPerEnvironment(t *testing.T) {
	if got := stackNames(app(t, fixture(t, "shipped"))); got != "WebSocket-dev WebSocket-prod" {
		t.Errorf("got %s", got)
	}
}

func TestOneEnvironmentAloneIsDefinedOnRequest(t *testing.T) {
	if got := stackNames(app(t, shipped(t, config.Env, "prod"))); got != "WebSocket-prod" {
		t.Errorf("got %s", got)
	}
}

func TestAnAPIOfTheCommandLineNeedsNoTable(t *testing.T) {
	a := app(t, map[string]any{
		config.Environments: nil, config.Env: nil, config.APIURL: "wss://abc.execute-api.eu-west-1.amazonaws.com/prod",
	})
	if got := stackNames(a); got != "WebSocket-api-abc-prod" {
		t.Fatalf("got %s", got)
	}
	tpl := cdktest.Synth(t, stacksOf(a)["WebSocket-api-abc-prod"])
	tpl.Count("AWS::ApiGatewayV2::Api", 0)
	tpl.Has("AWS::CloudFront::Distribution", map[string]any{"DistributionConfig": map[string]any{
		"Origins": []any{map[string]any{"DomainName": "abc.execute-api.eu-west-1.amazonaws.com", "OriginPath": "/prod"}},
	}})
}

func TestABadTableDefinesNothing(t *testing.T) {
	a := cdktest.NewAppWith(t, map[string]any{
		config.Environments: map[string]any{"dev": map[string]any{}, "prod": map[string]any{"account": "1"}}, config.Env: nil, config.APIURL: nil,
	})
	err := define(a)
	if err == nil || !strings.HasPrefix(err.Error(), "environments.prod.account: must be the id of an AWS account") {
		t.Errorf("got %v", err)
	}
	if got := stackNames(a); got != "" {
		t.Errorf("want no stacks, got %s", got)
	}
}

func TestWhatIsLostOnTheWayFromTheFileIsReported(t *testing.T) {
	for file, want := range map[string]string{
		"\ufeff{}": "cdk.json:1:1: must not start with a byte order mark; save the file as UTF-8 without one",
		"{\n":      "cdk.json:2:1: must be JSON, got unexpected end of JSON input; close what is open",
		`{"context": {"environments": {"dev": null}}}`: "environments.dev: must not be null (cdk.json:1:38); write {} for an environment with every default",
		`{}`: config.ErrNoEnvironment.Error(),
	} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("cdk.json", []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := synth(); err == nil || err.Error() != want {
			t.Errorf("%q\nwant %s\ngot  %v", file, want, err)
		}
	}
}

func TestAReportIsForPeople(t *testing.T) {
	got := report(errors.Join(errors.New("one"), errors.New("two")))
	if want := "The app cannot be synthesized:\n  one\n  two"; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
}

func TestWhatTheCDKRefusesIsAnErrorAndABugIsNot(t *testing.T) {
	err := catch(func() error {
		awscdk.NewStack(cdktest.NewApp(t), jsii.String("not a stack's name"), nil)
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "Stack name must match the regular expression") {
		t.Errorf("got %v", err)
	}
	err = catch(func() error {
		awscdk.NewStack(nil, nil, &awscdk.StackProps{Env: nil})
		awscdk.NewCfnResource(nil, jsii.String("X"), nil)
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "required") {
		t.Errorf("got %v", err)
	}
	if err := catch(func() error { return os.ErrExist }); err != os.ErrExist {
		t.Errorf("want what f returned, got %v", err)
	}
	cdktest.Panics(t, func() {
		_ = catch(func() error { return []error{}[len(os.Args[:0])] })
	}, "index out of range")
}

// The flags decide what is synthesized, so a new CDK must bring its own.
func TestCDKJSONHasTheRecommendedFeatureFlags(t *testing.T) {
	context := cdktest.Context(t, nil)
	for flag, value := range cdktest.RecommendedFlags(t) {
		if got, ok := context[flag]; !ok || fmt.Sprint(got) != fmt.Sprint(value) {
			t.Errorf("%s: want %v, got %v", flag, value, got)
		}
	}
}

func TestNothingIsReportedHome(t *testing.T) {
	raw, err := os.ReadFile("cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"notices", "versionReporting"} {
		if file[key] != false {
			t.Errorf("want %s off, got %v", key, file[key])
		}
	}
	if got := cdktest.Context(t, nil)["cli-telemetry"]; got != false {
		t.Errorf("want cli-telemetry off, got %v", got)
	}
}
