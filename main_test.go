package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// app is the app of main, defined under cdk.json's own context with the -c
// options on top.
func app(t *testing.T, options map[string]any) awscdk.App {
	t.Helper()
	app := cdktest.NewAppWith(t, options)
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

// The goldens pin the templates as they are deployed, logical ids and outputs
// included.
func TestEachEnvironmentHasItsGolden(t *testing.T) {
	for name, stack := range stacksOf(app(t, nil)) {
		cdktest.Synth(t, stack).Golden(name)
	}
}

func TestEachGoldenHasItsEnvironment(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	stacks := stacksOf(app(t, nil))
	for _, file := range files {
		if name := strings.TrimSuffix(file.Name(), ".json"); stacks[name] == nil {
			t.Errorf("testdata/%s belongs to no environment of cdk.json", file.Name())
		}
	}
	if len(files) != len(stacks) {
		t.Errorf("want %d goldens, got %d", len(stacks), len(files))
	}
}

func TestOneStackPerEnvironment(t *testing.T) {
	if got := stackNames(app(t, nil)); got != "WebSocket-dev WebSocket-prod" {
		t.Errorf("got %s", got)
	}
}

func TestOneEnvironmentAloneIsDefinedOnRequest(t *testing.T) {
	if got := stackNames(app(t, map[string]any{"env": "prod"})); got != "WebSocket-prod" {
		t.Errorf("got %s", got)
	}
}

func TestAnAPIOfTheCommandLineNeedsNoTable(t *testing.T) {
	a := app(t, map[string]any{"apiUrl": "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"})
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
	a := cdktest.NewAppWith(t, map[string]any{"environments": map[string]any{"dev": map[string]any{}, "prod": map[string]any{"account": "1"}}})
	err := define(a)
	if err == nil || !strings.HasPrefix(err.Error(), "environments.prod.account must be an AWS account id") {
		t.Errorf("got %v", err)
	}
	if got := stackNames(a); got != "" {
		t.Errorf("want no stacks, got %s", got)
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

// A real client connects to what was synthesized, and is answered.
func TestTheHandshakeOfEachEnvironmentGetsThrough(t *testing.T) {
	for name, stack := range stacksOf(app(t, nil)) {
		t.Run(name, func(t *testing.T) {
			template, err := handshake.Parse(*cdktest.Synth(t, stack).ToJSON(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, finding := range template.Check() {
				t.Error(finding)
			}
			edge, err := handshake.Serve(template, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer edge.Close()
			ctx := context.Background()
			conn, err := edge.Dial(ctx, "/", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://app.example.com"}}})
			if err != nil {
				t.Fatal(err)
			}
			defer conn.CloseNow()
			for sent, want := range map[string]string{`{"action":"ping"}`: pingapi.Pong, `{"action":"other"}`: pingapi.Usage, "no JSON": pingapi.Usage} {
				if err := conn.Write(ctx, websocket.MessageText, []byte(sent)); err != nil {
					t.Fatal(err)
				}
				_, got, err := conn.Read(ctx)
				if err != nil || string(got) != want {
					t.Errorf("%s: want %s, got %s (%v)", sent, want, got, err)
				}
			}
		})
	}
}

// The ping API asks for the key that only CloudFront sends.
func TestNobodyGoesAroundTheEdge(t *testing.T) {
	for name, stack := range stacksOf(app(t, nil)) {
		template, err := handshake.Parse(*cdktest.Synth(t, stack).ToJSON(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, why := range map[string]string{"": "going around the edge is refused", "guessed": "is the value of no API key"} {
			request := &handshake.Request{Direct: true, Path: "/live", Header: http.Header{}}
			if key != "" {
				request.Header.Set("x-api-key", key)
			}
			if got := handshake.Play(template, request, nil); got.Status != 403 || !strings.Contains(got.Refusal.Reason, why) {
				t.Errorf("%s with the key %q: want 403 and %q, got %d: %v", name, key, why, got.Status, got.Refusal)
			}
		}
		// A viewer's own key does not get in the way of the edge's.
		spoofed := &handshake.Request{Header: http.Header{"X-Api-Key": {"guessed"}, "Origin": {"https://app.example.com"}}}
		if got := handshake.Play(template, spoofed, nil); got.Status != 101 {
			t.Errorf("%s: want 101, got %d: %v", name, got.Status, got.Refusal)
		}
	}
}

func TestProductionRefusesPagesOfOtherOrigins(t *testing.T) {
	template, err := handshake.Parse(*cdktest.Synth(t, stacksOf(app(t, map[string]any{"env": "prod"}))["WebSocket-prod"]).ToJSON(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]int{"https://app.example.com": 101, "https://evil.example": 403, "": 101} {
		request := &handshake.Request{Header: http.Header{}}
		if origin != "" {
			request.Header.Set("Origin", origin)
		}
		if got := handshake.Play(template, request, nil).Status; got != want {
			t.Errorf("%q: want %d, got %d", origin, want, got)
		}
	}
	if got := handshake.Play(template, &handshake.Request{Plain: true}, nil).Status; got != 403 {
		t.Errorf("ws://: want 403, got %d", got)
	}
}

// The one synthesis of the suite with the CDK's own template validation, whose
// findings fail it by a feature flag in cdk.json.
func TestTheShippedEnvironmentsPassTheCDKsValidation(t *testing.T) {
	cdktest.Validated(func() {
		if err := catch(func() error { app(t, nil).Synth(nil); return nil }); err != nil {
			t.Error(err)
		}
		err := catch(func() error {
			a := app(t, map[string]any{"env": "dev"})
			awscdk.NewCfnResource(stacksOf(a)["WebSocket-dev"], jsii.String("Bad"), &awscdk.CfnResourceProps{
				Type:       jsii.String("AWS::CloudFront::OriginRequestPolicy"),
				Properties: &map[string]any{"Colour": "red"},
			})
			a.Synth(nil)
			return nil
		})
		if err == nil {
			t.Error("want a finding for the bad resource; is the validation on?")
		}
	})
}

// What cdk-nag finds in the shipped environments and no prop can change.
var acknowledged = map[string]map[string]string{
	"WebSocket-dev": {
		"AwsSolutions-APIG1": "the ping API carries no data, and access logs need a role for the whole account",
		"AwsSolutions-APIG4": "$connect asks for the key that CloudFront alone sends; who is behind CloudFront may be anybody",
		"AwsSolutions-CFR1":  "a development environment may be reached from anywhere",
		"AwsSolutions-CFR2":  "a development environment has no web ACL, which costs money at rest",
		"AwsSolutions-CFR3":  "a development environment keeps no access logs",
		"AwsSolutions-SMG4":  "the keys of the lock are rotated by name in cdk.json; CloudFormation would not see a secret that rotates itself",
		"AwsSolutions-CFR4":  "a development environment has no domain name, and so CloudFront's own certificate",
	},
	"WebSocket-prod": {
		"AwsSolutions-APIG4": "$connect asks for the key that CloudFront alone sends; who is behind CloudFront may be anybody",
		"AwsSolutions-SMG4":  "the keys of the lock are rotated by name in cdk.json; CloudFormation would not see a secret that rotates itself",
		"AwsSolutions-CFR3":  "the rule knows the legacy logs alone, which hold the query strings; this environment has standard logging (v2) without them",
	},
}

func TestCdkNagFindsNothingThatIsNotAcknowledged(t *testing.T) {
	// Findings are to be collected; under this flag the first stack's would end the
	// synthesis.
	a := app(t, map[string]any{"@aws-cdk/core:annotationsInValidationReport": false})
	awscdk.Aspects_Of(a).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
	for name, stack := range stacksOf(a) {
		found := map[string]bool{}
		for _, finding := range append(cdktest.Warnings(t, stack), cdktest.Errors(t, stack)...) {
			_, text, _ := strings.Cut(finding, ": ")
			rule, _, isRule := strings.Cut(text, ":")
			if !isRule || !strings.HasPrefix(rule, "AwsSolutions-") {
				t.Errorf("%s: %s", name, finding)
				continue
			}
			rule, _, _ = strings.Cut(rule, "[") // of a finding that names its cause
			found[rule] = true
			if acknowledged[name][rule] == "" {
				t.Errorf("%s: %s", name, finding)
			}
		}
		for rule := range acknowledged[name] {
			if !found[rule] {
				t.Errorf("%s acknowledges %s, which cdk-nag does not find any more", name, rule)
			}
		}
	}
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

// A secret that stood in an artefact would be in the bucket of every deploy.
func TestNoSecretIsInWhatIsSynthesized(t *testing.T) {
	a := app(t, nil)
	dir := *a.Synth(nil).Directory()
	references := 0
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		references += strings.Count(string(raw), "{{resolve:secretsmanager:")
		for _, found := range fortyCharacters.FindAllString(string(raw), -1) {
			t.Errorf("%s: %s looks like a generated key", filepath.Base(path), found)
		}
		if !strings.HasSuffix(path, ".template.json") {
			return nil
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
			Outputs map[string]any
		}
		if err := json.Unmarshal(raw, &template); err != nil {
			return err
		}
		for id, resource := range template.Resources {
			switch resource.Type {
			case "AWS::SecretsManager::Secret":
				if resource.Properties["SecretString"] != nil {
					t.Errorf("%s has its value in the template", id)
				}
			case "AWS::ApiGateway::ApiKey":
				if value := fmt.Sprint(resource.Properties["Value"]); !strings.Contains(value, "{{resolve:secretsmanager:") {
					t.Errorf("%s: want a reference, got %s", id, value)
				}
			}
		}
		if outputs := fmt.Sprint(template.Outputs); strings.Contains(outputs, "resolve:") || strings.Contains(outputs, "Secret") {
			t.Errorf("%s: want no secret among the outputs, got %s", filepath.Base(path), outputs)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if references < 4 {
		t.Errorf("want a key and a header in each environment, got %d references in %s", references, dir)
	}
}

// fortyCharacters is what Secrets Manager generates for the lock, and no name or
// hash of the CDK's: those have no capitals, or stand in a path.
var fortyCharacters = regexp.MustCompile(`"[A-Za-z0-9]*[A-Z][A-Za-z0-9]*[0-9][A-Za-z0-9]{30,}"`)
