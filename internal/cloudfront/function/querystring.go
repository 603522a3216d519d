package function

import (
	"net/url"
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// querystring is the runtime's module of the same name, in its usual use.
func (m *machine) querystring() goja.Value {
	vm := m.vm
	escape := func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
	module := vm.NewObject()
	_ = module.Set("escape", escape)
	_ = module.Set("unescape", wire.Unescape)
	_ = module.Set("parse", func(text string) goja.Value {
		object := vm.NewObject()
		for _, name := range wire.Names(wire.ParseQuery(text)) {
			values := wire.Values(wire.ParseQuery(text), name)
			var value any = wire.Unescape(values[0])
			if len(values) > 1 {
				all := make([]any, len(values))
				for i, v := range values {
					all[i] = wire.Unescape(v)
				}
				value = vm.NewArray(all...)
			}
			_ = object.DefineDataProperty(wire.Unescape(name), vm.ToValue(value), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
		}
		return object
	})
	_ = module.Set("stringify", func(call goja.FunctionCall) goja.Value {
		object, ok := call.Argument(0).(*goja.Object)
		if !ok {
			return vm.ToValue("")
		}
		var parts []string
		for _, name := range object.Keys() {
			parts = append(parts, escape(name)+"="+escape(object.Get(name).String()))
		}
		return vm.ToValue(strings.Join(parts, "&"))
	})
	return module
}
