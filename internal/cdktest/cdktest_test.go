package cdktest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
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
	if got := golden(); !strings.Contains(got, "topic.json is stale (-want +got)") || !strings.Contains(got, "Old") {
		t.Errorf("stale: got %q", got)
	}
}

func TestGoldensAreOnesOfWhatThereIs(t *testing.T) {
	dir := t.TempDir()
	golden := func(names ...string) string {
		templates := map[string]map[string]any{}
		for _, name := range names {
			templates[name] = map[string]any{"Description": name}
		}
		return failures(t, func(r testing.TB) { cdktest.Goldens(r, dir, "Stack-*.json", templates) })
	}
	other := filepath.Join(dir, "other.json")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := golden("Stack-a"); !strings.Contains(got, "run the test with -update and review the new file") {
		t.Errorf("a new one: got %q", got)
	}
	for _, names := range [][]string{{"Stack-a", "Stack-b"}, {"Stack-b", "Stack-c"}} {
		cdktest.Updating(func() {
			if got := golden(names...); got != "" {
				t.Errorf("-update: got %q", got)
			}
		})
		if got := golden(names...); got != "" {
			t.Errorf("after -update: got %q", got)
		}
	}
	if got := golden("Stack-c"); !strings.Contains(got, "Stack-b.json is the golden of nothing; run the test with -update, which removes it") {
		t.Errorf("one that is gone: got %q", got)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("want files of other names left alone, got %v", err)
	}
}

// part and props are settings like those of a construct.
type part struct{ Size, Weight int }
type props struct {
	Name     string `json:"name"`
	Internal string `json:"-"`
	Part     *part  `json:"part"`
	Others   []part `json:"others"`
	embedded
}
type embedded struct {
	On bool `json:"on"`
}

func TestTheLeavesOfAStructAreItsSettings(t *testing.T) {
	want := "Internal Name On Others Part.Size Part.Weight"
	if got := strings.Join(cdktest.Leaves(reflect.TypeFor[props](), cdktest.Prop), " "); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
	if got := strings.Join(cdktest.Leaves(reflect.TypeFor[embedded](), cdktest.Key), " "); got != "on" {
		t.Errorf("want the key, got %s", got)
	}
}

func TestAPropThatChangesNothingIsFound(t *testing.T) {
	define := func(stack awscdk.Stack, p *part) {
		awscdk.NewCfnResource(stack, jsii.String("Part"), &awscdk.CfnResourceProps{
			Type: jsii.String("Test::Test::Part"), Properties: &map[string]any{"Size": p.Size},
		})
	}
	size := cdktest.Set(part{Size: 1}, func(p *part) { p.Size = 2 })
	weight := cdktest.Set(part{}, func(p *part) { p.Weight = 2 })
	for name, tt := range map[string]struct {
		path    string
		example cdktest.Example[part]
		want    string
	}{
		"it changes the template": {"Size", size, ""},
		"it changes nothing":      {"Weight", weight, "the template is the same with it and without it"},
		"it is another":           {"Weight", size, `the example sets ["Size"]`},
		"it is not tried":         {"Weight", nil, "no example"},
	} {
		t.Run(name, func(t *testing.T) {
			got := failures(t, func(r testing.TB) { cdktest.PropChangesTheTemplate(r, tt.path, tt.example, define) })
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
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
