package function

import (
	"net"
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// settings reads what updateRequestOrigin sets, and throws for what the page on helper
// methods for origin modification does not allow.
func (m *machine) settings(change *OriginChange, options *goja.Object) {
	vm := m.vm
	m.overrides(change, options)
	change.Domain, change.Path = textOf(options, "domainName"), textOf(options, "originPath")
	if d := change.Domain.Value; change.Domain.Set {
		switch {
		case len(d) > 253:
			panic(vm.NewTypeError("domainName has %d characters, at most 253 are allowed", len(d)))
		case strings.Contains(d, ":") || net.ParseIP(d) != nil || d == "":
			panic(vm.NewTypeError("domainName %q is not a domain name: no colon and no IP address", d))
		}
	}
	if p := change.Path.Value; p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || len(p) > 255) {
		panic(vm.NewTypeError("originPath %q must begin with a slash, not end with one, and have at most 255 characters", p))
	}
	if headers, ok := options.Get("customHeaders").(*goja.Object); ok {
		change.ReplaceHeaders = true
		for _, name := range headers.Keys() {
			if name != strings.ToLower(name) {
				panic(vm.NewTypeError("the custom header %q must be in lower case", name))
			}
			change.Headers = append(change.Headers, wire.Field{Name: name, Value: headers.Get(name).String()})
		}
	}
	number := func(object *goja.Object, name string, least, most float64) float64 {
		v := object.Get(name)
		if v == nil || goja.IsUndefined(v) {
			return 0
		}
		n := v.ToFloat()
		if !(n >= least && n <= most) {
			panic(vm.NewTypeError("%s must be from %v to %v, got %s", name, least, most, v.String()))
		}
		return n
	}
	number(options, "connectionAttempts", 1, 3)
	if timeouts, ok := options.Get("timeouts").(*goja.Object); ok {
		change.ReadTimeout = number(timeouts, "readTimeout", 1, 120)
		number(timeouts, "keepAliveTimeout", 1, 120)
		number(timeouts, "connectionTimeout", 1, 10)
	}
	if custom, ok := options.Get("customOriginConfig").(*goja.Object); ok {
		change.Custom = true
		change.Port = number(custom, "port", 1, 65535)
		if n := change.Port; n != 0 && n != 80 && n != 443 && n < 1024 {
			panic(vm.NewTypeError("port must be 80, 443 or from 1024 to 65535, got %v", n))
		}
		change.Protocol = textOf(custom, "protocol")
		if p := change.Protocol.Value; change.Protocol.Set && p != "http" && p != "https" {
			panic(vm.NewTypeError("protocol must be http or https, got %q", p))
		}
		for _, version := range elements(custom.Get("sslProtocols")) {
			change.TLS = append(change.TLS, version.String())
		}
	}
}

// overrides reads the settings that a function may change of an origin that it only
// chooses.
func (m *machine) overrides(change *OriginChange, options *goja.Object) {
	vm := m.vm
	change.Host = textOf(options, "hostHeader")
	for _, name := range []string{"hostHeader", "sni"} {
		if v := textOf(options, name).Value; len(v) > 253 || strings.Contains(v, ":") {
			panic(vm.NewTypeError("%s %q must be a domain name of at most 253 characters", name, v))
		}
	}
	names := elements(options.Get("allowedCertificateNames"))
	if len(names) > 20 {
		panic(vm.NewTypeError("allowedCertificateNames has %d names, at most 20 are allowed", len(names)))
	}
	for _, name := range names {
		if len(name.String()) > 64 {
			panic(vm.NewTypeError("the name %q of allowedCertificateNames has more than 64 characters", name.String()))
		}
	}
}
