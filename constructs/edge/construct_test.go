package edge_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// The value that a constructor returns is the construct itself, which a Go
// struct that embeds one is not by itself.
func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	for name, tt := range map[string]struct {
		define func(stack awscdk.Stack) constructs.Construct
		// tagged is the type of a resource of the construct that takes tags.
		tagged string
	}{
		"WebSocketDistribution": {func(stack awscdk.Stack) constructs.Construct {
			return edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
		}, distributionType},
		"WebSocketBehavior": {func(stack awscdk.Stack) constructs.Construct {
			props := byURL()
			b := edge.NewWebSocketBehavior(stack, "Edge", &props)
			b.AddTo(site(stack), "/ws")
			return b
		}, functionType},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			c := tt.define(stack)
			if got := *c.Node().Path(); got != "Test/Edge" {
				t.Errorf("Node: want Test/Edge, got %s", got)
			}
			if got := awscdk.Stack_Of(c); got != stack {
				t.Errorf("Stack_Of: want the stack, got %v", got)
			}
			if got := stack.Node().FindChild(jsii.String("Edge")); got != c {
				t.Errorf("FindChild: want the value that was returned, got %v", got)
			}
			child := awscdk.NewCfnResource(c, jsii.String("Child"), &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::Child")})
			after := awscdk.NewCfnResource(stack, jsii.String("After"), &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::After")})
			after.Node().AddDependency(c)
			awscdk.Tags_Of(c).Add(jsii.String("team"), jsii.String("chat"), nil)
			awscdk.Annotations_Of(c).AddWarningV2(jsii.String("test:warning"), jsii.String("look"))
			visitor := &visitor{}
			awscdk.Aspects_Of(c).Add(visitor, nil)

			tpl := cdktest.Synth(t, stack)
			tpl.Has(tt.tagged, map[string]any{"Tags": []any{map[string]any{"Key": "team", "Value": "chat"}}})
			dependsOn := (*(*tpl.FindResources(jsii.String("Test::Test::After"), nil))["After"])["DependsOn"]
			if list, _ := dependsOn.([]any); len(list) < 2 {
				t.Errorf("AddDependency: want the construct's resources, got %v", dependsOn)
			}
			if got := strings.Join(cdktest.Warnings(t, stack), " "); !strings.Contains(got, "/Test/Edge: look") {
				t.Errorf("Annotations_Of: got %s", got)
			}
			if !visitor.saw[*child.Node().Path()] || !visitor.saw["Test/Edge"] {
				t.Errorf("Aspects_Of: want the construct and its child visited, got %v", visitor.saw)
			}
		})
	}
}

type visitor struct{ saw map[string]bool }

func (v *visitor) Visit(node constructs.IConstruct) {
	if v.saw == nil {
		v.saw = map[string]bool{}
	}
	v.saw[*node.Node().Path()] = true
}

func TestTheStructsServeWhereTheCDKTakesConstructs(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
	if !*constructs.Construct_IsConstruct(d) || !*constructs.Construct_IsConstruct(d.Behavior()) {
		t.Error("want both to be constructs")
	}
	inner := awscloudfront.NewOriginRequestPolicy(d.Behavior(), jsii.String("Inner"), nil)
	if got := *inner.Node().Path(); got != "Test/Edge/Behavior/Inner" {
		t.Errorf("want the behaviour as a scope, got %s", got)
	}
}

// awscloudfront is what an importer needs anyway; the rest is on us. go-cdk
// packages are large, and Go compiles all that are reachable.
func TestTheLibraryIsLightToImport(t *testing.T) {
	count := func(pkg string) int {
		out, err := exec.Command("go", "list", "-deps", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(out), "aws-cdk-go/awscdk/v2")
	}
	ours, base := count("."), count("github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront")
	t.Logf("%d awscdk packages, %d above awscloudfront", ours, ours-base)
	if ours-base > 8 {
		t.Errorf("want at most 8 awscdk packages above the %d of awscloudfront, got %d", base, ours-base)
	}
}

func TestTheLibraryNeedsOnlyTheThreeCDKModules(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(string(out)) {
		if strings.HasPrefix(pkg, "github.com/websocket-distribution/") && !strings.HasSuffix(pkg, "/constructs/edge") && !strings.HasSuffix(pkg, "/internal/rules") {
			t.Errorf("edge imports %s; it may import internal/rules alone", pkg)
		}
	}
}
