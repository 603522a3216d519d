// Package ledger says of every property of the resource types that a WebSocket
// handshake can meet what is done with it: it is played, it is checked, or it has
// no bearing, because of something. The properties come from package schema, so a
// property that AWS adds fails this package's tests until somebody has thought
// about it. docs/coverage.md is written from it.
//
// The entries are in cloudfront.txt, apigateway.txt and perimeter.txt:
//
//	AWS::Service::Type
//	Path.To.{This,That} | played | rule, rule
//	Path.To.Whole.*     | none   | the reason
//
// A path that ends in a star stands for everything below, where one reason holds
// for all of it.
package ledger

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn/schema"
)

//go:embed *.txt
var files embed.FS

// A Use is what is done with a property.
type Use string

const (
	Played  Use = "played"  // it decides what happens to a handshake that is played
	Checked Use = "checked" // a finding reports values that do harm
	None    Use = "none"    // it has no bearing on a handshake
	Open    Use = "open"    // it has, and nothing looks at it yet
)

// A Row is one entry.
type Row struct {
	// Type is the resource type.
	Type string
	// Path is that of the property, or ends in a star.
	Path string
	Use  Use
	// Rules are the ids of the rules that use the property; none for None and Open.
	Rules []string
	// Why is the reason of None, and for Open the id of the rule that is missing and what it would say.
	Why string
}

// covers reports whether the row is about a property.
func (r Row) covers(path string) bool {
	below, all := strings.CutSuffix(r.Path, "*")
	return r.Path == path || all && strings.HasPrefix(path, below)
}

// Rows reads the ledger. The error names the file and line that it cannot read.
func Rows() ([]Row, error) {
	var rows []Row
	for _, name := range []string{"cloudfront.txt", "apigateway.txt", "perimeter.txt"} {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		resourceType := ""
		for i, line := range strings.Split(string(text), "\n") {
			fail := func(what string) error { return fmt.Errorf("%s:%d: %s: %q", name, i+1, what, line) }
			parts := strings.Split(line, " | ")
			switch {
			case line == "":
				continue
			case len(parts) == 1:
				if resourceType = line; !strings.HasPrefix(line, "AWS::") {
					return nil, fail("want a resource type or path | use | rules or reason")
				}
				continue
			case len(parts) != 3 || resourceType == "":
				return nil, fail("want path | use | rules or reason")
			}
			row := Row{Type: resourceType, Use: Use(parts[1])}
			switch row.Use {
			case Played, Checked:
				row.Rules = strings.Split(parts[2], ", ")
			case None, Open:
				row.Why = parts[2]
			default:
				return nil, fail("want played, checked, none or open")
			}
			for _, path := range expanded(parts[0]) {
				row.Path = path
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// expanded writes out the braces of a path.
func expanded(path string) []string {
	before, rest, found := strings.Cut(path, "{")
	if !found {
		return []string{path}
	}
	choices, after, _ := strings.Cut(rest, "}")
	var out []string
	for _, choice := range strings.Split(choices, ",") {
		out = append(out, expanded(before+choice+after)...)
	}
	return out
}

// properties lists the paths of a resource type that hold a value of their own,
// not only further properties.
func properties(resourceType string) ([]string, error) {
	r, ok := schema.Of(resourceType)
	if !ok {
		return nil, fmt.Errorf("%s: no such resource type", resourceType)
	}
	paths := r.Paths()
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return slices.ContainsFunc(paths, func(other string) bool { return strings.HasPrefix(other, path+".") })
	}), nil
}
