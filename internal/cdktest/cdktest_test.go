package cdktest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// recorder is a test whose failures are kept.
type recorder struct {
	testing.TB
	failures []string
}

type fatal struct{}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(fatal{})
}

// failures are what f's test fails with.
func failures(t *testing.T, f func(t testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != (fatal{}) {
				panic(p)
			}
		}()
		f(r)
	}()
	return strings.Join(r.failures, "\n")
}

// topic is the template of a stack with one topic.
func topic(t *testing.T, scopeOf testing.TB) cdktest.Template {
	t.Helper()
	stack := cdktest.NewStack(t)
	awscdk.NewCfnResource(stack, jsii.String("Topic"), &awscdk.CfnResourceProps{
		Type: jsii.String("AWS::SNS::Topic"), Properties: &map[string]any{"TopicName": "t"},
	})
	return cdktest.Synth(scopeOf, stack)
}

func TestAFailedCheckFailsItsTestAndSaysWhat(t *testing.T) {
	for name, tt := range map[string]struct {
		check func(cdktest.Template)
		want  string
	}{
		"properties there": {func(tpl cdktest.Template) { tpl.Has("AWS::SNS::Topic", map[string]any{"TopicName": "t"}) }, ""},
		"other properties": {func(tpl cdktest.Template) { tpl.Has("AWS::SNS::Topic", map[string]any{"TopicName": "x"}) }, "Expected x but received t"},
		"the right count":  {func(tpl cdktest.Template) { tpl.Count("AWS::SNS::Topic", 1) }, ""},
		"a wrong count":    {func(tpl cdktest.Template) { tpl.Count("AWS::SNS::Topic", 2) }, "Expected 2 resources of type AWS::SNS::Topic but found 1"},
		"no such resource": {func(tpl cdktest.Template) { tpl.Properties("AWS::SQS::Queue") }, "want one AWS::SQS::Queue, got 0"},
	} {
		got := failures(t, func(r testing.TB) { tt.check(topic(t, r)) })
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}
}

func TestWhatTheCDKRefusesFailsTheTest(t *testing.T) {
	got := failures(t, func(r testing.TB) {
		stack := cdktest.NewStack(t)
		for _, id := range []string{"A", "B"} {
			awscdk.NewCfnResource(stack, &id, &awscdk.CfnResourceProps{Type: jsii.String("AWS::SNS::Topic")}).OverrideLogicalId(jsii.String("Same"))
		}
		cdktest.Synth(r, stack)
	})
	if !strings.Contains(got, "section 'Resources' already contains 'Same'") {
		t.Errorf("got %q", got)
	}
}

func TestAGoldenThatIsMissingOrStaleFails(t *testing.T) {
	golden := func() string {
		return failures(t, func(r testing.TB) { topic(t, r).Golden("topic") })
	}
	t.Chdir(t.TempDir())
	// Goldens are looked for where the test runs; cdk.json is looked for above.
	if err := os.WriteFile("go.mod", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("cdk.json", []byte(`{"context": {}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := golden(); !strings.Contains(got, "run the test with -update and review the new file") {
		t.Errorf("missing: got %q", got)
	}
	if err := os.Mkdir("testdata", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("testdata", "topic.json"), []byte("{\n  \"Old\": 1\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := golden(); !strings.Contains(got, "topic.json is stale: line 2\nwant   \"Old\": 1\n") {
		t.Errorf("stale: got %q", got)
	}
}

func TestPanicsWantsAPanicWithTheText(t *testing.T) {
	for name, tt := range map[string]struct {
		f    func()
		want string
	}{
		"the text":   {func() { panic("origin is bad") }, ""},
		"no panic":   {func() {}, `want a panic with ["origin"], got none`},
		"other text": {func() { panic("other") }, "want a panic with \"origin\", got\nother"},
	} {
		got := failures(t, func(r testing.TB) { cdktest.Panics(r, tt.f, "origin") })
		if got != tt.want {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}
}

func TestTheContextIsCDKJSONsWithMoreOnTop(t *testing.T) {
	context := cdktest.Context(t, map[string]any{"env": "dev"})
	if context["env"] != "dev" || context["environments"] == nil {
		t.Errorf("got %v and %v", context["env"], context["environments"])
	}
}
