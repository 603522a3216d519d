// Package misconfig is the table of mistakes that people make with WebSocket
// APIs behind CloudFront, and of variants that are right. Each case is one step
// from a good template. The handshake package is tested with it, and other
// validators are compared by it.
package misconfig

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Case is one change of a good template, with the handshake that shows it.
type Case struct {
	// Name says what the mistake is, or for a good variant what is different.
	Name string

	// Base is the template's file name without its ending.
	Base string

	// Mutate makes the change; nil makes none.
	Mutate func(t Template)

	// Path, Header, Subprotocol, Plain and Direct are the handshake to play.
	// Path "" is the base's own.
	Path        string
	Header      http.Header
	Subprotocol string
	Plain       bool
	Direct      bool

	// Status is the answer to the handshake, 0 when none is expected to be
	// refused. 101 with Word is a connection that the client gives up.
	Status int

	// Rule is the id of the rule by which the mistake is found.
	Rule string

	// Word is what the reason must contain: the name of the cause.
	Word string

	// Static says that a finding of the standing checks names the mistake;
	// otherwise a refused handshake does.
	Static bool

	// Deploy says that CloudFormation fails.
	Deploy bool
}

// Template is a decoded template that a case changes.
type Template map[string]any

// Load reads a base template from a directory.
func Load(dir, base string) (Template, error) {
	raw, err := os.ReadFile(filepath.Join(dir, base+".json"))
	if err != nil {
		return nil, err
	}
	var t Template
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("%s: %w", base, err)
	}
	return t, nil
}

// Apply reads the case's base from a directory and makes its change.
func (c Case) Apply(dir string) (Template, error) {
	t, err := Load(dir, c.Base)
	if err != nil {
		return nil, err
	}
	if c.Mutate != nil {
		c.Mutate(t)
	}
	return t, nil
}

// Handshake is the path and the headers to play against the changed template: the
// case's own, else those with which the base gets through. STAGE in a path is the
// base's stage.
func (c Case) Handshake(t Template) (string, http.Header) {
	path, header := strings.ReplaceAll(c.Path, "STAGE", t.stage()), c.Header
	if path == "" {
		path = map[string]string{"external": "/", "owned": "/ws/rooms/42?token=x", "authorizer": "/?token=x"}[c.Base]
	}
	if header == nil && c.Base == "authorizer" {
		header = http.Header{"Cookie": {"session=1"}}
	}
	return path, header
}

// object is a JSON object.
type object = map[string]any

func (t Template) resources() object { return t["Resources"].(object) }

// props are the properties of the resource with a logical id.
func (t Template) props(id string) object {
	return t.resources()[id].(object)["Properties"].(object)
}

// first is the logical id of the first resource of a type.
func (t Template) first(kind string) string {
	for _, id := range slices.Sorted(maps.Keys(t.resources())) {
		if t.resources()[id].(object)["Type"] == kind {
			return id
		}
	}
	panic("the template has no " + kind)
}

// config is the DistributionConfig.
func (t Template) config() object {
	return t.props(t.first("AWS::CloudFront::Distribution"))["DistributionConfig"].(object)
}

// behavior is the first behavior of the socket: the default one where the
// distribution has no other.
func (t Template) behavior() object {
	if behaviors, ok := t.config()["CacheBehaviors"].([]any); ok {
		return behaviors[0].(object)
	}
	return t.config()["DefaultCacheBehavior"].(object)
}

// behaviors are all behaviors of the socket.
func (t Template) behaviors() []object {
	if behaviors, ok := t.config()["CacheBehaviors"].([]any); ok {
		var out []object
		for _, b := range behaviors {
			out = append(out, b.(object))
		}
		return out
	}
	return []object{t.behavior()}
}

// setBehaviors sets a property of every behavior of the socket.
func (t Template) setBehaviors(property string, value any) {
	for _, b := range t.behaviors() {
		b[property] = value
	}
}

// origin is the socket's origin, the first of the distribution.
func (t Template) origin() object { return t.config()["Origins"].([]any)[0].(object) }

// stage is the stage in the origin's path, where the path is a text.
func (t Template) stage() string {
	if path, ok := t.origin()["OriginPath"].(string); ok && path != "/" {
		return strings.Split(strings.Trim(path, "/"), "/")[0]
	}
	return "prod"
}

func (t Template) custom() object { return t.origin()["CustomOriginConfig"].(object) }

// policy is the origin request policy's configuration.
func (t Template) policy() object {
	return t.props(t.first("AWS::CloudFront::OriginRequestPolicy"))["OriginRequestPolicyConfig"].(object)
}

func (t Template) headers() object { return t.policy()["HeadersConfig"].(object) }

// listHeaders adds headers to the origin request policy's list.
func (t Template) listHeaders(names ...string) {
	list := t.headers()["Headers"].([]any)
	for _, name := range names {
		list = append(list, name)
	}
	t.headers()["Headers"] = list
}

// fillHeaders adds headers until n are listed.
func (t Template) fillHeaders(n int) {
	t.listHeaders(numbered("X-Header-%d", n-len(t.headers()["Headers"].([]any)))...)
}

// dropHeader takes a header off the list.
func (t Template) dropHeader(name string) {
	t.headers()["Headers"] = slices.DeleteFunc(t.headers()["Headers"].([]any), func(v any) bool { return v == name })
}

// function are the properties of the edge function.
func (t Template) function() object { return t.props(t.first("AWS::CloudFront::Function")) }

// code replaces the edge function's code.
func (t Template) code(code string) { t.function()["FunctionCode"] = code }

// edit replaces a part of the edge function's code.
func (t Template) edit(old, new string) {
	code := t.function()["FunctionCode"].(string)
	if !strings.Contains(code, old) {
		panic("the function's code has no " + old)
	}
	t.code(strings.ReplaceAll(code, old, new))
}

// set sets a property of a resource.
func (t Template) set(id, property string, value any) { t.props(id)[property] = value }

// remove removes resources.
func (t Template) remove(ids ...string) {
	for _, id := range ids {
		delete(t.resources(), id)
	}
}

// clone copies a JSON value.
func clone[T any](v T) T {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

// copyOf adds a copy of a resource under another logical id.
func (t Template) copyOf(id, other string) object {
	t.resources()[other] = clone(t.resources()[id])
	return t.props(other)
}

func numbered(format string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

func anys(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

// Ids of managed policies.
const (
	allViewer           = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	allViewerExceptHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	cachingOptimized    = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	hostHeaderOnly      = "bf0718e1-ba1e-49d1-88b1-f726733018ae"
)
