package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

const fixtures = "../../handshake/testdata"

// The scripts, and tests that need a signal, run wscheck as a process of its own: the
// test binary.
func TestMain(m *testing.M) {
	if os.Getenv("WSCHECK_MAIN") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"wscheck": main})
}

// TestScripts runs testdata/script/*.txtar. A script finds the base templates of
// package handshake by their names: owned.json, external.json, authorizer.json.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			bases, err := filepath.Glob(filepath.Join(fixtures, "*.json"))
			if err != nil || len(bases) == 0 {
				return errors.Join(err, errors.New("there are no base templates"))
			}
			for _, base := range bases {
				raw, err := os.ReadFile(base)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(e.WorkDir, filepath.Base(base)), raw, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"replace": replace,
			"site":    writeSite,
		},
	})
}

// exits runs a command that must exit with the status of its first argument, which
// "!" in front of exec does not tell apart.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status command args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit status %d, want %s", code, args[0])
	}
}

// replace writes a file with a text of another replaced, which must be there.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: replace from to old new")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[2]) {
		ts.Fatalf("%s has no %s", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, args[2], args[3])), 0o600))
}

// wscheck runs the command in this process and returns what it prints and its exit
// status.
func wscheck(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	c := &command{stdin: strings.NewReader(""), stdout: &out, stderr: &errs}
	code = c.run(args)
	return out.String(), errs.String(), code
}

func fixture(base string) string { return filepath.Join(fixtures, base+".json") }
