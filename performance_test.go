package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/config"
)

// stated checks that docs/performance.md has a row of a table with this figure, so
// that what it says is what is.
func stated(t *testing.T, what string, got int) {
	t.Helper()
	raw, err := os.ReadFile("docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	_, row, found := strings.Cut(string(raw), "\n| "+what+" | ")
	if !found {
		t.Errorf("docs/performance.md has no row %q; the figure is %d", what, got)
		return
	}
	if figure, _, _ := strings.Cut(row, " |"); figure != strconv.Itoa(got) {
		t.Errorf("%s: docs/performance.md says %s, got %d; if that is meant to be, say so there", what, figure, got)
	}
}

// Go compiles every awscdk package that is reachable, so these are most of a cold
// build, of ours and of an importer's.
func TestThePackagesToCompileAreThoseStated(t *testing.T) {
	const awscdk = "github.com/aws/aws-cdk-go/awscdk/v2"
	args := []string{"list", "-f", "{{.ImportPath}} {{.Name}} {{join .Deps \" \"}}", ".", "./constructs/..."}
	for _, name := range []string{"awscloudfront", "awscloudfrontorigins", "awsapigatewayv2", "awsroute53targets"} {
		args = append(args, awscdk+"/"+name)
	}
	list := exec.Command("go", args...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		packages := 0
		for _, dependency := range append(fields[2:], fields[0]) {
			if strings.HasPrefix(dependency+"/", awscdk+"/") {
				packages++
			}
		}
		what := "this app as a whole"
		switch name := strings.TrimPrefix(fields[0], "github.com/websocket-distribution/websocket-distribution"); {
		case strings.HasPrefix(name, "/constructs/"):
			what = "`" + name[1:] + "`"
		case name != "":
			what = "`" + fields[1] + "`"
		}
		stated(t, what, packages)
	}
}

// environmentsVariable makes a test binary an app of that many environments.
const environmentsVariable = "TEST_ENVIRONMENTS"

func TestAppOfManyEnvironments(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(environmentsVariable))
	if err != nil {
		t.Skip("is what the next test runs")
	}
	environments := map[string]any{}
	for i := range n {
		environments[fmt.Sprintf("e%d", i)] = map[string]any{}
	}
	app(t, map[string]any{config.Environments: environments, config.Env: nil, config.APIURL: nil}).Synth(nil)
}

// Round trips to the CDK's kernel are what an environment costs beyond what it
// costs in JavaScript. They do not depend on the machine.
func TestTheRequestsToTheKernelAreThoseStated(t *testing.T) {
	requests := func(environments int) int {
		app := exec.Command(os.Args[0], "-test.run", "^TestAppOfManyEnvironments$")
		app.Env = append(os.Environ(), environmentsVariable+"="+strconv.Itoa(environments), "JSII_DEBUG=1")
		out, err := app.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return bytes.Count(out, []byte(`> {"api":`)) + bytes.Count(out, []byte(`> {"complete":`))
	}
	one, two := requests(1), requests(2)
	stated(t, "requests of an app of one environment, `{}`", one)
	stated(t, "requests of one more", two-one)
}

// What an edge function weighs is read on each of its runs.
func TestTheSizeOfTheEdgeFunctionIsTheOneStated(t *testing.T) {
	for _, e := range named(t, "shipped").environments {
		if e.Name != "prod" {
			continue
		}
		for _, resource := range e.template["Resources"].(map[string]any) {
			if r := resource.(map[string]any); r["Type"] == "AWS::CloudFront::Function" {
				code := r["Properties"].(map[string]any)["FunctionCode"].(string)
				stated(t, "bytes of `prod`'s edge function, of the 10240 that CloudFront takes", len(code))
				return
			}
		}
	}
	t.Error("prod has no edge function")
}
