package function

import (
	"sort"
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// field sets one name of headers, querystring or cookies.
func (m *machine) field(parent *goja.Object, name string, values []string) {
	vm := m.vm
	entry := vm.NewObject()
	_ = entry.Set("value", values[0])
	if len(values) > 1 {
		all := make([]any, len(values))
		for i, v := range values {
			one := vm.NewObject()
			_ = one.Set("value", v)
			all[i] = one
		}
		_ = entry.Set("multiValue", vm.NewArray(all...))
	}
	// Data properties, so that a name such as __proto__ is a name like others.
	_ = parent.DefineDataProperty(name, entry, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// snapshot is the request object as the function got it.
type snapshot struct {
	headers map[string][]string
	query   []wire.Pair
	cookies []wire.Pair
}

// event makes the event object.
func (m *machine) event(v *Request) (goja.Value, snapshot) {
	vm := m.vm
	before := snapshot{headers: map[string][]string{}, query: wire.ParseQuery(v.Query), cookies: wire.Cookies(v.Header)}
	headers := vm.NewObject()
	for name, values := range v.Header {
		lower := strings.ToLower(name)
		if lower == "cookie" || rules.HiddenFromFunctions(lower) || len(values) == 0 {
			continue
		}
		before.headers[lower] = values
	}
	before.headers["host"] = []string{v.Host}
	for name, value := range m.in.Added {
		before.headers[strings.ToLower(name)] = []string{value}
	}
	names := make([]string, 0, len(before.headers))
	for name := range before.headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		m.field(headers, name, before.headers[name])
	}
	query := vm.NewObject()
	for _, name := range wire.Names(before.query) {
		m.field(query, name, wire.Values(before.query, name))
	}
	cookies := vm.NewObject()
	for _, name := range wire.Names(before.cookies) {
		m.field(cookies, name, wire.Values(before.cookies, name))
	}
	request := vm.NewObject()
	_ = request.Set("method", v.Method)
	_ = request.Set("uri", v.Path)
	_ = request.Set("querystring", query)
	// CloudFront Developer Guide, "General helper methods": "" for a bare "?",
	// undefined without one. A method is no part of the request's data.
	raw := func(goja.FunctionCall) goja.Value {
		if v.Query == "" && !v.Asks {
			return goja.Undefined()
		}
		return vm.ToValue(v.Query)
	}
	_ = request.DefineDataProperty("rawQueryString", vm.ToValue(raw), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = request.Set("headers", headers)
	_ = request.Set("cookies", cookies)
	context := vm.NewObject()
	_ = context.Set("distributionDomainName", m.in.DistributionDomain)
	_ = context.Set("distributionId", m.in.DistributionID)
	_ = context.Set("endpoint", m.in.DistributionDomain)
	_ = context.Set("eventType", "viewer-request")
	_ = context.Set("requestId", m.in.RequestID)
	viewer := vm.NewObject()
	_ = viewer.Set("ip", v.IP)
	event := vm.NewObject()
	_ = event.Set("version", "1.0")
	_ = event.Set("context", context)
	_ = event.Set("viewer", viewer)
	_ = event.Set("request", request)
	return event, before
}
