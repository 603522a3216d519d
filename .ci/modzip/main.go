// Command modzip packs the module in the working directory as its next release
// would be, lays it out as a proxy in the file system, and prints the version.
//
//	go run . <module directory> <proxy directory>
//
// Files that git ignores are left out, as they are in a release; what is not
// committed yet is in.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("want two arguments: the module's directory and the proxy's")
	}
	version, err := publish(os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(version)
}

// publish puts the module in dir into the proxy and returns its version there.
func publish(dir, proxy string) (string, error) {
	tree, err := os.MkdirTemp("", "modzip")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tree)
	sum, err := copyFiles(dir, tree)
	if err != nil {
		return "", err
	}
	goMod, err := os.ReadFile(filepath.Join(tree, "go.mod"))
	if err != nil {
		return "", err
	}
	// By content, because the go command keeps what it has seen of a version.
	m := module.Version{Path: modfile.ModulePath(goMod), Version: fmt.Sprintf("v0.1.0-ci.h%x", sum[:6])}
	var packed bytes.Buffer
	if err := modzip.CreateFromDir(&packed, m, tree); err != nil {
		return "", err
	}
	if err := check(dir, m, packed.Bytes()); err != nil {
		return "", err
	}
	info, err := json.Marshal(map[string]any{"Version": m.Version, "Time": time.Now().UTC()})
	if err != nil {
		return "", err
	}
	at := filepath.Join(proxy, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		return "", err
	}
	for name, content := range map[string][]byte{
		m.Version + ".zip": packed.Bytes(), m.Version + ".mod": goMod, m.Version + ".info": info, "list": []byte(m.Version + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(at, name), content, 0o644); err != nil {
			return "", err
		}
	}
	return m.Version, nil
}

// copyFiles copies what git tracks in dir, or would track, and returns a hash of
// it.
func copyFiles(dir, tree string) ([]byte, error) {
	names, err := output(dir, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	for _, name := range strings.Split(strings.Trim(names, "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and the deletion not committed yet
		}
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(hash, "%s %d\n", name, len(content))
		hash.Write(content)
		to := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(to, content, 0o644); err != nil {
			return nil, err
		}
	}
	return hash.Sum(nil), nil
}

// check reports what is missing from the zip of m, whose source is in dir, and
// what does not belong there.
func check(dir string, m module.Version, packed []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return err
	}
	tracked, err := output(dir, "git", "ls-files", "--cached", "--others", "--exclude-standard", "*/go.mod")
	if err != nil {
		return err
	}
	modules := strings.Fields(strings.ReplaceAll(tracked, "/go.mod", ""))
	if len(modules) == 0 {
		return errors.New("no module beside the library; the examples are some")
	}
	var problems []error
	there := map[string]bool{}
	for _, file := range archive.File {
		name := strings.TrimPrefix(file.Name, m.Path+"@"+m.Version+"/")
		there[name] = true
		if foreign(name, modules) {
			problems = append(problems, fmt.Errorf("%s is in the module; it belongs to another one, or to none", name))
		}
	}
	embedded, err := output(dir, "go", "list", "-f", `{{range .EmbedFiles}}{{$.ImportPath}}/{{.}}{{"\n"}}{{end}}`, "./...")
	if err != nil {
		return err
	}
	files := strings.Fields(embedded)
	if len(files) == 0 {
		problems = append(problems, errors.New("no package embeds a file; constructs/edge embeds its function"))
	}
	for _, name := range append(files, "go.mod", "go.sum", "LICENSE", "README.md", "CHANGELOG.md") {
		if name = strings.TrimPrefix(name, m.Path+"/"); !there[name] {
			problems = append(problems, fmt.Errorf("%s is missing from the module", name))
		}
	}
	return errors.Join(problems...)
}

// foreign reports whether the file belongs to a module of its own, or to nobody.
// modules are the directories that have a go.mod.
func foreign(name string, modules []string) bool {
	return slices.ContainsFunc(append(modules, "bench", "cdk.out", "node_modules"), func(dir string) bool {
		return strings.HasPrefix(name, dir+"/")
	})
}

func output(dir, name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%v: %w", command, err)
	}
	return string(out), nil
}
