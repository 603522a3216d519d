// Command wscheck tells whether a WebSocket handshake gets through a CloudFront
// distribution to an API Gateway WebSocket API: before the deploy from a template,
// after it against the live endpoint.
//
//	wscheck template cdk.out/WebSocket-dev.template.json
//	wscheck url wss://d111111abcdef8.cloudfront.net
//	wscheck outputs outputs.json
//	wscheck rules api.stage
//
// See docs/wscheck.md for the formats of its output and the exit status.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/websocket-distribution/websocket-distribution/internal/spelling"
)

func main() {
	c := &command{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, terminal: isTerminal(os.Stderr)}
	os.Exit(c.run(os.Args[1:]))
}

// The exit codes.
const (
	exitOK    = 0
	exitNo    = 1
	exitUsage = 2
)

// command is one run of wscheck.
type command struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// terminal says that stderr is one, so that progress may be drawn.
	terminal bool
	// code is the exit status of a command that ran.
	code int
}

const rootHelp = `wscheck tells whether a WebSocket handshake gets through CloudFront to an API Gateway
WebSocket API: before the deploy from a template, after it against the live endpoint.

Exit status:
  0  the handshake gets through
  1  it does not, or is not proven to
  2  wscheck was called wrongly`

// usage is how each command explains its flags.
const usage = `Usage:
  {{.UseLine}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}
Flags:
{{.Flags.FlagUsagesWrapped 110}}`

// run runs a command line and returns the exit status.
func (c *command) run(args []string) int {
	root := c.root()
	root.SetArgs(args)
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	at, err := root.ExecuteC()
	if err == nil {
		return c.code
	}
	fmt.Fprintf(c.stderr, "%s: %v\n", at.CommandPath(), err)
	return exitUsage
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "wscheck COMMAND ARGUMENT",
		Long:          rootHelp,
		Example:       "  wscheck template cdk.out/WebSocket-dev.template.json\n  wscheck url wss://d111111abcdef8.cloudfront.net",
		Version:       version(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(root *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(root, args[0])
			}
			c.code = exitUsage
			root.SetOut(c.stderr)
			return root.Help()
		},
	}
	root.SetUsageTemplate(usage)
	root.SetVersionTemplate("wscheck {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(c.templateCommand(), c.urlCommand(), c.outputsCommand(), c.rulesCommand())
	return root
}

// unknownCommand says what was probably meant. It does not repeat an argument that
// could be secret.
func unknownCommand(root *cobra.Command, arg string) error {
	var names []string
	for _, sub := range root.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	_, err := os.Stat(arg)
	switch {
	case strings.Contains(arg, "://"):
		return fmt.Errorf("want a command before the URL: wscheck url %s", redactText(arg))
	case err == nil:
		return fmt.Errorf("want a command before the file: wscheck template %s", redactText(arg))
	}
	if best := spelling.Closest(arg, names); best != "" {
		return fmt.Errorf("unknown command %q; did you mean %q?", redactText(arg), best)
	}
	return fmt.Errorf("unknown command %q; want template, url, outputs or rules", redactText(arg))
}

// version is that of the module, as the go command recorded it.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "(devel)"
}

// argument is the rule of a command that takes one argument, named in its usage.
func argument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return fmt.Errorf("want %s; see --help", what)
		case len(args) > 1:
			return fmt.Errorf("want one argument, got %q and %q", redactText(args[0]), redactText(args[1]))
		case args[0] == "":
			return errors.New("the argument is empty")
		}
		return nil
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
