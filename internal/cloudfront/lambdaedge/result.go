package lambdaedge

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// invalid is the refusal of what the function returns.
func (m *machine) invalid(rule rules.Rule, format string, args ...any) {
	m.out.Refusal = trace.Refuse(rule, m.f.Place+".Code", "Lambda@Edge function %s on %s %s", m.f.ID, m.in.Event, fmt.Sprintf(format, args...))
}

// read takes over what the function returned.
func (m *machine) read(result goja.Value, was *Request) {
	object, ok := result.(*goja.Object)
	if !ok {
		m.invalid(Invalid, "returns neither a request nor a response")
		return
	}
	if status := object.Get("status"); status != nil && !goja.IsUndefined(status) {
		m.readResponse(object, status.String())
		return
	}
	out := Request{Method: was.Method, IP: was.IP, Origin: was.Origin}
	text := func(name string) (string, bool) {
		v, ok := object.Get(name).(goja.String)
		if !ok {
			return "", false
		}
		return v.String(), true
	}
	uri, ok := text("uri")
	if !ok || !strings.HasPrefix(uri, "/") || !wire.ValidURL(uri) {
		m.invalid(Invalid, "returns a request whose uri is not a path that begins with a slash")
		return
	}
	if method, _ := text("method"); method != was.Method {
		m.invalid(Invalid, "changes the method, which is read-only")
		return
	}
	query, ok := text("querystring")
	if raw := object.Get("querystring"); !ok && raw != nil && !goja.IsUndefined(raw) && !goja.IsNull(raw) || !wire.ValidURL(query) {
		m.invalid(Invalid, "returns a querystring that is not encoded text")
		return
	}
	out.Path, out.Query = uri, query
	if out.Path != was.Path {
		m.out.Changed = append(m.out.Changed, fmt.Sprintf("uri %s → %s", trace.Short(was.Path), trace.Short(out.Path)))
	}
	if out.Query != was.Query {
		m.out.Changed = append(m.out.Changed, "query string "+trace.List(wire.Names(wire.ParseQuery(out.Query))))
	}
	if !m.readHeaders(object.Get("headers"), was, &out) {
		return
	}
	if was.Origin != nil && !m.readOrigin(object.Get("origin"), &out) {
		return
	}
	m.out.Request = out
}

// fields reads an object of headers; false for one that is not of the form.
func (m *machine) fields(v goja.Value) (map[string][]string, bool) {
	object, ok := v.(*goja.Object)
	if !ok {
		m.invalid(Invalid, "returns headers that are no object")
		return nil, false
	}
	out := map[string][]string{}
	for _, name := range object.Keys() {
		list, ok := object.Get(name).(*goja.Object)
		if !ok || list.ClassName() != "Array" {
			m.invalid(Invalid, "sets the header %q to something other than a list of {key, value}", trace.Short(name))
			return nil, false
		}
		for i := range min(list.Get("length").ToInteger(), 1000) {
			entry, ok := list.Get(strconv.FormatInt(i, 10)).(*goja.Object)
			value, isText := goja.Value(nil), false
			if ok {
				value = entry.Get("value")
				_, isText = value.(goja.String)
			}
			if !isText || !wire.ValidHeaderValue(value.String()) || !wire.ValidHeaderName(name) {
				m.invalid(Invalid, "sets the header %q to something other than a list of {key, value}", trace.Short(name))
				return nil, false
			}
			if name != strings.ToLower(name) {
				m.invalid(Invalid, "adds the header %q; names must be in lower case", trace.Short(name))
				return nil, false
			}
			if key := entry.Get("key"); key != nil && !goja.IsUndefined(key) && !strings.EqualFold(key.String(), name) {
				m.invalid(Invalid, "gives the header %q the key %q, which is another name", name, trace.Short(key.String()))
				return nil, false
			}
			out[name] = append(out[name], value.String())
		}
	}
	return out, true
}

// readOnly are the headers that a function may not change, by event (CloudFront
// Developer Guide, "Restrictions on all edge functions").
var readOnly = map[string][]string{
	"viewer-request": {"content-length", "host", "transfer-encoding", "via"},
	"origin-request": {"accept-encoding", "content-length", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "transfer-encoding", "via"},
}

func (m *machine) readHeaders(v goja.Value, was, out *Request) bool {
	after, ok := m.fields(v)
	if !ok {
		return false
	}
	out.Host, out.Header = was.Host, was.Header.Clone()
	before := map[string][]string{"host": {was.Host}}
	for name, values := range was.Header {
		if lower := strings.ToLower(name); lower != "host" && !rules.HiddenFromFunctions(lower) {
			before[lower] = values
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		values := after[name]
		if slices.Equal(values, before[name]) {
			continue
		}
		switch {
		case rules.HiddenFromFunctions(name):
			m.invalid(Header, "adds the header %q, which functions cannot add", name)
			return false
		case slices.Contains(readOnly[m.in.Event], name):
			m.invalid(Header, "changes the header %q, which is read-only", name)
			return false
		case name == "host":
			out.Host = values[0]
		default:
			out.Header[http.CanonicalHeaderKey(name)] = values
		}
		m.out.Changed = append(m.out.Changed, "header "+name)
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if len(after[name]) > 0 {
			continue
		}
		if slices.Contains(readOnly[m.in.Event], name) {
			m.invalid(Header, "removes the header %q, which is read-only", name)
			return false
		}
		out.Header.Del(name)
		m.out.Changed = append(m.out.Changed, "without header "+name)
	}
	return true
}

// value is a property, undefined when it is not there.
func value(object *goja.Object, name string) goja.Value {
	if v := object.Get(name); v != nil {
		return v
	}
	return goja.Undefined()
}

func (m *machine) readOrigin(v goja.Value, out *Request) bool {
	object, ok := v.(*goja.Object)
	if !ok {
		m.invalid(Invalid, "returns an origin request without an origin")
		return false
	}
	changed := *out.Origin
	kind, custom := "custom", object.Get("custom")
	if s3 := object.Get("s3"); s3 != nil && !goja.IsUndefined(s3) {
		if custom != nil && !goja.IsUndefined(custom) {
			m.invalid(Invalid, "returns an origin that is custom and s3 at once")
			return false
		}
		kind, custom = "s3", s3
	}
	origin, ok := custom.(*goja.Object)
	if !ok {
		m.invalid(Invalid, "returns an origin that is neither custom nor s3")
		return false
	}
	changed.S3 = kind == "s3"
	if domain, ok := origin.Get("domainName").(goja.String); ok {
		changed.Domain = domain.String()
	}
	if path, ok := origin.Get("path").(goja.String); ok {
		changed.Path = path.String()
	}
	if changed.Path != "" && (!strings.HasPrefix(changed.Path, "/") || strings.HasSuffix(changed.Path, "/")) {
		m.invalid(Invalid, "sets the origin's path to %q, which must begin with a slash and not end with one", trace.Short(changed.Path))
		return false
	}
	if !changed.S3 {
		changed.Protocol = value(origin, "protocol").String()
		changed.Port = value(origin, "port").ToFloat()
		if changed.Protocol != "http" && changed.Protocol != "https" {
			m.invalid(Invalid, "sets the origin's protocol to %q, not to http or https", trace.Short(changed.Protocol))
			return false
		}
		changed.ReadTimeout = value(origin, "readTimeout").ToFloat()
		if list, ok := origin.Get("sslProtocols").(*goja.Object); ok {
			changed.TLS = nil
			for _, i := range list.Keys() {
				changed.TLS = append(changed.TLS, list.Get(i).String())
			}
		}
	}
	if headers := origin.Get("customHeaders"); headers != nil && !goja.IsUndefined(headers) {
		fields, ok := m.fields(headers)
		if !ok {
			return false
		}
		changed.Headers = nil
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			changed.Headers = append(changed.Headers, wire.Field{Name: name, Value: fields[name][0]})
		}
	}
	if changed.Domain != out.Origin.Domain {
		m.out.Changed = append(m.out.Changed, "origin domain "+changed.Domain)
	}
	if changed.Path != out.Origin.Path {
		m.out.Changed = append(m.out.Changed, fmt.Sprintf("origin path %q", changed.Path))
	}
	out.Origin = &changed
	return true
}

func (m *machine) readResponse(object *goja.Object, status string) {
	code, err := strconv.Atoi(status)
	if err != nil || code < 200 || code > 599 {
		m.invalid(Invalid, "returns the status %q, not a number from 200 to 599", trace.Short(status))
		return
	}
	a := &wire.Response{Status: code, Header: http.Header{}}
	if headers := object.Get("headers"); headers != nil && !goja.IsUndefined(headers) {
		fields, ok := m.fields(headers)
		if !ok {
			return
		}
		for name, values := range fields {
			if rules.HiddenFromFunctions(name) {
				m.invalid(Header, "adds the header %q, which functions cannot add", name)
				return
			}
			a.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if body, ok := object.Get("body").(goja.String); ok {
		a.Body = []byte(body.String())
		if encoding := object.Get("bodyEncoding"); encoding != nil && encoding.String() == "base64" {
			decoded, err := base64.StdEncoding.DecodeString(body.String())
			if err != nil {
				m.invalid(Invalid, "returns a body that is not valid base64")
				return
			}
			a.Body = decoded
		}
	}
	m.out.Response = a
}
