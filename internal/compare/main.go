// Command compare shows the templates of the misconfiguration table to the usual
// validators: CDK's own validation, cdk-nag and, if it is on the PATH, cfn-lint.
// It writes what they say to internal/misconfig/validators.json, from which the
// table in docs is made. A finding that a validator has on the good template as
// well is not counted: it is not about the mistake.
//
//	go run ./internal/compare
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/cloudformationinclude"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/websocket-distribution/websocket-distribution/internal/misconfig"
)

const bases = "handshake/testdata"

func main() {
	err := run()
	jsii.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// template is one template to be shown to the validators.
type template struct {
	id   string // the stack's name
	name string // the case's name; "" for a base
	base string
	file string
}

func run() error {
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	templates, err := write(dir)
	if err != nil {
		return err
	}
	cdk, nag, err := synthesize(filepath.Join(dir, "cdk.out"), templates)
	if err != nil {
		return err
	}
	lint, err := cfnLint(templates)
	if err != nil {
		return err
	}
	results := misconfig.Verdicts{CDK: "aws-cdk-lib " + version("awscdk"), Nag: "cdk-nag " + version("cdknag"), Lint: lintVersion(), Cases: map[string]misconfig.Verdict{}}
	for _, t := range templates {
		if t.name == "" {
			continue
		}
		results.Cases[t.name] = misconfig.Verdict{
			CDK:  beyond(cdk[t.id], cdk["base-"+t.base]),
			Nag:  beyond(nag[t.id], nag["base-"+t.base]),
			Lint: beyond(lint[t.id], lint["base-"+t.base]),
		}
	}
	raw, err := json.MarshalIndent(results, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile("internal/misconfig/validators.json", append(raw, '\n'), 0o644)
}

// write makes the templates of all cases that change one, and those of the bases.
func write(dir string) ([]template, error) {
	var templates []template
	add := func(id, name, base string, content misconfig.Template) error {
		raw, err := json.Marshal(content)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, id+".json")
		templates = append(templates, template{id: id, name: name, base: base, file: file})
		return os.WriteFile(file, raw, 0o600)
	}
	seen := map[string]bool{}
	for i, c := range misconfig.Mistakes() {
		if !seen[c.Base] {
			seen[c.Base] = true
			content, err := misconfig.Load(bases, c.Base)
			if err != nil {
				return nil, err
			}
			if err := add("base-"+c.Base, "", c.Base, content); err != nil {
				return nil, err
			}
		}
		if c.Mutate == nil {
			continue
		}
		content, err := c.Apply(bases)
		if err != nil {
			return nil, err
		}
		if err := add(fmt.Sprintf("case-%03d", i), c.Name, c.Base, content); err != nil {
			return nil, err
		}
	}
	return templates, nil
}

// synthesize includes every template in a stack of one app, with cdk-nag on it, and
// gives the findings of CDK's validation and of cdk-nag by stack.
func synthesize(outdir string, templates []template) (cdk, nag map[string][]string, err error) {
	cdk, nag = map[string][]string{}, map[string][]string{}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: &outdir, AnalyticsReporting: jsii.Bool(false),
		Context: &map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false}})
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{}), nil)
	stacks := map[string]awscdk.Stack{}
	for _, t := range templates {
		stack := awscdk.NewStack(app, jsii.String(t.id), &awscdk.StackProps{Synthesizer: awscdk.NewLegacyStackSynthesizer()})
		if err := catch(func() {
			cloudformationinclude.NewCfnInclude(stack, jsii.String("Template"), &cloudformationinclude.CfnIncludeProps{TemplateFile: jsii.String(t.file)})
		}); err != nil {
			cdk[t.id] = append(cdk[t.id], "CfnInclude: "+firstLine(err.Error()))
		}
		stacks[t.id] = stack
	}
	if err := catch(func() { app.Synth(nil) }); err != nil {
		return nil, nil, fmt.Errorf("synth: %w", err)
	}
	for id, stack := range stacks {
		annotations := assertions.Annotations_FromStack(stack)
		count := func(data any) {
			text := fmt.Sprint(data)
			if rule, _, ok := strings.Cut(text, ":"); ok && strings.HasPrefix(rule, "AwsSolutions-") {
				nag[id] = append(nag[id], rule)
			}
		}
		for _, m := range *annotations.FindError(jsii.String("*"), assertions.Match_AnyValue()) {
			//lint:ignore SA1019 the successor has no Go binding
			count(m.Entry.Data)
		}
		for _, m := range *annotations.FindWarning(jsii.String("*"), assertions.Match_AnyValue()) {
			//lint:ignore SA1019 the successor has no Go binding
			count(m.Entry.Data)
		}
	}
	if err := report(filepath.Join(outdir, "validation-report.json"), cdk); err != nil {
		return nil, nil, err
	}
	return cdk, nag, nil
}

// catch turns a panic of CDK into an error.
func catch(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = r
		default:
			err = fmt.Errorf("%v", r)
		}
	}()
	f()
	return nil
}

// report reads the findings of CDK's validation report.
func report(file string, cdk map[string][]string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("CDK wrote no validation report: %w", err)
	}
	var content struct {
		PluginReports []struct {
			Violations []struct {
				RuleName           string `json:"ruleName"`
				Description        string `json:"description"`
				ViolatingResources []struct {
					TemplatePath string `json:"templatePath"`
				} `json:"violatingResources"`
				ViolatingConstructs []struct {
					ConstructPath       string `json:"constructPath"`
					CloudFormationStack string `json:"stack"`
				} `json:"violatingConstructs"`
			} `json:"violations"`
		} `json:"pluginReports"`
	}
	if err := json.Unmarshal(raw, &content); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, plugin := range content.PluginReports {
		for _, v := range plugin.Violations {
			for _, c := range v.ViolatingConstructs {
				id, _, _ := strings.Cut(c.ConstructPath, "/")
				cdk[id] = append(cdk[id], v.RuleName)
			}
			for _, r := range v.ViolatingResources {
				id, _, _ := strings.Cut(filepath.Base(r.TemplatePath), ".")
				cdk[id] = append(cdk[id], v.RuleName)
			}
		}
	}
	return nil
}

// cfnLint runs cfn-lint over all templates at once; nil when it is not there.
func cfnLint(templates []template) (map[string][]string, error) {
	if _, err := exec.LookPath("cfn-lint"); err != nil {
		return nil, nil
	}
	args := []string{"--format", "json", "--"}
	for _, t := range templates {
		args = append(args, t.file)
	}
	// Its exit status says what kinds of findings there are.
	out, err := exec.Command("cfn-lint", args...).Output()
	var findings []struct {
		Filename string
		Rule     struct{ Id string }
	}
	if jsonErr := json.Unmarshal(out, &findings); jsonErr != nil {
		return nil, fmt.Errorf("cfn-lint: %v: %w", err, jsonErr)
	}
	found := map[string][]string{}
	for _, f := range findings {
		id, _, _ := strings.Cut(filepath.Base(f.Filename), ".")
		found[id] = append(found[id], f.Rule.Id)
	}
	return found, nil
}

func lintVersion() string {
	out, err := exec.Command("cfn-lint", "--version").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// version reads a module's version from go.mod.
func version(module string) string {
	raw, err := os.ReadFile("go.mod")
	if err != nil {
		return ""
	}
	for _, line := range strings.Split(string(raw), "\n") {
		fields := strings.Fields(line)
		if len(fields) >= 2 && strings.Contains(fields[0], "/"+module+"/") {
			return strings.TrimPrefix(fields[1], "v")
		}
	}
	return ""
}

// beyond gives the findings, sorted and once each, of which the base has fewer.
func beyond(found, base []string) []string {
	counts := map[string]int{}
	for _, f := range base {
		counts[f]--
	}
	for _, f := range found {
		counts[f]++
	}
	var out []string
	for f, n := range counts {
		if n > 0 {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
