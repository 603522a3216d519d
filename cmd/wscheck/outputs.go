package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

const outputsHelp = `wscheck outputs tries the endpoints that a deploy has made: every stack with the
output WebSocketUrl, and directly its API where the output CallbackUrl names it.

Usage:
  wscheck outputs FILE [options]

Example:
  cdk deploy --outputs-file outputs.json && wscheck outputs outputs.json --stack WebSocket-dev
`

func (c *command) outputs(args []string) int {
	o := &urlOptions{}
	stack := ""
	flags := flag.NewFlagSet("outputs", flag.ContinueOnError)
	o.flags(flags)
	flags.StringVar(&stack, "stack", "", "`name` of the one stack to try (default: all that have WebSocketUrl)")
	file, err := c.parse(flags, outputsHelp, args)
	if err != nil {
		return c.usageOf("outputs", err)
	}
	p, err := o.prober()
	if err != nil {
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
	code := exitOK
	var results []*urlResult
	for _, name := range slices.Sorted(maps.Keys(stacks)) {
		r := c.try(p, o, stacks[name].edge, stacks[name].direct)
		r.Stack = name
		results = append(results, r)
		if !r.OK {
			code = exitNo
		}
		if !o.json {
			c.printURL(r)
		}
	}
	if o.json {
		c.json(results)
	}
	return code
}

// endpoints are the addresses of one stack.
type endpoints struct{ edge, direct string }

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
		edge, ok := outputs["WebSocketUrl"].(string)
		if !ok {
			continue
		}
		if _, err := endpoint(edge); err != nil {
			return nil, fmt.Errorf("%s: %s.WebSocketUrl: %w", file, name, err)
		}
		e := endpoints{edge: edge}
		if callback, ok := outputs["CallbackUrl"].(string); ok {
			if rest, isHTTPS := strings.CutPrefix(callback, "https://"); isHTTPS {
				e.direct = "wss://" + rest
			}
		}
		found[name] = e
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no stack with the output WebSocketUrl", file)
	}
	return found, nil
}
