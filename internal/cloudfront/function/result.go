package function

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// read takes over what the function returned.
func (m *machine) read(result goja.Value, v *Request, before snapshot) {
	out, f := m.run, m.f
	object, ok := result.(*goja.Object)
	if !ok {
		out.Refusal = f.invalid(Invalid, "returns %s, not a request or a response object", describe(result))
		return
	}
	if status := object.Get("statusCode"); status != nil && !goja.IsUndefined(status) {
		m.readResponse(object, status)
		return
	}
	uri := object.Get("uri")
	if uri == nil || goja.IsUndefined(uri) || goja.IsNull(uri) {
		out.Refusal = f.invalid(Invalid, "returns an object that is neither a request (no uri) nor a response (no statusCode)")
		return
	}
	out.Path = uri.String()
	if !strings.HasPrefix(out.Path, "/") {
		out.Refusal = f.invalid(Invalid, "sets the uri to %q, which does not begin with a slash", trace.Short(out.Path))
		return
	}
	if !wire.ValidURL(out.Path) && out.Path != v.Path {
		out.Refusal = f.invalid(Query, "sets a uri with a space, a control character or #")
		return
	}
	if method := object.Get("method"); method == nil || method.String() != v.Method {
		out.Refusal = f.invalid(ReadOnly, "changes the method, which is read-only")
		return
	}
	out.Query = v.Query
	if raw, isText := object.Get("querystring").(goja.String); isText {
		out.Query = raw.String()
	} else if after := m.pairs(object.Get("querystring"), before.query); !slices.Equal(after, before.query) {
		out.Query = wire.FormatQuery(after)
	}
	if out.Query != v.Query && !wire.ValidURL(out.Query) {
		out.Refusal = f.invalid(Query, "makes a query string with a space, a control character or #")
		return
	}
	if len(out.Path)+len(out.Query) >= rules.MaxViewerURL {
		out.Refusal = f.invalid(Query, "makes a URI of %d characters, fewer than %d are allowed", len(out.Path)+len(out.Query), rules.MaxViewerURL)
		return
	}
	if out.Path != v.Path {
		out.Changed = append(out.Changed, fmt.Sprintf("uri %s → %s", trace.Short(v.Path), trace.Short(out.Path)))
	}
	if out.Query != v.Query {
		out.Changed = append(out.Changed, "query string "+trace.List(wire.Names(wire.ParseQuery(out.Query))))
	}
	if fault := m.readHeaders(object.Get("headers"), v, before); fault != nil {
		out.Refusal = fault
		return
	}
	if cookies := m.pairs(object.Get("cookies"), before.cookies); !slices.Equal(cookies, before.cookies) {
		out.Header.Del("Cookie")
		if len(cookies) > 0 {
			out.Header.Set("Cookie", wire.FormatCookies(cookies))
		}
		out.Changed = append(out.Changed, "cookies "+trace.List(wire.Names(cookies)))
	}
	for _, c := range out.Origins {
		if c.ID != "" {
			out.Changed = append(out.Changed, "origin "+c.ID)
		}
		if c.Domain.Set {
			out.Changed = append(out.Changed, "origin domain "+c.Domain.Value)
		}
	}
}

func (m *machine) readResponse(object *goja.Object, status goja.Value) {
	out, f := m.run, m.f
	code, isInt := status.Export().(int64)
	if !isInt || code < 200 || code > 599 {
		out.Refusal = f.invalid(Invalid, "returns the statusCode %s, not a number from 200 to 599", trace.Short(status.String()))
		return
	}
	a := &wire.Response{Status: int(code), Header: http.Header{}}
	if headers, ok := object.Get("headers").(*goja.Object); ok {
		for _, name := range headers.Keys() {
			if name != strings.ToLower(name) || !wire.ValidHeaderName(name) {
				out.Refusal = f.invalid(Invalid, "adds a response header %q that is not in lower case", trace.Short(name))
				return
			}
			if rules.HiddenFromFunctions(name) {
				out.Refusal = f.invalid(Header, "adds the header %q, which functions cannot add", name)
				return
			}
			if entry, ok := headers.Get(name).(*goja.Object); ok {
				if value := entry.Get("value"); value != nil && wire.ValidHeaderValue(value.String()) {
					a.Header.Set(name, value.String())
				}
			}
		}
	}
	switch body := object.Get("body").(type) {
	case nil:
	case *goja.Object:
		data := body.Get("data")
		if data == nil {
			break
		}
		a.Body = []byte(data.String())
		if encoding := body.Get("encoding"); encoding != nil && encoding.String() == "base64" {
			decoded, err := base64.StdEncoding.DecodeString(data.String())
			if err != nil {
				out.Refusal = f.invalid(Invalid, "returns a body that is not valid base64")
				return
			}
			a.Body = decoded
		}
	default:
		if !goja.IsUndefined(body) && !goja.IsNull(body) {
			a.Body = []byte(body.String())
		}
	}
	out.Response = a
}

// pairs reads querystring or cookies back. Names that stayed keep their place.
func (m *machine) pairs(v goja.Value, before []wire.Pair) []wire.Pair {
	object, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	var out []wire.Pair
	for _, name := range object.Keys() {
		values := entryValues(object.Get(name), wire.Values(before, name))
		for i, value := range values {
			p := wire.Pair{Name: name, Value: value}
			if old := wire.Values(before, name); i < len(old) && old[i] == value && value == "" {
				p.Bare = bareOf(before, name, i)
			}
			out = append(out, p)
		}
	}
	// The same pairs in another order are no change.
	if len(out) == len(before) {
		rest := slices.Clone(before)
		for _, p := range out {
			if i := slices.Index(rest, p); i >= 0 {
				rest = slices.Delete(rest, i, i+1)
			}
		}
		if len(rest) == 0 {
			return before
		}
	}
	return out
}

func bareOf(pairs []wire.Pair, name string, nth int) bool {
	for _, p := range pairs {
		if p.Name == name {
			if nth == 0 {
				return p.Bare
			}
			nth--
		}
	}
	return false
}

// entryValues reads one field: a changed multiValue wins, else value replaces
// the first and the others stay.
func entryValues(v goja.Value, before []string) []string {
	entry, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	var multi []string
	if list, ok := entry.Get("multiValue").(*goja.Object); ok {
		for _, i := range list.Keys() {
			if one, ok := list.Get(i).(*goja.Object); ok && one.Get("value") != nil {
				multi = append(multi, one.Get("value").String())
			}
		}
		if !slices.Equal(multi, before) {
			return multi
		}
	}
	value := entry.Get("value")
	if value == nil || goja.IsUndefined(value) {
		return multi
	}
	if len(multi) > 1 {
		return append([]string{value.String()}, multi[1:]...)
	}
	return []string{value.String()}
}

func (m *machine) readHeaders(v goja.Value, was *Request, before snapshot) *trace.Refusal {
	out, f := m.run, m.f
	out.Header = was.Header.Clone()
	object, ok := v.(*goja.Object)
	if !ok {
		return f.invalid(Invalid, "returns a request without headers")
	}
	after := map[string][]string{}
	for _, name := range object.Keys() {
		values := entryValues(object.Get(name), before.headers[name])
		if len(values) == 0 {
			continue
		}
		after[name] = values
	}
	var added, removed []string
	for _, name := range object.Keys() {
		values, ok := after[name]
		if !ok || slices.Equal(values, before.headers[name]) {
			continue
		}
		_, existed := before.headers[name]
		switch {
		case name != strings.ToLower(name) || !wire.ValidHeaderName(name):
			return f.invalid(Invalid, "adds the header %q; names must be in lower case", trace.Short(name))
		case rules.HiddenFromFunctions(name):
			return f.invalid(Header, "adds the header %q, which functions cannot add", name)
		case rules.ReadOnlyInFunctions(name) && existed:
			return f.invalid(ReadOnly, "changes the header %q, which is read-only", name)
		case rules.ReadOnlyInFunctions(name):
			return f.invalid(ReadOnly, "adds the header %q, which is read-only", name)
		}
		for _, value := range values {
			if !wire.ValidHeaderValue(value) {
				return f.invalid(Invalid, "sets the header %q to a value with control characters", name)
			}
		}
		out.Header[http.CanonicalHeaderKey(name)] = values
		added = append(added, name)
	}
	for name := range before.headers {
		if _, ok := after[name]; ok {
			continue
		}
		if rules.ReadOnlyInFunctions(name) {
			return f.invalid(ReadOnly, "removes the header %q, which is read-only", name)
		}
		out.Header.Del(name)
		removed = append(removed, name)
	}
	sort.Strings(removed)
	for _, name := range added {
		out.Changed = append(out.Changed, "header "+name)
	}
	for _, name := range removed {
		out.Changed = append(out.Changed, "without header "+name)
	}
	return nil
}

func describe(v goja.Value) string {
	switch {
	case v == nil || goja.IsUndefined(v):
		return "nothing"
	case goja.IsNull(v):
		return "null"
	}
	return fmt.Sprintf("%q", trace.Short(v.String()))
}
