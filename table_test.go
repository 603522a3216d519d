package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
)

// The tests of this file hold for any sound environment table, so that whoever
// edits cdk.json has green tests after go test . -update. They are tried on cdk.json
// and on the tables of testdata/tables, which are of different kinds.

// A table is an environment table, and what the app makes of it. That is plain
// data: each table is synthesized once for all tests.
type table struct {
	name         string
	environments []environment
	// files are those of the cloud assembly, by name.
	files map[string]string
}

type environment struct {
	config.Environment
	template map[string]any
}

// cdkJSON is the name of the table that is deployed.
const cdkJSON = "cdk.json"

// fixture is the context of a table of testdata/tables, instead of cdk.json's.
func fixture(t *testing.T, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "tables", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var environments map[string]any
	if err := json.Unmarshal(raw, &environments); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return map[string]any{config.Environments: environments, config.Env: nil, config.APIURL: nil}
}

func contextOf(t *testing.T, name string) map[string]any {
	t.Helper()
	if name == cdkJSON {
		return nil
	}
	return fixture(t, name)
}

// named is the table of cdk.json or of testdata/tables by that name.
func named(t *testing.T, name string) *table {
	t.Helper()
	if tables[name] != nil {
		return tables[name]
	}
	context := contextOf(t, name)
	all := cdktest.Context(t, context)
	environments, err := config.Select(all[config.Environments], all[config.Env], all[config.APIURL])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	dir := *app(t, context).Synth(nil).Directory()
	stacks := cdktest.Assembly(t, dir)
	made := &table{name: name, files: map[string]string{}}
	for _, e := range environments {
		made.environments = append(made.environments, environment{e, stacks[e.StackName()].Template})
	}
	if len(stacks) != len(environments) {
		t.Errorf("%s: want a stack for each environment, got %d stacks for %d", name, len(stacks), len(environments))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		made.files[filepath.Base(path)] = string(raw)
	}
	tables[name] = made
	return made
}

var tables = map[string]*table{}

func tableNames(t *testing.T) []string {
	t.Helper()
	names := []string{cdkJSON}
	files, err := filepath.Glob("testdata/tables/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("want tables of different kinds, got %q (%v)", files, err)
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return names
}

// eachTable runs f on every table.
func eachTable(t *testing.T, f func(t *testing.T, table *table)) {
	for _, name := range tableNames(t) {
		t.Run(name, func(t *testing.T) { f(t, named(t, name)) })
	}
}

// eachEnvironment runs f on every environment of every table.
func eachEnvironment(t *testing.T, f func(t *testing.T, e environment)) {
	eachTable(t, func(t *testing.T, table *table) {
		for _, e := range table.environments {
			t.Run(e.Name, func(t *testing.T) { f(t, e) })
		}
	})
}

func (tb *table) goldens(t *testing.T, dir string) {
	templates := map[string]map[string]any{}
	for _, e := range tb.environments {
		templates[e.StackName()] = e.template
	}
	cdktest.Goldens(t, dir, "WebSocket-*.json", templates)
}

// The goldens pin the templates as they are deployed, logical ids and outputs
// included.
func TestEachEnvironmentHasItsGolden(t *testing.T) {
	named(t, cdkJSON).goldens(t, "testdata")
}

// One table after the other takes the place of what was there before.
func TestUpdateMakesTheGoldensThoseOfTheTable(t *testing.T) {
	dir := t.TempDir()
	eachTable(t, func(t *testing.T, table *table) {
		cdktest.Updating(func() { table.goldens(t, dir) })
		table.goldens(t, dir)
	})
}

// acknowledged are the rules of cdk-nag that environments break, and why that is
// right for those it finds. What it says of any other is a finding.
var acknowledged = map[string]struct {
	when func(e environment) bool
	why  string
}{
	"AwsSolutions-APIG1": {func(e environment) bool { return e.HasPingAPI() && e.APILogs == nil }, "the ping API carries no data, and access logs need a role for the whole account; apiLogs turns them on"},
	"AwsSolutions-APIG4": {func(e environment) bool { return e.HasPingAPI() }, "$connect asks for the key that CloudFront alone sends, unless lock says otherwise; who is behind CloudFront may be anybody"},
	"AwsSolutions-CFR1":  {func(e environment) bool { return len(e.GeoRestriction.Allow)+len(e.GeoRestriction.Deny) == 0 }, "without geoRestriction the environment may be reached from anywhere"},
	"AwsSolutions-CFR2":  {func(e environment) bool { return e.WebACL == nil && e.WebACLARN == "" }, "a web ACL costs money at rest; webAcl turns it on"},
	"AwsSolutions-CFR3":  {func(environment) bool { return true }, "the rule knows the legacy logs alone, which hold the query strings; accessLogs turns on standard logging (v2) without them"},
	"AwsSolutions-CFR4":  {func(e environment) bool { return e.CertificateARN == "" }, "without domainNames the certificate is CloudFront's own, which fixes the version of TLS"},
	"AwsSolutions-IAM4":  {func(e environment) bool { return e.APILogs != nil && e.APILogs.AccountRole == "make" }, "the role by which API Gateway writes logs has the policy that AWS keeps for it"},
	"AwsSolutions-S1":    {func(e environment) bool { return e.AccessLogs != nil && e.AccessLogs.ToBucket }, "the bucket holds access logs; logs of those would have no end"},
	"AwsSolutions-SMG4":  {func(e environment) bool { return e.HasPingAPI() && !e.PingLock().Disabled }, "the keys of the lock are rotated by name in cdk.json; CloudFormation would not see a secret that rotates itself"},
}

func TestCdkNagFindsNothingThatIsNotAcknowledged(t *testing.T) {
	for _, name := range tableNames(t) {
		t.Run(name, func(t *testing.T) {
			context := maps.Clone(contextOf(t, name))
			if context == nil {
				context = map[string]any{}
			}
			// Findings are to be collected; under this flag the first stack's would end the
			// synthesis.
			context["@aws-cdk/core:annotationsInValidationReport"] = false
			a := app(t, context)
			awscdk.Aspects_Of(a).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
			stacks := cdktest.Assembly(t, *a.Synth(nil).Directory())
			for _, e := range named(t, name).environments {
				found := nagRules(stacks[e.StackName()].Annotations)
				for rule, finding := range found {
					if a := acknowledged[rule]; a.when == nil || !a.when(e) {
						t.Errorf("%s: %s", e.Name, finding)
					}
				}
				for rule, a := range acknowledged {
					if a.when(e) && found[rule] == "" {
						t.Errorf("%s: %s is acknowledged (%s), and cdk-nag does not find it", e.Name, rule, a.why)
					}
				}
			}
		})
	}
}

// nagRules are the rules among annotations, each with what cdk-nag says.
func nagRules(annotations []string) map[string]string {
	found := map[string]string{}
	for _, annotation := range annotations {
		_, text, _ := strings.Cut(annotation, ": ")
		rule, _, isRule := strings.Cut(text, ":")
		if !isRule || !strings.HasPrefix(rule, "AwsSolutions-") {
			continue // a warning of the CDK's or of ours
		}
		rule, _, _ = strings.Cut(rule, "[") // of a finding that names its cause
		found[rule] = annotation
	}
	return found
}

// A secret that stood in an artefact would be in the bucket of every deploy. Those
// of the lock are generated by the deploy; so all that may be seen of one is a
// reference to it, and that in two places only.
func TestNoSecretIsInWhatIsSynthesized(t *testing.T) {
	eachTable(t, func(t *testing.T, table *table) {
		known := ""
		for _, e := range table.environments {
			raw, err := json.Marshal(e.Environment)
			if err != nil {
				t.Fatal(err)
			}
			known += string(raw) + strings.Join(slices.Collect(maps.Keys(e.template["Resources"].(map[string]any))), " ")
			checkSecrets(t, e)
		}
		for name, text := range table.files {
			for _, found := range fortyCharacters.FindAllString(text, -1) {
				if !strings.Contains(known, strings.Trim(found, `"`)) {
					t.Errorf("%s: %s looks like a generated key", name, found)
				}
			}
		}
	})
}

// fortyCharacters is what Secrets Manager generates for the lock.
var fortyCharacters = regexp.MustCompile(`"[A-Za-z0-9]{40}"`)

func checkSecrets(t *testing.T, e environment) {
	keys, secrets := 0, 0
	for id, resource := range e.template["Resources"].(map[string]any) {
		r := resource.(map[string]any)
		properties, _ := r["Properties"].(map[string]any)
		switch r["Type"] {
		case "AWS::SecretsManager::Secret":
			secrets++
			if properties["SecretString"] != nil {
				t.Errorf("%s: %s has its value in the template", e.Name, id)
			}
		case "AWS::ApiGateway::ApiKey":
			keys++
			if value := fmt.Sprint(properties["Value"]); !strings.Contains(value, "{{resolve:secretsmanager:") {
				t.Errorf("%s: %s: want a reference, got %s", e.Name, id, value)
			}
		}
	}
	want := 0
	if e.HasPingAPI() && !e.PingLock().Disabled {
		want = max(1, len(e.PingLock().Keys))
	}
	if keys != want || secrets != want {
		t.Errorf("%s: want %d keys with a secret each, got %d keys and %d secrets", e.Name, want, keys, secrets)
	}
	for _, path := range references(e.template, "") {
		if !allowedReference.MatchString(path) {
			t.Errorf("%s: want no reference to a secret at %s", e.Name, path)
		}
	}
	if outputs := fmt.Sprint(e.template["Outputs"]); strings.Contains(outputs, "Secret") {
		t.Errorf("%s: want no secret among the outputs, got %s", e.Name, outputs)
	}
}

var allowedReference = regexp.MustCompile(`^/Resources/\w+/Properties/(Value|DistributionConfig/Origins/\d+/OriginCustomHeaders/\d+/HeaderValue)(/Fn::Join/.*)?$`)

// references are the paths of the dynamic references in a value.
func references(value any, at string) []string {
	var paths []string
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "{{resolve:") {
			paths = append(paths, at)
		}
	case []any:
		for i, element := range v {
			paths = append(paths, references(element, fmt.Sprintf("%s/%d", at, i))...)
		}
	case map[string]any:
		for key, element := range v {
			paths = append(paths, references(element, at+"/"+key)...)
		}
	}
	return paths
}
