package function

import (
	"fmt"

	"github.com/dop251/goja"
)

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
	find := func(key string) (string, bool) {
		value, ok := m.in.Values[key]
		if m.in.Values == nil && len(m.run.Open) < 10 {
			m.run.Open = append(m.run.Open, fmt.Sprintf("the function reads the key %.80q of its key value store, whose values were not given", key))
		}
		return value, ok
	}
	_ = handle.Set("get", func(call goja.FunctionCall) goja.Value {
		key, format := call.Argument(0).String(), "string"
		if options, ok := call.Argument(1).(*goja.Object); ok {
			if f := textOf(options, "format"); f.Set {
				format = f.Value
			}
		}
		value, ok := find(key)
		if !ok {
			return settled(nil, fmt.Errorf("KeyNotFoundException: key %q", key))
		}
		switch format {
		case "string":
			return settled(value, nil)
		case "bytes":
			return settled(m.modules.Bytes([]byte(value)), nil)
		case "json":
			parse, _ := goja.AssertFunction(vm.GlobalObject().Get("JSON").(*goja.Object).Get("parse"))
			parsed, err := parse(goja.Undefined(), vm.ToValue(value))
			return settled(parsed, err)
		}
		return settled(nil, fmt.Errorf("the format must be string, json or bytes, got %q", format))
	})
	_ = handle.Set("exists", func(call goja.FunctionCall) goja.Value {
		_, ok := find(call.Argument(0).String())
		return settled(ok, nil)
	})
	_ = handle.Set("meta", func(goja.FunctionCall) goja.Value {
		meta := vm.NewObject()
		_ = meta.Set("creationDateTime", "2026-01-01T00:00:00Z")
		_ = meta.Set("lastUpdatedDateTime", "2026-01-01T00:00:00Z")
		_ = meta.Set("keyCount", len(m.in.Values))
		return settled(meta, nil)
	})
	return handle
}
