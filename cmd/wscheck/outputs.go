package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
)

const outputsHelp = `wscheck outputs tries the endpoints that a deploy has made: every stack with the
output WebSocketUrl, and directly its API where the output CallbackUrl names it. It
does for each what wscheck url does, and sends each what you give: see there.

Usage:
  wscheck outputs FILE [options]

Example:
  cdk deploy --outputs-file outputs.json && wscheck outputs outputs.json --stack WebSocket-dev
`

func (c *command) outputs(args []string) int {
	f := &urlFlags{}
	stack := ""
	flags := flag.NewFlagSet("outputs", flag.ContinueOnError)
	f.register(flags)
	flags.StringVar(&stack, "stack", "", "`name` of the one stack to try (default: all that have WebSocketUrl)")
	file, err := c.parse(flags, outputsHelp, args)
	if err != nil {
		return c.usageOf("outputs", err)
	}
	if _, err := f.options(); err != nil {
		return c.usageOf("outputs", err)
	}
	stacks, err := readOutputs(file)
	if err != nil {
		return c.wrong("outputs: %v", err)
	}
	if stack != "" {
		if _, ok := stacks[stack]; !ok {
			return c.wrong("outputs: %s has no stack %q with the output WebSocketUrl; it has %s", file, stack,
				strings.Join(slices.Sorted(maps.Keys(stacks)), ", "))
		}
		stacks = map[string]endpoints{stack: stacks[stack]}
	}
	ctx, stop := untilInterrupted()
	defer stop()
	var results []*probeResult
	for _, name := range slices.Sorted(maps.Keys(stacks)) {
		o, err := f.options()
		if err != nil {
			return c.usageOf("outputs", err)
		}
		o.URL, o.Direct = stacks[name].edge, stacks[name].direct
		r := c.probe(ctx, o)
		r.Stack = name
		results = append(results, r)
		if !f.json {
			r.print(c.stdout)
		}
	}
	if f.json {
		c.json(results)
	}
	return exitOf(results...)
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
