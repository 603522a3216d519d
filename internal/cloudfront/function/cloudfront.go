package function

import (
	"fmt"
	"slices"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// cloudfront is the module of the same name.
func (m *machine) cloudfront() goja.Value {
	vm := m.vm
	cf := vm.NewObject()
	location := vm.NewObject()
	_ = location.Set("name", "local")
	_ = location.Set("serviceIp", "127.0.0.1")
	_ = location.Set("region", m.in.Region)
	_ = cf.Set("edgeLocation", location)
	_ = cf.Set("kvs", func(goja.FunctionCall) goja.Value {
		if m.f.Stores == 0 {
			panic(vm.NewTypeError("the function is associated with no key value store"))
		}
		return m.store()
	})
	_ = cf.Set("selectRequestOriginById", func(call goja.FunctionCall) goja.Value {
		id := call.Argument(0).String()
		if !slices.Contains(m.in.Origins, id) {
			panic(vm.NewTypeError("the distribution has no origin %q", id))
		}
		m.run.Origin = &OriginChange{ID: id}
		if options, ok := call.Argument(1).(*goja.Object); ok {
			m.settings(m.run.Origin, options)
		}
		return goja.Undefined()
	})
	_ = cf.Set("updateRequestOrigin", func(call goja.FunctionCall) goja.Value {
		options, ok := call.Argument(0).(*goja.Object)
		if !ok {
			panic(vm.NewTypeError("updateRequestOrigin takes an object"))
		}
		change := &OriginChange{}
		if m.run.Origin != nil {
			change.ID = m.run.Origin.ID
		}
		m.settings(change, options)
		m.run.Origin = change
		return goja.Undefined()
	})
	_ = cf.Set("createRequestOriginGroup", func(call goja.FunctionCall) goja.Value {
		// The first origin is the one that a handshake goes to while it answers.
		if options, ok := call.Argument(0).(*goja.Object); ok {
			if ids, ok := options.Get("originIds").(*goja.Object); ok {
				if first, ok := ids.Get("0").(*goja.Object); ok && first.Get("originId") != nil {
					m.run.Origin = &OriginChange{ID: first.Get("originId").String()}
				}
			}
		}
		return goja.Undefined()
	})
	return cf
}

// settings reads what a function sets of its origin.
func (m *machine) settings(change *OriginChange, options *goja.Object) {
	text := func(name string) Setting {
		v := options.Get(name)
		if v == nil || goja.IsUndefined(v) {
			return Setting{}
		}
		return Setting{true, v.String()}
	}
	change.Domain, change.Path, change.Host = text("domainName"), text("originPath"), text("hostHeader")
	if headers, ok := options.Get("customHeaders").(*goja.Object); ok {
		change.ReplaceHeaders = true
		for _, name := range headers.Keys() {
			change.Headers = append(change.Headers, wire.Field{Name: name, Value: headers.Get(name).String()})
		}
	}
}

// store is a key value store handle: its methods return promises.
func (m *machine) store() goja.Value {
	vm := m.vm
	handle := vm.NewObject()
	settled := func(value any, err error) goja.Value {
		promise, resolve, reject := vm.NewPromise()
		if err != nil {
			_ = reject(vm.NewGoError(err))
		} else {
			_ = resolve(value)
		}
		return vm.ToValue(promise)
	}
	_ = handle.Set("get", func(call goja.FunctionCall) goja.Value {
		key := call.Argument(0).String()
		value, ok := m.in.Values[key]
		if !ok {
			return settled(nil, fmt.Errorf("KeyNotFoundException: key %q", key))
		}
		if options, isObject := call.Argument(1).(*goja.Object); isObject && options.Get("format") != nil && options.Get("format").String() == "json" {
			parse, _ := goja.AssertFunction(vm.GlobalObject().Get("JSON").(*goja.Object).Get("parse"))
			parsed, err := parse(goja.Undefined(), vm.ToValue(value))
			return settled(parsed, err)
		}
		return settled(value, nil)
	})
	_ = handle.Set("exists", func(call goja.FunctionCall) goja.Value {
		_, ok := m.in.Values[call.Argument(0).String()]
		return settled(ok, nil)
	})
	_ = handle.Set("count", func(goja.FunctionCall) goja.Value { return settled(len(m.in.Values), nil) })
	return handle
}
