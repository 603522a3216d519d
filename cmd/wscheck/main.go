// Command wscheck tells whether a WebSocket handshake gets through a CloudFront
// distribution to an API Gateway WebSocket API: before the deploy from a
// synthesized template, after it against the live endpoint.
//
//	wscheck template cdk.out/WebSocket-dev.template.json
//	wscheck url wss://d111111abcdef8.cloudfront.net
//	wscheck outputs outputs.json
//
// It exits with 0 when the handshake gets through, 1 when it does not or a check
// is not proven, and 2 when it was called wrongly.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	c := &command{stdout: os.Stdout, stderr: os.Stderr, terminal: isTerminal(os.Stderr)}
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
	stdout, stderr io.Writer
	// terminal says that stderr is one, so that a progress bar may be drawn.
	terminal bool
}

const usage = `wscheck tells whether a WebSocket handshake gets through CloudFront to API Gateway.

Usage:
  wscheck template FILE [options]   play the handshake against a synthesized template
  wscheck url URL [options]         try a live endpoint
  wscheck outputs FILE [options]    try the endpoints of "cdk deploy --outputs-file FILE"
  wscheck COMMAND -h                the options of a command

Example:
  wscheck template cdk.out/WebSocket-dev.template.json

Exit status: 0 the handshake gets through, 1 it does not, or a check is not proven,
2 wrong usage.
`

func (c *command) run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(c.stderr, usage)
		return exitUsage
	}
	switch args[0] {
	case "template":
		return c.template(args[1:])
	case "url":
		return c.url(args[1:])
	case "outputs":
		return c.outputs(args[1:])
	case "-h", "--help", "-help", "help":
		fmt.Fprint(c.stdout, usage)
		return exitOK
	}
	return c.wrong("%q is no command; there are template, url and outputs", args[0])
}

// wrong reports wrong usage.
func (c *command) wrong(format string, args ...any) int {
	fmt.Fprintf(c.stderr, "wscheck: "+format+"\n", args...)
	return exitUsage
}

// errHelp says that the usage was asked for and has been printed.
var errHelp = errors.New("help")

// parse reads the flags, which may stand before and after the one argument.
func (c *command) parse(flags *flag.FlagSet, head string, args []string) (string, error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	argument := ""
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(c.stdout, head+"\nOptions:\n")
			flags.SetOutput(c.stdout)
			flags.PrintDefaults()
			return "", errHelp
		}
		if err != nil {
			return "", err
		}
		rest := flags.Args()
		if len(rest) == 0 {
			break
		}
		if argument != "" {
			return "", fmt.Errorf("one argument is taken, got %q and %q", redactText(argument), redactText(rest[0]))
		}
		argument, args = rest[0], rest[1:]
	}
	if argument == "" {
		return "", errors.New("an argument is missing")
	}
	return argument, nil
}

// usageOf turns an error of parse into the exit status.
func (c *command) usageOf(name string, err error) int {
	if errors.Is(err, errHelp) {
		return exitOK
	}
	return c.wrong("%s: %v; see wscheck %s -h", name, err, name)
}

// pairs is a flag of the form name=value that may be given many times.
type pairs struct {
	names, values []string
}

func (p *pairs) String() string { return "" }

// Set reads name=value. The last equals sign may be part of the value.
func (p *pairs) Set(text string) error {
	name, value, found := strings.Cut(text, "=")
	if !found || name == "" {
		return fmt.Errorf("%q is not of the form name=value", text)
	}
	p.names = append(p.names, name)
	p.values = append(p.values, value)
	return nil
}

func (p *pairs) asMap() map[string]string {
	m := map[string]string{}
	for i, name := range p.names {
		m[name] = p.values[i]
	}
	return m
}

// json writes a value for programs.
func (c *command) json(v any) {
	encoder := json.NewEncoder(c.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		fmt.Fprintln(c.stderr, "wscheck:", err)
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
