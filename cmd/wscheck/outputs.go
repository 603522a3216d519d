package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/websocket-distribution/websocket-distribution/internal/spelling"
)

const outputsHelp = `wscheck outputs tries the endpoints that a deploy has made: every stack with the
output WebSocketUrl, and directly its API where the output CallbackUrl names it. It
does for each what wscheck url does, and sends each what you give: see there.`

func (c *command) outputsCommand() *cobra.Command {
	f := &urlFlags{}
	stack := ""
	cmd := &cobra.Command{
		Use:     "outputs FILE",
		Short:   "Try the endpoints of \"cdk deploy --outputs-file FILE\"",
		Long:    outputsHelp,
		Example: "  cdk deploy --outputs-file outputs.json && wscheck outputs outputs.json --stack WebSocket-dev",
		Args:    argument("the file that cdk deploy --outputs-file wrote"),
		RunE:    func(_ *cobra.Command, args []string) error { return c.outputs(f, stack, args[0]) },
	}
	cmd.Flags().StringVar(&stack, "stack", "", "`name` of the one stack to try (default: all that have WebSocketUrl)")
	f.register(cmd)
	return cmd
}

func (c *command) outputs(f *urlFlags, stack, file string) error {
	if _, err := f.options(); err != nil {
		return err
	}
	stacks, err := readOutputs(file)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(stacks))
	if stack != "" {
		if !slices.Contains(names, stack) {
			return fmt.Errorf("%s has no stack %q with the output WebSocketUrl%s", file, stack, spelling.DidYouMean(stack, names))
		}
		names = []string{stack}
	}
	ctx, stop := untilInterrupted()
	defer stop()
	r := &result{Source: file}
	for _, name := range names {
		o, err := f.options()
		if err != nil {
			return err
		}
		o.URL, o.Direct = stacks[name].edge, stacks[name].direct
		e := c.probe(ctx, o)
		e.Stack = name
		r.Endpoints = append(r.Endpoints, e)
	}
	r.conclude(false)
	c.code = r.ExitCode
	return c.write(f.format, r, true)
}

// endpoints are the addresses of one stack.
type endpoints struct{ edge, direct *url.URL }

// readOutputs reads the file that cdk deploy --outputs-file writes.
func readOutputs(file string) (map[string]endpoints, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all map[string]map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("%s is not the JSON of cdk deploy --outputs-file: %w", file, err)
	}
	found := map[string]endpoints{}
	for name, outputs := range all {
		edge, named := outputs["WebSocketUrl"].(string)
		if !named {
			continue
		}
		var e endpoints
		if e.edge, err = endpoint(edge); err != nil {
			return nil, fmt.Errorf("%s: %s.WebSocketUrl: %w", file, name, err)
		}
		if callback, named := outputs["CallbackUrl"].(string); named {
			if e.direct, err = endpoint(callback); err != nil {
				return nil, fmt.Errorf("%s: %s.CallbackUrl: %w", file, name, err)
			}
		}
		found[name] = e
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no stack with the output WebSocketUrl", file)
	}
	return found, nil
}
