// Command bench measures the app of this repository against what one would use
// instead: the same app in TypeScript, and the same app written by hand in Go. It
// installs the former from npm, checks that all of them synthesize the same
// template, and writes what it measured into docs/performance.md.
//
//	go -C bench run .
//	go -C bench run . -cold
//	go -C bench run . -first
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 5, "how often each of the short measurements is taken")
	coldRounds := flag.Int("cold-rounds", 1, "how often what starts with cold caches is measured")
	cold := flag.Bool("cold", false, "measure cold builds instead, minutes each")
	first := flag.Bool("first", false, "measure a newcomer's first commands instead, with warm and with cold caches")
	flag.Parse()
	section, run := "measured", func(b *bench) (string, error) { return b.warm(*rounds) }
	switch {
	case *cold:
		section, run = "cold", func(b *bench) (string, error) { return b.coldBuilds(*coldRounds) }
	case *first:
		section, run = "first", func(b *bench) (string, error) { return b.firstMinutes(*rounds, *coldRounds) }
	}
	if err := measure(section, run); err != nil {
		log.Fatal(err)
	}
}

// bench is where things are.
type bench struct {
	// repo is the clone, work the directory of everything that is installed and
	// built.
	repo, work string
}

// measure runs an experiment and writes what it says into its section of the
// page.
func measure(section string, run func(*bench) (string, error)) error {
	if err := becomeSubreaper(); err != nil {
		return err
	}
	b, err := newBench()
	if err != nil {
		return err
	}
	text, err := run(b)
	if err != nil {
		return err
	}
	text = fmt.Sprintf("On %s (%s/%s), %s.\n\n%s", machine(runtime.NumCPU()), runtime.GOOS, runtime.GOARCH, time.Now().Format("2006-01-02"), text)
	fmt.Println(text)
	return b.write(section, text)
}

func newBench() (*bench, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(here, "apps")); err != nil {
		return nil, errors.New("apps is not in the working directory; run go -C bench run . instead")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	b := &bench{repo: filepath.Dir(here), work: filepath.Join(cache, "websocket-distribution-bench")}
	return b, errors.Join(b.install(), b.copyOurs(), b.copyByHand())
}

func (b *bench) at(path ...string) string {
	return filepath.Join(append([]string{b.work}, path...)...)
}

// install puts the TypeScript app and what it needs into place.
func (b *bench) install() error {
	if err := os.CopyFS(b.fresh("typescript", "app.ts", "package.json", "tsconfig.json"), os.DirFS(filepath.Join(b.repo, "bench", "apps", "typescript"))); err != nil {
		return err
	}
	npm := exec.Command("npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
	npm.Dir = b.at("typescript")
	npm.Stdout, npm.Stderr = os.Stderr, os.Stderr
	return errors.Join(npm.Run(), b.cdkJSON("typescript", "node js/app.js"))
}

// fresh returns a directory of the work directory without the named files.
func (b *bench) fresh(name string, files ...string) string {
	for _, file := range files {
		os.Remove(b.at(name, file))
	}
	return b.at(name)
}

// copyOurs copies the app of the clone, so that it can be edited.
func (b *bench) copyOurs() error {
	if err := os.RemoveAll(b.at("ours")); err != nil {
		return err
	}
	err := filepath.WalkDir(b.repo, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(b.repo, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch entry.Name() {
			case ".git", "bench", "examples", "testdata", "cdk.out", "node_modules":
				return filepath.SkipDir
			}
			return nil
		}
		switch {
		case name == "go.mod" || name == "go.sum", strings.HasSuffix(name, ".js"),
			strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			return copyFile(path, b.at("ours", name))
		}
		return nil
	})
	return errors.Join(err, b.cdkJSON("ours", "go run ."))
}

// copyByHand makes a module of the app that is written by hand, so that it can be
// edited.
func (b *bench) copyByHand() error {
	bench := filepath.Join(b.repo, "bench")
	err := errors.Join(
		copyFile(filepath.Join(bench, "apps", "byhand", "main.go"), b.at("byhand", "main.go")),
		copyFile(filepath.Join(bench, "go.mod"), b.at("byhand", "go.mod")),
		copyFile(filepath.Join(bench, "go.sum"), b.at("byhand", "go.sum")),
		b.cdkJSON("byhand", "go run ."),
	)
	if err != nil {
		return err
	}
	const library = "github.com/websocket-distribution/websocket-distribution"
	edit := exec.Command("go", "mod", "edit", "-module=byhand", "-droprequire="+library, "-dropreplace="+library)
	edit.Dir = b.at("byhand")
	return edit.Run()
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// context is that of the clone's cdk.json, feature flags and all, with these
// environments and whatever is selected.
func (b *bench) context(environments map[string]any, env string) (map[string]any, error) {
	raw, err := os.ReadFile(filepath.Join(b.repo, "cdk.json"))
	if err != nil {
		return nil, err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	context := maps.Clone(file.Context)
	context["environments"] = environments
	if env != "" {
		context["env"] = env
	}
	return context, nil
}

// theEnvironment is what the other apps are written for.
var theEnvironment = map[string]any{"bench": map[string]any{
	"account":        "111122223333",
	"region":         "us-east-1",
	"domainNames":    []string{"ws.example.com"},
	"certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555",
	"hostedZone":     map[string]string{"id": "Z0123456789EXAMPLE", "name": "example.com"},
	"forwarding":     map[string]any{"queryStrings": []string{"token"}},
	"lock":           map[string]any{"disabled": true},
}}

func (b *bench) cdkJSON(app, command string) error {
	context, err := b.context(theEnvironment, "")
	if err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]any{"app": command, "notices": false, "versionReporting": false, "context": context})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.at(app), 0o755); err != nil {
		return err
	}
	return os.WriteFile(b.at(app, "cdk.json"), raw, 0o644)
}

// build compiles a Go program into the work directory.
func (b *bench) build(dir, pkg, name string) error {
	build := exec.Command("go", "build", "-o", b.at("bin", name), pkg)
	build.Dir = dir
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	build.Stderr = os.Stderr
	return build.Run()
}

// appEnv is the environment of an app that runs without the CLI.
func (b *bench) appEnv(out string, environments map[string]any, env string) ([]string, error) {
	context, err := b.context(environments, env)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(context)
	return []string{"CDK_CONTEXT_JSON=" + string(raw), "CDK_OUTDIR=" + b.at("out", out)}, err
}

// write replaces the section of docs/performance.md between its markers.
func (b *bench) write(section, text string) error {
	path := filepath.Join(b.repo, "docs", "performance.md")
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+section+" -->\n", "<!-- end of "+section+" -->"
	head, rest, found := strings.Cut(string(raw), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no section %q", path, section)
	}
	return os.WriteFile(path, []byte(head+begin+"\n"+text+"\n"+end+tail), 0o644)
}
