package lambdaedge

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// event makes the event object.
func (m *machine) event(r *Request) goja.Value {
	vm := m.vm
	headers := vm.NewObject()
	for _, name := range wire.SortedNames(r.Header) {
		if lower := strings.ToLower(name); lower != "host" && !rules.HiddenFromFunctions(lower) && len(r.Header[name]) > 0 {
			m.header(headers, wire.HeaderName(name), r.Header[name]...)
		}
	}
	m.header(headers, "Host", r.Host)
	request := map[string]any{"clientIp": r.IP, "headers": headers, "method": r.Method, "querystring": r.Query, "uri": r.Path}
	if o := r.Origin; o != nil {
		custom := vm.NewObject()
		for _, h := range o.Headers {
			m.header(custom, h.Name, h.Value)
		}
		if o.S3 {
			request["origin"] = map[string]any{"s3": map[string]any{"authMethod": "none", "customHeaders": custom, "domainName": o.Domain, "path": o.Path, "region": ""}}
		} else {
			tls := make([]any, len(o.TLS))
			for i, version := range o.TLS {
				tls[i] = version
			}
			request["origin"] = map[string]any{"custom": map[string]any{"customHeaders": custom, "domainName": o.Domain, "keepaliveTimeout": o.KeepAlive,
				"path": o.Path, "port": o.Port, "protocol": o.Protocol, "readTimeout": o.ReadTimeout, "sslProtocols": vm.NewArray(tls...)}}
		}
	}
	cf := m.object(map[string]any{
		"config":  map[string]any{"distributionDomainName": m.in.DistributionDomain, "distributionId": m.in.DistributionID, "eventType": m.in.Event, "requestId": m.in.RequestID},
		"request": request,
	})
	record := vm.NewObject()
	_ = record.Set("cf", cf)
	event := vm.NewObject()
	_ = event.Set("Records", vm.NewArray(record))
	return event
}

// object makes an object of the language, with all that is in it.
func (m *machine) object(values map[string]any) *goja.Object {
	out := m.vm.NewObject()
	for name, value := range values {
		if nested, ok := value.(map[string]any); ok {
			value = m.object(nested)
		}
		_ = out.Set(name, value)
	}
	return out
}

// header adds a header to an object of headers: a list of {key, value} under the name
// in lower case.
func (m *machine) header(headers *goja.Object, name string, values ...string) {
	var list []any
	for _, value := range values {
		list = append(list, m.object(map[string]any{"key": name, "value": value}))
	}
	_ = headers.DefineDataProperty(strings.ToLower(name), m.vm.NewArray(list...), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}
