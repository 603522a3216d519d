package edge_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	for name, tt := range map[string]struct {
		define func(stack awscdk.Stack, id string) constructs.Construct
		tagged string
	}{
		"WebSocketDistribution": {func(stack awscdk.Stack, id string) constructs.Construct {
			return edge.NewWebSocketDistribution(stack, id, &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
		}, distributionType},
		"WebSocketBehavior": {func(stack awscdk.Stack, id string) constructs.Construct {
			props := byURL()
			b := edge.NewWebSocketBehavior(stack, id, &props)
			b.AddTo(site(stack), "/ws")
			return b
		}, functionType},
	} {
		t.Run(name, func(t *testing.T) { cdktest.IsConstruct(t, tt.tagged, tt.define) })
	}
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

// What an importer of edge builds, and has in go.sum, is the CDK alone.
func TestTheLibraryNeedsOnlyTheThreeCDKModules(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	// jsii-runtime-go needs the five below the line.
	allowed := []string{
		"github.com/websocket-distribution/websocket-distribution",
		"github.com/aws/aws-cdk-go/awscdk/v2", "github.com/aws/constructs-go/constructs/v10", "github.com/aws/jsii-runtime-go",

		"github.com/Masterminds/semver/v3", "github.com/fatih/color", "github.com/mattn/go-colorable", "github.com/mattn/go-isatty", "golang.org/x/sys",
	}
	for _, module := range strings.Fields(string(out)) {
		assets := strings.HasPrefix(module, "github.com/cdklabs/awscdk-asset-") || strings.HasPrefix(module, "github.com/cdklabs/cloud-assembly-schema-go/")
		if !assets && !slices.Contains(allowed, module) {
			t.Errorf("edge needs the module %s; it may need the three of the CDK alone", module)
		}
	}
}

func TestTheLibraryImportsThreePackagesOfOurs(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const ours = "github.com/websocket-distribution/websocket-distribution/"
	allowed := []string{"constructs/edge", "internal/rules", "internal/readback", "internal/token"}
	for _, pkg := range strings.Fields(string(out)) {
		if name, ok := strings.CutPrefix(pkg, ours); ok && !slices.Contains(allowed, name) {
			t.Errorf("edge imports %s; of ours it may import %v alone", name, allowed[1:])
		}
	}
}
