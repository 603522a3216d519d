// Package cdktest is the harness of the tests that start the CDK: one jsii
// kernel per test binary, apps with cdk.json's own context, goldens.
//
// The kernel is not safe for concurrent use, so no test that touches the CDK
// may call t.Parallel.
package cdktest

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Main runs the tests of a package with the CDK's template validation off, which
// costs more than everything else together; [Validated] turns it on for a while.
// Call it from TestMain.
func Main(m *testing.M) {
	validation("false")
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// Validated runs f with the CDK's template validation on. Constructs of before
// cannot be used in it, nor those of it afterwards.
func Validated(f func()) {
	validation("true")
	defer validation("false")
	f()
}

// validation closes the kernel, because it sees the environment that was there
// when it was made; the next call to the CDK starts another.
func validation(on string) {
	os.Setenv("CDK_VALIDATION", on)
	jsii.Close()
}

// Context returns the context of the module's cdk.json, feature flags included,
// with over on top of it; a key that is nil there is left out.
func Context(t testing.TB, over map[string]any) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root(t), "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatalf("cdk.json: %v", err)
	}
	maps.Copy(file.Context, over)
	maps.DeleteFunc(file.Context, func(_ string, value any) bool { return value == nil })
	return file.Context
}

// NewApp returns an app under the context of the module's cdk.json, so that a
// test sees the feature flags that a deploy sees.
func NewApp(t testing.TB) awscdk.App {
	t.Helper()
	return NewAppWith(t, nil)
}

// NewAppWith is [NewApp] with context keys on top of cdk.json's.
func NewAppWith(t testing.TB, over map[string]any) awscdk.App {
	t.Helper()
	context := Context(t, over)
	return awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir())})
}

// NewStack returns a stack in us-east-1 of a fresh app.
func NewStack(t testing.TB) awscdk.Stack {
	t.Helper()
	return awscdk.NewStack(NewApp(t), jsii.String("Test"), &awscdk.StackProps{
		Env: &awscdk.Environment{Region: jsii.String("us-east-1")},
	})
}

// Template is a synthesized template whose checks fail the test that makes them
// instead of the whole test binary.
type Template struct {
	t testing.TB
	assertions.Template
}

// Synth synthesizes the stack of scope. What the CDK refuses fails the test.
func Synth(t testing.TB, scope constructs.Construct) Template {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r != nil {
			t.Fatalf("%v", r)
		}
	}()
	return Template{t, assertions.Template_FromStack(awscdk.Stack_Of(scope), nil)}
}

// Has fails the test unless a resource of the type has these properties among
// its own.
func (tpl Template) Has(resourceType string, properties map[string]any) {
	tpl.t.Helper()
	defer tpl.report()
	tpl.HasResourceProperties(&resourceType, properties)
}

// Count fails the test unless there are n resources of the type.
func (tpl Template) Count(resourceType string, n int) {
	tpl.t.Helper()
	defer tpl.report()
	tpl.ResourceCountIs(&resourceType, jsii.Number(n))
}

func (tpl Template) report() {
	tpl.t.Helper()
	if r := recover(); r != nil {
		tpl.t.Errorf("%v", r)
	}
}

// Properties returns the properties of the only resource of the type.
func (tpl Template) Properties(resourceType string) map[string]any {
	tpl.t.Helper()
	found := *tpl.FindResources(&resourceType, nil)
	if len(found) != 1 {
		tpl.t.Fatalf("want one %s, got %d", resourceType, len(found))
	}
	for _, resource := range found {
		return (*resource)["Properties"].(map[string]any)
	}
	return nil
}

// Panics runs f, which must panic with a text that contains each of parts, and
// returns the text.
func Panics(t testing.TB, f func(), parts ...string) (text string) {
	t.Helper()
	defer func() {
		t.Helper()
		r := recover()
		if r == nil {
			t.Fatalf("want a panic with %q, got none", parts)
		}
		text = fmt.Sprint(r)
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("want a panic with %q, got\n%s", part, text)
			}
		}
	}()
	f()
	return ""
}

// IsConstruct checks that what define returns is the construct itself, which a
// Go struct that embeds one is not by itself: as a scope, by Node, Stack_Of,
// Tags_Of, Annotations_Of and Aspects_Of, and as a dependency. tagged is the type
// of a resource of the construct whose tags are a map or a list.
func IsConstruct(t *testing.T, tagged string, define func(stack awscdk.Stack, id string) constructs.Construct) {
	t.Helper()
	stack := NewStack(t)
	c := define(stack, "It")
	if got := *c.Node().Path(); got != "Test/It" {
		t.Errorf("Node: want Test/It, got %s", got)
	}
	if got := awscdk.Stack_Of(c); got != stack {
		t.Errorf("Stack_Of: want the stack, got %v", got)
	}
	if got := stack.Node().FindChild(jsii.String("It")); got != c {
		t.Errorf("FindChild: want the value that was returned, got %v", got)
	}
	child := awscdk.NewCfnResource(c, jsii.String("Child"), &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::Child")})
	after := awscdk.NewCfnResource(stack, jsii.String("After"), &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::After")})
	after.Node().AddDependency(c)
	awscdk.Tags_Of(c).Add(jsii.String("team"), jsii.String("chat"), nil)
	awscdk.Annotations_Of(c).AddWarningV2(jsii.String("test:warning"), jsii.String("look"))
	seen := &visitor{paths: map[string]bool{}}
	awscdk.Aspects_Of(c).Add(seen, nil)

	tpl := Synth(t, stack)
	if got := fmt.Sprint(tpl.Properties(tagged)["Tags"]); got != "map[team:chat]" && got != "[map[Key:team Value:chat]]" {
		t.Errorf("Tags_Of: want the tag on %s, got %s", tagged, got)
	}
	dependsOn, _ := (*(*tpl.FindResources(jsii.String("Test::Test::After"), nil))["After"])["DependsOn"].([]any)
	if len(dependsOn) < 2 {
		t.Errorf("AddDependency: want the construct's resources, got %v", dependsOn)
	}
	if got := strings.Join(Warnings(t, stack), " "); !strings.Contains(got, "/Test/It: look") {
		t.Errorf("Annotations_Of: want the warning on the construct, got %q", got)
	}
	if !seen.paths["Test/It"] || !seen.paths[*child.Node().Path()] {
		t.Errorf("Aspects_Of: want the construct and its child visited, got %v", seen.paths)
	}
}

type visitor struct{ paths map[string]bool }

func (v *visitor) Visit(node constructs.IConstruct) { v.paths[*node.Node().Path()] = true }

// Warnings returns the warnings on the stack of scope, each with the path of its
// construct.
func Warnings(t testing.TB, scope constructs.Construct) []string {
	t.Helper()
	return messages(t, assertions.Annotations_FromStack(awscdk.Stack_Of(scope)).FindWarning(jsii.String("*"), assertions.Match_AnyValue()))
}

// Errors returns the errors on the stack of scope, each with the path of its
// construct.
func Errors(t testing.TB, scope constructs.Construct) []string {
	t.Helper()
	return messages(t, assertions.Annotations_FromStack(awscdk.Stack_Of(scope)).FindError(jsii.String("*"), assertions.Match_AnyValue()))
}

// messages reads synthesis messages by their JSON, because the CDK has
// deprecated their type without giving its assertions another.
func messages(t testing.TB, found any) []string {
	t.Helper()
	raw, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	var decoded []struct {
		ID    string
		Entry struct{ Data string }
	}
	if err := json.Unmarshal(raw, &decoded); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, message := range decoded {
		texts = append(texts, message.ID+": "+message.Entry.Data)
	}
	return texts
}

// RecommendedFlags returns the feature flags that the CDK in go.mod recommends
// for a new app, from the package that it runs.
func RecommendedFlags(t testing.TB) map[string]any {
	t.Helper()
	const module = "github.com/aws/aws-cdk-go/awscdk/v2"
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "jsii", "aws-cdk-lib-*.tgz"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("want one package of the CDK, got %q (%v)", packages, err)
	}
	file, err := os.Open(packages[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(unzipped); ; {
		entry, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		if entry.Name != "package/recommended-feature-flags.json" {
			continue
		}
		var flags map[string]any
		if err := json.NewDecoder(archive).Decode(&flags); err != nil {
			t.Fatal(err)
		}
		return flags
	}
}

// root returns the directory of go.mod, above the test's own.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's directory")
		}
		dir = parent
	}
}
