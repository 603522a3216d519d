package architecture

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/websocket-distribution/websocket-distribution/"

// rooms are the packages that play AWS, from the top down.
var rooms = []string{"handshake/handshaketest", "handshake", "internal/route53", "internal/cloudfront", "internal/cloudfront/function",
	"internal/cloudfront/lambdaedge", "internal/cloudfront/javascript", "internal/apigateway", "internal/waf", "internal/template", "internal/cfn", "internal/trace", "internal/wire", "internal/rules"}

// forbidden says what a package must not depend on, directly or not, and why. A name
// without a dot in its first part is a package of this module.
var forbidden = []struct {
	of, on, why string
}{
	{"handshake/handshaketest", "github.com/aws/jsii-runtime-go", "a test of a template starts no Node, and may run in parallel and under -race"},
	{"handshake/handshaketest", "github.com/aws/aws-cdk-go/awscdk/v2", "templates come from any CDK language, or from none"},
	{"handshake", "github.com/coder/websocket", "only who serves sockets pays for them"},
	{"handshake", "handshake/handshaketest", "the server is built on what is public here"},
	{"internal/cloudfront", "handshake", "a room knows nothing of what is above"},
	{"internal/cloudfront/function", "internal/cloudfront", "a function sees a request, not the distribution"},
	{"internal/cloudfront/lambdaedge", "internal/cloudfront", "a function sees a request, not the distribution"},
	{"internal/waf", "internal/cloudfront", "a web ACL sees a request, not the distribution"},
	{"internal/waf", "github.com/dop251/goja", "AWS WAF runs no JavaScript"},
	{"internal/cloudfront/function", "internal/apigateway", "a function sees a request, not the API"},
	{"internal/apigateway", "internal/cloudfront", "an API knows of the edge only what it did to the handshake"},
	{"internal/apigateway", "github.com/dop251/goja", "API Gateway runs no JavaScript"},
	{"internal/cfn", "internal/cloudfront", "CloudFormation knows no service: the services say what they call their resources"},
	{"internal/cfn", "internal/apigateway", "CloudFormation knows no service: the services say what they call their resources"},
	{"internal/cfn", "internal/rules", "CloudFormation knows no service: what one accepts is not its business"},
	{"internal/cfn", "internal/trace", "a template is read without a handshake"},
	{"internal/wire", "internal/rules", "a header is text: what AWS makes of it is said elsewhere"},
	{"internal/wire", "internal/cfn", "a request is not a template"},
	{"internal/rules", "internal/wire", "what AWS accepts is said in plain values"},
	{"internal/rules", "internal/cfn", "what AWS accepts is said in plain values"},
	{"internal/config", "github.com/aws/jsii-runtime-go", "the environment table is checked before the CDK starts"},
	{"internal/config", "handshake", "the environment table is about settings, not about templates"},
	{"constructs/edge", "handshake", "who imports the construct compiles no emulator"},
	{"constructs/edge", "github.com/dop251/goja", "who imports the construct compiles no emulator"},
	{"constructs/edge", "github.com/coder/websocket", "who imports the construct compiles no emulator"},
}

func name(pkg string) string {
	if first, _, _ := strings.Cut(pkg, "/"); strings.Contains(first, ".") {
		return pkg
	}
	return module + pkg
}

// dependencies are all packages that each package of a list needs, itself included.
// The go command is asked once for each.
var dependencies = sync.OnceValues(func() (map[string][]string, error) {
	of := map[string][]string{}
	for _, pkg := range rooms {
		of[pkg] = nil
	}
	for _, f := range forbidden {
		of[f.of] = nil
	}
	for pkg := range of {
		out, err := exec.Command("go", "list", "-deps", name(pkg)).Output()
		if err != nil {
			return nil, fmt.Errorf("go list -deps %s: %w", pkg, err)
		}
		of[pkg] = strings.Fields(string(out))
	}
	return of, nil
})

func needs(t *testing.T, pkg, other string) bool {
	t.Helper()
	of, err := dependencies()
	if err != nil {
		t.Fatal(err)
	}
	if len(of[pkg]) == 0 {
		t.Fatalf("%s needs nothing, not even itself", pkg)
	}
	return slices.Contains(of[pkg], name(other))
}

func TestArrowsBetweenPackagesPointOneWay(t *testing.T) {
	t.Parallel()
	for _, f := range forbidden {
		if needs(t, f.of, f.on) {
			t.Errorf("%s depends on %s: %s", f.of, f.on, f.why)
		}
	}
}

// A rule about a package that is not there any more forbids nothing.
func TestWhatIsForbiddenIsThere(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range forbidden {
		if f.why == "" {
			t.Errorf("%s on %s: why?", f.of, f.on)
		}
		names = append(names, name(f.of), name(f.on))
	}
	if out, err := exec.Command("go", append([]string{"list"}, names...)...).CombinedOutput(); err != nil {
		t.Errorf("a package that is forbidden, or forbids, is not there: %s", out)
	}
}

// Each room needs only those below it in the list.
func TestARoomNeedsOnlyTheRoomsBelow(t *testing.T) {
	t.Parallel()
	for i, room := range rooms {
		for _, above := range rooms[:i] {
			if needs(t, room, above) {
				t.Errorf("%s depends on %s, which is above it", room, above)
			}
		}
	}
}
